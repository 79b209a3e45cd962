"""What people think of answers: one changeable vote a person and question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.state.database import Database


class Value(IntEnum):
    """A thumb up or down."""

    UP = 1
    DOWN = -1


class Reason(StrEnum):
    """What is wrong with an answer that got a thumb down."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    OFF_TOPIC = "off_topic"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's vote on the answer to one logged question; `voted` is Unix time in seconds."""

    question_id: int
    user_id: int
    value: Value
    reason: Reason | None
    voted: float


class Votes:
    """The votes on logged questions; they go with their question, which the database itself sees to.

    Every method raises sqlite3.Error: whoever votes must know whether it counted. `clock` counts seconds since 1970.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def cast(self, question_id: int, user_id: int, value: Value, reason: Reason | None = None) -> bool:
        """Set a person's vote in place of an earlier one; False where the question is not kept (any more)."""
        row = (question_id, user_id, int(value), str(reason) if reason else None, self._clock(), question_id)
        changed = self._database.execute(
            "INSERT OR REPLACE INTO votes SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM questions WHERE id = ?)", row
        )
        return changed.rowcount > 0

    def withdraw(self, question_id: int, user_id: int) -> bool:
        """Take a person's vote back; whether there was one."""
        where = (question_id, user_id)
        return self._database.execute("DELETE FROM votes WHERE question_id = ? AND user_id = ?", where).rowcount > 0

    def of_question(self, question_id: int) -> tuple[Vote, ...]:
        """All votes on one answer, oldest first."""
        return self._select("question_id = ?", question_id)

    def of_user(self, user_id: int) -> tuple[Vote, ...]:
        """All votes of one person, oldest first."""
        return self._select("user_id = ?", user_id)

    def since(self, moment: float) -> tuple[Vote, ...]:
        """All votes given or changed at or after a moment (Unix time), oldest first."""
        return self._select("voted >= ?", moment)

    def forget_user(self, user_id: int) -> int:
        """Delete a person's votes; how many that were."""
        return self._database.execute("DELETE FROM votes WHERE user_id = ?", (user_id,)).rowcount

    def _select(self, where: str, value: float) -> tuple[Vote, ...]:
        statement = f"SELECT question_id, user_id, value, reason, voted FROM votes WHERE {where} ORDER BY voted"  # noqa: S608 - our own names
        return tuple(
            Vote(question, user, Value(vote), Reason(reason) if reason else None, voted)
            for question, user, vote, reason, voted in self._database.execute(statement, (value,))
        )
