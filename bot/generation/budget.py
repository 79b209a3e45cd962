"""How much may be written in a day: tokens by all together, answers by one person."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Protocol


class Ledger(Protocol):
    """Keeps what was used, over restarts where that matters."""

    def tokens(self, day: datetime.date) -> int:
        """The tokens of a day so far."""
        ...

    def add(self, day: datetime.date, *, tokens: int, written: int = 0, fallbacks: int = 0) -> None:
        """Count what one answer took and whether it could be shown."""
        ...


class Memory:
    """A ledger that ends with the process."""

    def __init__(self) -> None:
        self._tokens = Counter[datetime.date]()

    def tokens(self, day: datetime.date) -> int:
        """The tokens of a day so far."""
        return self._tokens[day]

    def add(self, day: datetime.date, *, tokens: int, written: int = 0, fallbacks: int = 0) -> None:
        """Count the tokens; nobody asks for the rest."""
        self._tokens[day] += tokens


class Denied(StrEnum):
    """Why nothing more is written today. The values are labels of metrics."""

    DAY = "daily_budget"
    PERSON = "personal_budget"


class Budget:
    """Admits requests within the limits; 0 sets none. `exempt` are people whose own share is not counted.

    What is under way counts with its estimate, so that many at once do not go beyond the day's tokens together.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        today: Callable[[], datetime.date],
        daily_tokens: int = 0,
        per_person: int = 0,
        exempt: Collection[int] = (),
    ) -> None:
        self._ledger = ledger
        self._today = today
        self._daily = daily_tokens
        self._per_person = per_person
        self._exempt = frozenset(exempt)
        self._under_way = 0
        self._day = today()
        self._used = ledger.tokens(self._day)
        self._people = Counter[int]()

    @property
    def left(self) -> int | None:
        """The tokens that are left of today; None where there is no limit."""
        return max(0, self._daily - self._ledger.tokens(self._today()) - self._under_way) if self._daily else None

    @property
    def used(self) -> int:
        """The tokens of today as they were last counted; from any thread."""
        return self._used

    def take(self, person: int | None, estimate: int) -> Denied | None:
        """Take a share of about so many tokens; why not, where there is none. Whoever took one calls `settle`."""
        if (day := self._today()) != self._day:
            self._day = day
            self._people.clear()
        counted = self._per_person and person is not None and person not in self._exempt
        if counted and person is not None and self._people[person] >= self._per_person:
            return Denied.PERSON
        if (left := self.left) is not None and left < estimate:
            return Denied.DAY
        if counted and person is not None:
            self._people[person] += 1
        self._under_way += estimate
        return None

    def settle(self, estimate: int, used: int, *, written: bool | None) -> None:
        """Give a share back, and keep what it has really cost; `written` is None where no answer was to be."""
        self._under_way -= estimate
        day = self._today()
        self._ledger.add(day, tokens=used, written=int(written is True), fallbacks=int(written is False))
        self._used = self._ledger.tokens(day)
