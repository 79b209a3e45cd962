"""The questions that were asked and how each ended, for as long as the configuration says."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.model import Answer, Asker, Status, Surface
from bot.state.database import Database

logger = logging.getLogger(__name__)

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """One question as it was kept. `understood` is what was answered where the conversation completed it.

    `asked` is Unix time in seconds; `passages` are the ids of the cited passages.
    """

    id: int
    asked: float
    chat: int
    topic: int | None
    user: int
    message: int | None
    surface: Surface
    question: str
    understood: str | None
    language: str
    status: Status
    confidence: float
    elapsed_ms: float
    generation: str
    passages: tuple[str, ...]


_COLUMNS = (
    "id, asked, chat_id, topic_id, user_id, message_id, surface, question, understood, language, status,"
    " confidence, elapsed_ms, generation, passages"
)


class QuestionLog:
    """Keeps every question for `keep_days` days; 0 keeps none. `clock` counts seconds since 1970.

    Trouble with the file is logged and costs the record, never the answer.
    """

    def __init__(self, database: Database, *, keep_days: int = 180, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._keep = keep_days * _DAY
        self._clock = clock

    def record(self, asker: Asker, answer: Answer) -> int | None:
        """Keep a question with its outcome and drop what is too old; the record's id, None where nothing was kept.

        Small talk asks nothing and is not kept.
        """
        if not self._keep or answer.status is Status.SMALLTALK:
            return None
        now = self._clock()
        row = (
            now,
            asker.chat,
            asker.topic,
            asker.user,
            asker.message,
            asker.surface.value,
            answer.question,
            answer.understood,
            answer.language,
            answer.status.value,
            answer.confidence,
            answer.elapsed_ms,
            answer.generation,
            " ".join(source.passage for source in answer.sources if source.passage),
        )
        columns = _COLUMNS.removeprefix("id, ")
        try:
            self._database.execute("DELETE FROM questions WHERE asked < ?", (now - self._keep,))
            cursor = self._database.execute(
                f"INSERT INTO questions ({columns}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608 - our own names
                row,
            )
        except sqlite3.Error as error:
            logger.warning("a question could not be recorded: %s", error)
            return None
        return cursor.lastrowid

    def revise(self, question_id: int, answer: Answer) -> None:
        """Keep how a question ended after all, when it was understood otherwise than at first."""
        row = (
            answer.understood,
            answer.status.value,
            answer.confidence,
            " ".join(source.passage for source in answer.sources if source.passage),
            question_id,
        )
        try:
            self._database.execute(
                "UPDATE questions SET understood = ?, status = ?, confidence = ?, passages = ? WHERE id = ?", row
            )
        except sqlite3.Error as error:
            logger.warning("a question could not be revised: %s", error)

    def prune(self) -> None:
        """Drop what is too old, everything where nothing is to be kept (any more)."""
        try:
            self._database.execute(
                "DELETE FROM questions WHERE asked < ? OR ?", (self._clock() - self._keep, not self._keep)
            )
        except sqlite3.Error as error:
            logger.warning("old questions could not be deleted: %s", error)

    def find(self, question_id: int) -> LoggedQuestion | None:
        """One question by its id, None when it was never kept or is gone."""
        rows = self._select("id = ?", question_id)
        return rows[0] if rows else None

    def at(self, chat: int, message: int) -> LoggedQuestion | None:
        """The question that a message asked, in its latest wording; None when it was never kept or is gone."""
        statement = f"SELECT {_COLUMNS} FROM questions WHERE chat_id = ? AND message_id = ? ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own names
        row = self._database.execute(statement, (chat, message)).fetchone()
        return _question(row) if row else None

    def since(self, moment: float) -> tuple[LoggedQuestion, ...]:
        """All questions asked at or after a moment (Unix time), oldest first."""
        return self._select("asked >= ?", moment)

    def of_user(self, user: int) -> tuple[LoggedQuestion, ...]:
        """All questions of one person, oldest first."""
        return self._select("user_id = ?", user)

    def forget_user(self, user: int) -> int:
        """Delete what a person asked; how many questions that were. Raises sqlite3.Error: who asks must know."""
        return self._database.execute("DELETE FROM questions WHERE user_id = ?", (user,)).rowcount

    def move(self, old: int, new: int) -> None:
        """A group has become a supergroup with another id."""
        try:
            self._database.execute("UPDATE questions SET chat_id = ? WHERE chat_id = ?", (new, old))
        except sqlite3.Error as error:
            logger.warning("questions could not be moved: %s", error)

    def _select(self, where: str, value: float) -> tuple[LoggedQuestion, ...]:
        statement = f"SELECT {_COLUMNS} FROM questions WHERE {where} ORDER BY id"  # noqa: S608 - our own names
        return tuple(_question(row) for row in self._database.execute(statement, (value,)))


def _question(row: tuple[object, ...]) -> LoggedQuestion:
    values = dict(zip(LoggedQuestion.__dataclass_fields__, row, strict=True))
    values["surface"] = Surface(str(values["surface"]))
    values["status"] = Status(str(values["status"]))
    values["passages"] = tuple(str(values["passages"]).split())
    return LoggedQuestion(**values)  # type: ignore[arg-type]
