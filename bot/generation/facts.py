"""A figure of a text: an amount or a date."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Bound(StrEnum):
    """What is said about an amount besides: that it is a limit, or that it is not exact.

    One that is `WITHIN` lies between its two ends: 几百 from 100 up to 1000, 一万多 above 10 000 and below 20 000.
    """

    EXACT = "exact"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOUT = "about"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount, a range, a time of day or a place in an order.

    `start` and `end` count characters of the text as `plain` gives it. `kind` is that of its unit, empty without any;
    `low` and `high` are in the base unit of that kind and differ for a range only. A `weak` one is 一 before a measure
    word, more an article than a number.
    """

    written: str
    start: int
    end: int
    kind: str
    low: Fraction
    high: Fraction
    bound: Bound = Bound.EXACT
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is told; what is not told of it is None. `start` and `end` as for an amount."""

    written: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def possible(self) -> bool:
        """Whether the calendar has such a day."""
        if self.month is not None and not 1 <= self.month <= 12:
            return False
        longest = calendar.monthrange(self.year or 2024, self.month)[1] if self.month else 31
        return self.day is None or 1 <= self.day <= longest


Fact = Amount | Day
