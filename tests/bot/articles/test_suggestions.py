"""Suggestions as they are kept, and news that does not come too often."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.articles.suggestions import State, Suggestions, TooMany
from bot.state.database import open_state
from bot.telegram.handlers.notice_batches import NoticeBatches

DAY = 86_400.0


async def test_news_come_at_once_and_then_together() -> None:
    told: list[tuple[int, ...]] = []
    times: list[float] = []
    one_more = asyncio.Event()

    async def send(news: tuple[int, ...]) -> None:
        told.append(news)
        times.append(time.monotonic())
        one_more.set()

    notices = NoticeBatches(send, every=0.2)
    notices.add(1)
    await one_more.wait()
    assert told == [(1,)]
    one_more.clear()
    for number in (2, 3, 4):
        notices.add(number)
    await one_more.wait()
    assert told == [(1,), (2, 3, 4)]
    assert times[1] - times[0] >= 0.19
    notices.add(5)
    await notices.close()
    assert told == [(1,), (2, 3, 4)]


def test_a_person_has_five_a_day(tmp_path: Path) -> None:
    now = [1_000_000.0]
    database = open_state(tmp_path)
    box = Suggestions(database, most_open=7, clock=lambda: now[0])
    for number in range(5):
        box.add(1, "Ann", f"{number}", None)
    with pytest.raises(TooMany):
        box.add(1, "Ann", "5", None)
    box.add(2, "Bob", "other", "https://example.com/")
    now[0] += DAY + 1
    box.add(1, "Ann", "6", None)
    with pytest.raises(TooMany):  # nobody will read more than that
        box.add(3, "Cora", "7", None)
    assert box.forget_user(1) == 6
    assert [(s.user, s.url) for s in box.oldest_open(9)] == [(2, "https://example.com/")]
    now[0] += 181 * DAY
    box.add(3, "Cora", "8", None)
    assert [s.user for s in box.oldest_open(9)] == [3]
    database.close()


def test_a_suggestion_is_settled_once(tmp_path: Path) -> None:
    database = open_state(tmp_path)
    box = Suggestions(database)
    first, second = box.add(1, "Ann", "a", None), box.add(1, "Ann", "b", None)
    assert box.settle(first.id, State.DROPPED, 9)
    assert not box.settle(first.id, State.TAKEN, 9)
    assert (found := box.find(first.id)) is not None
    assert found.state is State.DROPPED
    assert box.oldest_open(5) == (second,)
    assert box.open_count() == 1
    database.close()
