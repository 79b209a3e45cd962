"""What answers written by a language model cost, day by day; no text and no person."""

from __future__ import annotations

import datetime
import logging
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.state.database import Database

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """One day: tokens, answers that were shown as written, and those that stayed quotes."""

    date: datetime.date
    tokens: int
    written: int
    fallbacks: int


class WrittenDays:
    """A ledger that outlives a restart. Trouble with the file is logged; what this process used counts all the same."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._here = Counter[datetime.date]()

    def tokens(self, day: datetime.date) -> int:
        """The tokens of a day so far."""
        try:
            row = self._database.execute("SELECT tokens FROM written_days WHERE day = ?", (day.isoformat(),)).fetchone()
        except sqlite3.Error as error:
            logger.warning("the tokens of today could not be looked up: %s", error)
            row = None
        return max(self._here[day], row[0] if row else 0)

    def add(self, day: datetime.date, *, tokens: int, written: int = 0, fallbacks: int = 0) -> None:
        """Count one answer."""
        self._here[day] += tokens
        try:
            self._database.execute(
                "INSERT INTO written_days VALUES (?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET"
                " tokens = tokens + excluded.tokens, written = written + excluded.written,"
                " fallbacks = fallbacks + excluded.fallbacks",
                (day.isoformat(), tokens, written, fallbacks),
            )
        except sqlite3.Error as error:
            logger.warning("the tokens of an answer could not be recorded: %s", error)

    def since(self, day: datetime.date) -> Sequence[WrittenDay]:
        """The days from this one on, in order; a day on which nothing was written is left out. Raises sqlite3.Error."""
        rows = self._database.execute(
            "SELECT day, tokens, written, fallbacks FROM written_days WHERE day >= ? ORDER BY day", (day.isoformat(),)
        )
        return [WrittenDay(datetime.date.fromisoformat(row[0]), *row[1:]) for row in rows]
