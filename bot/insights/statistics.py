"""What was asked in a span of days, counted: outcomes a day, votes, latency, surfaces."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.insights.gaps import final
from bot.local_time import LocalTime
from bot.model import Status, Surface
from bot.state.question_log import LoggedQuestion
from bot.state.votes import Vote


@dataclass(frozen=True, slots=True)
class Day:
    """One day: questions by outcome, and the median and 95th percentile of milliseconds to an answer, None for none."""

    date: datetime.date
    answered: int = 0
    unsure: int = 0
    refused: int = 0
    p50: float | None = None
    p95: float | None = None

    @property
    def questions(self) -> int:
        """All of them."""
        return self.answered + self.unsure + self.refused


@dataclass(frozen=True, slots=True)
class Statistics:
    """Every day of a span, also those without a question; `up` and `down` are votes, latencies in milliseconds."""

    days: tuple[Day, ...]
    people: int
    up: int
    down: int
    p50: float | None
    p95: float | None
    surfaces: Mapping[Surface, int]

    @property
    def questions(self) -> int:
        """All of them."""
        return sum(day.questions for day in self.days)

    @property
    def answered(self) -> int:
        """Questions that were answered without reserve."""
        return sum(day.answered for day in self.days)

    @property
    def unsure(self) -> int:
        """Questions that were answered with reserve."""
        return sum(day.unsure for day in self.days)

    @property
    def refused(self) -> int:
        """Questions that were declined."""
        return sum(day.refused for day in self.days)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.questions or self.up or self.down)


def span(today: datetime.date, days: int) -> tuple[datetime.date, ...]:
    """The last days in order; today is the last of them."""
    return tuple(today - datetime.timedelta(days=back) for back in range(days - 1, -1, -1))


def summarise(
    questions: Sequence[LoggedQuestion],
    votes: Sequence[Vote],
    dates: Sequence[datetime.date],
    local_time: LocalTime,
) -> Statistics:
    """Count what falls on the dates, as the calendar of a place has them.

    An edited question counts once, as it was put last.
    """
    wanted = set(dates)
    kept = [q for q in final(questions) if local_time.day(q.asked) in wanted]
    by_date: dict[datetime.date, list[LoggedQuestion]] = {date: [] for date in dates}
    for question in kept:
        by_date[local_time.day(question.asked)].append(question)
    counted = Counter(vote.value > 0 for vote in votes if local_time.day(vote.voted) in wanted)
    p50, p95 = _latency(kept)
    return Statistics(
        days=tuple(_day(date, some) for date, some in by_date.items()),
        people=len({question.user for question in kept}),
        up=counted[True],
        down=counted[False],
        p50=p50,
        p95=p95,
        surfaces=dict(Counter(question.surface for question in kept).most_common()),
    )


def _day(date: datetime.date, questions: Sequence[LoggedQuestion]) -> Day:
    outcomes = Counter(question.status for question in questions)
    p50, p95 = _latency(questions)
    return Day(date, outcomes[Status.ANSWERED], outcomes[Status.UNSURE], outcomes[Status.REFUSED], p50, p95)


def _latency(questions: Sequence[LoggedQuestion]) -> tuple[float | None, float | None]:
    if not questions:
        return None, None
    p50, p95 = np.percentile([question.elapsed_ms for question in questions], (50, 95))
    return float(p50), float(p95)
