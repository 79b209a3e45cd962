"""Periods of a merchant's own numbers that the merchant chose to keep; a person's own, nobody else reads them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.state.database import Database

MOST = 60
"""Periods that are kept of one person; the oldest make room."""


@dataclass(frozen=True, slots=True)
class SavedPeriod:
    """One period: `numbers` by the names of their figures, each as an exact fraction in text; `saved` is Unix time."""

    id: int
    saved: float
    label: str
    numbers: Mapping[str, str]


class FunnelPeriods:
    """The saved periods. Every method raises sqlite3.Error. `clock` counts seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, user: int, label: str, numbers: Mapping[str, str]) -> None:
        """Keep a period of a person."""
        row = (self._clock(), user, label, json.dumps(dict(numbers), ensure_ascii=False))
        self._database.execute("INSERT INTO funnel_periods (saved, user_id, label, numbers) VALUES (?, ?, ?, ?)", row)
        self._database.execute(
            "DELETE FROM funnel_periods WHERE user_id = ? AND id NOT IN"
            " (SELECT id FROM funnel_periods WHERE user_id = ? ORDER BY id DESC LIMIT ?)",
            (user, user, MOST),
        )

    def of_user(self, user: int) -> tuple[SavedPeriod, ...]:
        """A person's periods, the oldest first."""
        rows = self._database.execute(
            "SELECT id, saved, label, numbers FROM funnel_periods WHERE user_id = ? ORDER BY id", (user,)
        )
        return tuple(SavedPeriod(number, saved, label, json.loads(kept)) for number, saved, label, kept in rows)

    def delete(self, period: int, user: int) -> bool:
        """Delete one of a person's own periods; whether there was one."""
        where = (period, user)
        return self._database.execute("DELETE FROM funnel_periods WHERE id = ? AND user_id = ?", where).rowcount > 0

    def forget_user(self, user: int) -> int:
        """Delete all of a person; how many there were."""
        return self._database.execute("DELETE FROM funnel_periods WHERE user_id = ?", (user,)).rowcount
