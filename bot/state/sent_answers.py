"""Which of the bot's messages answer which question, for as long as somebody may come back to them."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.state.database import Database

logger = logging.getLogger(__name__)

KEPT = 30 * 86_400.0  # seconds: an operator may correct an answer days later; edits count for minutes only


@dataclass(frozen=True, slots=True)
class Answered:
    """The messages that answer a question, in order, and a digest of the question."""

    digest: str
    messages: tuple[int, ...]


class Answers:
    """A short memory of answers; trouble with the file is logged and costs only that edits go unnoticed."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def record(self, chat_id: int, question_id: int, question: str, messages: Sequence[int]) -> None:
        """Remember what answers a message, and forget what is too old to be edited."""
        row = (chat_id, question_id, digest(question), " ".join(map(str, messages)), self._clock())
        try:
            self._database.execute("DELETE FROM answers WHERE answered < ?", (self._clock() - KEPT,))
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            logger.warning("an answer could not be recorded: %s", error)

    def find(self, chat_id: int, question_id: int) -> Answered | None:
        """What answered a message, None when nothing did or it is long ago."""
        where = (chat_id, question_id, self._clock() - KEPT)
        try:
            row = self._database.execute(
                "SELECT digest, answer_ids FROM answers WHERE chat_id = ? AND question_id = ? AND answered >= ?", where
            ).fetchone()
        except sqlite3.Error as error:
            logger.warning("an answer could not be looked up: %s", error)
            return None
        return Answered(row[0], tuple(map(int, row[1].split()))) if row else None

    def question_of(self, chat_id: int, message_id: int) -> int | None:
        """The id of the message that one of the bot's messages answers, None when that is not known."""
        where = (chat_id, f"% {message_id} %")
        try:
            row = self._database.execute(
                "SELECT question_id FROM answers WHERE chat_id = ? AND ' ' || answer_ids || ' ' LIKE ?", where
            ).fetchone()
        except sqlite3.Error as error:
            logger.warning("a question could not be looked up: %s", error)
            return None
        return int(row[0]) if row else None

    def forget(self, chat_id: int) -> None:
        """Drop everything of a chat that the bot has left or that has another id now."""
        try:
            self._database.execute("DELETE FROM answers WHERE chat_id = ?", (chat_id,))
        except sqlite3.Error as error:
            logger.warning("answers could not be forgotten: %s", error)

    def forget_user(self, user: int) -> None:
        """Drop what answered a person, in private and, as far as their questions are logged, anywhere else."""
        asked = "SELECT chat_id, message_id FROM questions WHERE user_id = ?"
        try:
            self._database.execute(
                f"DELETE FROM answers WHERE chat_id = ? OR (chat_id, question_id) IN ({asked})",  # noqa: S608 - our own text
                (user, user),
            )
        except sqlite3.Error as error:
            logger.warning("answers could not be forgotten: %s", error)


def digest(question: str) -> str:
    """Tells whether a question has changed without keeping it."""
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
