"""What people thought of the answers: one vote a person and question, changeable."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's vote on one answer: `value` is 1 or -1, `reason` why not, `voted` Unix time in seconds."""

    question_id: int
    user_id: int
    value: int
    reason: str | None
    voted: float


class Votes:
    """All votes. Methods raise sqlite3.Error."""

    def __init__(self, database: sqlite3.Connection, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def cast(self, question_id: int, user_id: int, value: int, reason: str | None = None) -> None:
        """Record a vote in the place of the person's earlier one."""
        row = (question_id, user_id, value, reason, self._clock())
        self._database.execute("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?)", row)

    def since(self, moment: float) -> tuple[Vote, ...]:
        """All votes cast at or after a moment (Unix time), oldest first."""
        rows = self._database.execute("SELECT * FROM votes WHERE voted >= ? ORDER BY voted", (moment,))
        return tuple(Vote(*row) for row in rows)
