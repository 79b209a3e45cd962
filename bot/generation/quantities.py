"""What a text states in figures: amounts with their units, ranges, dates, times, places in an order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Bound(StrEnum):
    """What is said of an amount besides it."""

    EXACT = "exact"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a text; `text[start:end] == written`.

    Two facts of one `unit` can be compared by `low` and `high`, which are equal but for a range.
    """

    written: str
    start: int
    end: int
    unit: str
    low: Decimal
    high: Decimal
    bound: Bound = Bound.EXACT


def facts(text: str) -> tuple[Fact, ...]:
    """The figures of a text in order. Idioms (一般, 万一) and numbers inside names (B2C) are none."""
    raise NotImplementedError
