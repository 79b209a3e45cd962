"""Curated answers: what operators want said to a question, whatever the articles say."""

from __future__ import annotations

import datetime
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.state.database import Database

logger = logging.getLogger(__name__)

_BUSY = 2.0  # seconds that a reader waits for a writer


@dataclass(frozen=True, slots=True)
class Author:
    """An operator: Telegram's numeric id, and the name as it was when the answer was written."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class CuratedText:
    """What an operator writes: a question with other phrasings of it, and the answer.

    `expires` is the last day on which it holds; `source` a link or a few words on where it comes from.
    """

    question: str
    text: str
    language: str
    alternatives: tuple[str, ...] = ()
    expires: datetime.date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CuratedAnswer:
    """One curated answer. `written` and `edited` are Unix times in seconds; `active` is False once it was unpinned."""

    id: int
    content: CuratedText
    author: Author
    written: float
    editor: Author | None = None
    edited: float | None = None
    active: bool = True

    @property
    def phrasings(self) -> tuple[str, ...]:
        """The question in every wording that is known."""
        return (self.content.question, *self.content.alternatives)

    def expired(self, today: datetime.date) -> bool:
        """Whether it no longer holds on a day."""
        return self.content.expires is not None and self.content.expires < today


_CONTENT = "question, alternatives, text, language, expires, source"
_COLUMNS = f"id, {_CONTENT}, author_id, author_name, written, editor_id, editor_name, edited, active"


class CuratedAnswers:
    """The curated answers in `state.db`; `clock` counts seconds since 1970.

    Methods that write raise sqlite3.Error: an operator must know that nothing was kept.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, content: CuratedText, author: Author) -> CuratedAnswer:
        """Keep a new one; it is active at once."""
        now = self._clock()
        cursor = self._database.execute(
            f"INSERT INTO curated ({_CONTENT}, author_id, author_name, written) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            (*_row(content), author.id, author.name, now),
        )
        return CuratedAnswer(int(cursor.lastrowid or 0), content, author, now)

    def edit(self, number: int, content: CuratedText, editor: Author) -> CuratedAnswer | None:
        """Change an active one, which keeps its number; what it said before stays in `curated_edits`."""
        before = self.find(number)
        if before is None or not before.active:
            return None
        now = self._clock()
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.execute(
                f"INSERT INTO curated_edits (curated_id, {_CONTENT}, editor_id, editor_name, edited)"  # noqa: S608 - our own names
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (number, *_row(before.content), editor.id, editor.name, now),
            )
            self._database.execute(
                "UPDATE curated SET question = ?, alternatives = ?, text = ?, language = ?, expires = ?, source = ?,"
                " editor_id = ?, editor_name = ?, edited = ? WHERE id = ?",
                (*_row(content), editor.id, editor.name, now, number),
            )
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
        return self.find(number)

    def remove(self, number: int) -> bool:
        """Unpin one: it is kept, but never shown again. Whether it was active."""
        statement = "UPDATE curated SET active = 0 WHERE id = ? AND active = 1"
        return self._database.execute(statement, (number,)).rowcount > 0

    def find(self, number: int) -> CuratedAnswer | None:
        """The one with a number, active or not."""
        found = _select(self._database, "id = ?", number)
        return found[0] if found else None

    def active(self) -> tuple[CuratedAnswer, ...]:
        """All that were not unpinned, expired ones among them, oldest first."""
        return _select(self._database, "active = ?", 1)


class CuratedFile:
    """The active curated answers as whoever only answers reads them: from any thread, without ever making the file."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / "state.db"
        self._last: tuple[CuratedAnswer, ...] = ()

    def active(self) -> tuple[CuratedAnswer, ...]:
        """As `CuratedAnswers.active`; none where there is no such table yet, the last known where it cannot be read."""
        if not self._file.is_file():
            return self._last
        try:
            with closing(
                sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)
            ) as database:
                self._last = _select(database, "active = ?", 1)
        except sqlite3.Error as error:
            if "no such table" in str(error):
                return ()
            logger.warning("curated answers could not be read: %s", error)
        return self._last


def _select(database: Database, where: str, value: int) -> tuple[CuratedAnswer, ...]:
    statement = f"SELECT {_COLUMNS} FROM curated WHERE {where} ORDER BY id"  # noqa: S608 - our own names
    found = []
    for row in database.execute(statement, (value,)):
        try:
            found.append(_answer(row))
        except ValueError as error:  # a flipped bit in one of them must not silence the others
            logger.warning("curated answer %s cannot be read: %s", row[0], error)
    return tuple(found)


def _answer(row: Sequence[object]) -> CuratedAnswer:
    number, author, name, written, editor, editor_name, edited, active = (row[0], *row[7:])
    return CuratedAnswer(
        id=int(str(number)),
        content=_content(row[1:7]),
        author=Author(int(str(author)), str(name)),
        written=float(str(written)),
        editor=None if editor is None else Author(int(str(editor)), str(editor_name)),
        edited=None if edited is None else float(str(edited)),
        active=bool(active),
    )


def _row(content: CuratedText) -> tuple[str | None, ...]:
    return (
        content.question,
        json.dumps(content.alternatives, ensure_ascii=False),
        content.text,
        content.language,
        content.expires.isoformat() if content.expires else None,
        content.source,
    )


def _content(row: Sequence[object]) -> CuratedText:
    question, alternatives, text, language, expires, source = row
    return CuratedText(
        question=str(question),
        text=str(text),
        language=str(language),
        alternatives=tuple(json.loads(str(alternatives))),
        expires=datetime.date.fromisoformat(str(expires)) if expires else None,
        source=str(source) if source else None,
    )
