"""Which gaps the operators have dealt with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from bot.state.database import Database


class GapsDone:
    """When each question was marked as dealt with. Methods raise sqlite3.Error."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def mark(self, question_ids: Sequence[int]) -> None:
        """Mark questions, by their ids in the log, and forget marks whose question is gone."""
        self._database.execute("DELETE FROM gaps_done WHERE question_id NOT IN (SELECT id FROM questions)")
        rows = [(number, self._clock()) for number in question_ids]
        self._database.executemany("INSERT OR REPLACE INTO gaps_done VALUES (?, ?)", rows)

    def all(self) -> Mapping[int, float]:
        """When (Unix time) each marked question was marked."""
        return dict(self._database.execute("SELECT question_id, done FROM gaps_done"))
