"""Questions counted by day, and a picture of them."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.insights.fonts import drawable
from bot.insights.statistics import Day, Statistics, span, summarise
from bot.insights.stats_chart import stats_picture
from bot.local_time import LocalTime
from bot.locales import texts
from bot.model import Status, Surface
from bot.state.question_log import LoggedQuestion
from bot.state.votes import Reason, Value, Vote
from tests.bot.insights.test_gaps import asked

NOON = datetime(2026, 8, 8, 12, tzinfo=UTC)
TODAY = NOON.date()


def at(moment: datetime, number: int = 1, **changes: Any) -> LoggedQuestion:
    return asked(number, asked=moment.timestamp(), **{"message": number, "user": number, **changes})


def test_a_span_ends_today() -> None:
    assert span(TODAY, 3) == (date(2026, 8, 6), date(2026, 8, 7), date(2026, 8, 8))


def test_outcomes_people_votes_latency_and_surfaces_are_counted() -> None:
    statuses = [Status.ANSWERED, Status.ANSWERED, Status.UNSURE, Status.REFUSED]
    questions = [at(NOON, n, status=status, elapsed_ms=10.0 * n) for n, status in enumerate(statuses, start=1)]
    questions.append(at(NOON - timedelta(days=1), 5, user=1, surface=Surface.GROUP, elapsed_ms=90.0))
    votes = [Vote(n, n, Value(value), None, NOON.timestamp()) for n, value in enumerate((1, 1, -1))]
    found = summarise(questions, votes, span(TODAY, 3), LocalTime(UTC))
    assert found.days == (
        Day(date(2026, 8, 6)),
        Day(date(2026, 8, 7), refused=1, p50=90.0, p95=90.0),
        Day(TODAY, answered=2, unsure=1, refused=1, p50=25.0, p95=38.5),
    )
    assert (found.questions, found.answered, found.unsure, found.refused) == (5, 2, 1, 2)
    assert (found.people, found.up, found.down, found.p50) == (4, 2, 1, 30.0)
    assert dict(found.surfaces) == {Surface.PRIVATE: 4, Surface.GROUP: 1}


def test_what_lies_outside_the_span_does_not_count_and_edits_count_once() -> None:
    old = NOON - timedelta(days=9)
    questions = [at(old, 1), at(NOON, 2), at(NOON, 3, message=2)]
    found = summarise(questions, [Vote(1, 1, Value.UP, None, old.timestamp())], span(TODAY, 7), LocalTime(UTC))
    assert (found.questions, found.up) == (1, 0)
    assert not found.empty


def test_a_day_is_the_clocks_own() -> None:
    late = datetime(2026, 8, 8, 20, tzinfo=UTC)
    east = timezone(timedelta(hours=8))
    for local_time, today in ((LocalTime(UTC), TODAY), (LocalTime(east), date(2026, 8, 9))):
        assert [day.questions for day in summarise([at(late)], [], span(today, 2), local_time).days] == [0, 1]


def test_nothing_is_empty() -> None:
    found = summarise([], [], span(TODAY, 30), LocalTime(UTC))
    assert found.empty
    assert (len(found.days), found.p50, found.people) == (30, None, 0)


def _picture_of(found: Statistics) -> tuple[int, int]:
    data = stats_picture(found, drawable(texts("zh")))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


@pytest.mark.parametrize("days", [1, 30, 366])
def test_a_picture_has_the_size_of_a_phone(days: int) -> None:
    questions = [at(NOON, n, surface=surface) for n, surface in enumerate(Surface)]
    votes = [Vote(1, 1, Value.DOWN, Reason.WRONG, NOON.timestamp())]
    assert _picture_of(summarise(questions, votes, span(TODAY, days), LocalTime(UTC))) == (1080, 1350)


def test_a_picture_of_votes_alone() -> None:
    found = summarise([], [Vote(1, 1, Value.UP, None, NOON.timestamp())], span(TODAY, 30), LocalTime(UTC))
    assert not found.empty
    assert _picture_of(found) == (1080, 1350)
