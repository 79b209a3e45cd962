"""The updates that wait for an answer, and how far each has come: what a restart has to know.

A row lives from before Telegram is told that the update has arrived until its answer has. After that only the update's
number stays for a while, so that the same update is not worked again.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from enum import StrEnum

from bot.state.database import Database

logger = logging.getLogger(__name__)

KEPT = 2 * 86_400.0  # seconds; Telegram delivers nothing again after a day
MOST_TRIES = 3
"""Starts: an update that was in work each time when the bot died may be what it dies of."""

_REMEMBERED = 2000  # finished updates; Telegram repeats at most the hundred of one batch
_TIDY_EVERY = 500


class JournalStage(StrEnum):
    """How far an update has come, by the value that the file holds; each stage says what a restart makes of it."""

    RECEIVED = "received"  # nothing was sent: it is worked again
    SENDING = "sending"  # an answer, or what must not be done twice, may be under way or done: a notice is due
    NOTICE_DUE = "owed"  # the asker is to be told that the answer may not have arrived
    NOTICE_SENDING = "telling"  # the notice is on its way: it is not sent again, a reaction is due
    REACTION_DUE = "signing"  # a reaction, which is idempotent, stands for the notice
    DONE = "done"  # nothing is left but the update's number


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """Who waits for an answer, and where a notice about it could be sent; the fields are a row's columns, in order.

    `chat` is None where the bot cannot write of its own accord. `idempotent` tells whether the update can be worked a
    second time without harm, `notify_by_message` whether the notice is a message or, where everybody would read it,
    only a reaction.
    """

    user: int
    chat: int | None = None
    topic: int | None = None
    message: int | None = None
    language: str | None = None
    idempotent: bool = True
    notify_by_message: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: `received` in Unix seconds, `raw` the update as Telegram's JSON for as long as it may be worked."""

    update: int
    stage: JournalStage
    received: float
    asking: AwaitedAnswer
    raw: str | None


_ASKED = "user_id, chat_id, topic_id, message_id, language, again, aloud"
_BLANK = (
    "stage = 'done', user_id = NULL, chat_id = NULL, topic_id = NULL, message_id = NULL, language = NULL, raw = NULL"
)
_GIVEN_UP = "stage = CASE stage WHEN 'telling' THEN 'signing' ELSE 'owed' END, raw = NULL"


class Journal:
    """The part of the table that is one bot's; several may share a file. `clock` counts seconds since 1970.

    Trouble with the file is logged and costs only what the next start would have known.

    What is written takes a small statement or two, which the write-ahead log does not wait for the disk with: it
    outlives the process, and of the last moments before a power failure some may be missing.
    """

    def __init__(self, database: Database, bot: int, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._bot = bot
        self._clock = clock
        self._finished = 0
        # What is not in here costs no statement: most updates ask nothing.
        self._open: set[int] = set()

    def known(self) -> list[int]:
        """The numbers of all updates that are in work or were, oldest first."""
        try:
            statement = "SELECT update_id FROM journal WHERE bot_id = ? ORDER BY received"
            return [number for (number,) in self._database.execute(statement, (self._bot,))]
        except sqlite3.Error as error:
            logger.warning("the journal could not be read: %s", error)
            return []

    def holds(self, update: int) -> bool:
        """Whether somebody still waits for something about an update."""
        return update in self._open

    def receive(self, update: int, asking: AwaitedAnswer, raw: str) -> None:
        """An update has come in; from here on it is not lost."""
        row = (self._bot, update, JournalStage.RECEIVED.value, self._clock(), *astuple(asking), raw)
        columns = f"bot_id, update_id, stage, received, {_ASKED}, raw"
        statement = f"INSERT OR IGNORE INTO journal ({columns}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608 - our own names
        if self._change(statement, row):
            self._open.add(update)

    def note(self, update: int) -> None:
        """Remember an update that nobody waits for, so that it is not worked a second time."""
        values = (self._bot, update, JournalStage.DONE.value, self._clock())
        self._change("INSERT OR IGNORE INTO journal (bot_id, update_id, stage, received) VALUES (?, ?, ?, ?)", values)
        self._tidy()

    def begin(self, update: int) -> None:
        """The handling starts: what is not idempotent is not worked again from here on."""
        self._move(update, "stage = 'received' AND NOT again", "stage = 'sending'")

    def request_started(self, update: int) -> None:
        """The first bytes of a message are about to leave this machine."""
        after = "stage = CASE stage WHEN 'owed' THEN 'telling' ELSE 'sending' END"
        self._move(update, "stage IN ('received', 'owed')", after)

    def returned(self, update: int) -> None:
        """The message did not arrive, for certain, and nothing before it did."""
        after = "stage = CASE stage WHEN 'telling' THEN 'owed' ELSE 'received' END"
        self._move(update, "(stage = 'telling' OR stage = 'sending' AND again)", after)

    def notify_later(self, update: int) -> None:
        """What was sent may have arrived or not, or is given up: a notice is due, for a notice a reaction.

        For that, what was asked need not be kept.
        """
        self._move(update, "stage IN ('received', 'sending', 'telling')", _GIVEN_UP)

    def finish(self, update: int) -> None:
        """The handling has ended; unless a notice is due, nobody waits any more."""
        if self._move(update, "stage NOT IN ('owed', 'signing')", _BLANK):
            self._open.discard(update)
        self._tidy()

    def settle(self, update: int) -> None:
        """Nobody waits any more, whatever the stage."""
        self._move(update, "TRUE", _BLANK)
        self._open.discard(update)
        self._tidy()

    def notices_due(self) -> tuple[Entry, ...]:
        """The updates for which a notice or a reaction is due, oldest first."""
        try:
            return self._select((JournalStage.NOTICE_DUE, JournalStage.REACTION_DUE))
        except sqlite3.Error as error:
            logger.warning("the journal could not be read: %s", error)
            return ()

    def forget_user(self, user: int) -> None:
        """Keep nothing of a person. Raises sqlite3.Error: who asks must know."""
        statement = "SELECT update_id FROM journal WHERE bot_id = ? AND user_id = ?"
        mine = self._database.execute(statement, (self._bot, user)).fetchall()
        self._database.execute(f"UPDATE journal SET {_BLANK} WHERE user_id = ?", (user,))  # noqa: S608 - our own text
        self._open.difference_update(update for (update,) in mine)

    def resume(self) -> tuple[Entry, ...]:
        """After a start: what is to be worked again, oldest first; for the rest a notice is due."""
        try:
            self._catch_up()
            entries = self._select((JournalStage.RECEIVED, JournalStage.NOTICE_DUE, JournalStage.REACTION_DUE))
        except sqlite3.Error as error:
            logger.warning("what was in work before the start is not known: %s", error)
            return ()
        self._open.update(entry.update for entry in entries)
        return tuple(entry for entry in entries if entry.stage is JournalStage.RECEIVED)

    def _catch_up(self) -> None:
        """What the process before this one left, as this one has to see it. Being cut short makes it one more start."""
        mine = (self._bot,)
        execute = self._database.execute
        execute("DELETE FROM journal WHERE stage = 'done' AND received < ?", (self._clock() - KEPT,))
        # 'begun' is an earlier program's word for what it had begun and not sent.
        under_way = "bot_id = ? AND stage IN ('begun', 'sending', 'telling')"
        execute(f"UPDATE journal SET {_GIVEN_UP} WHERE {under_way}", mine)  # noqa: S608 - our own text
        execute("UPDATE journal SET tries = tries + 1 WHERE bot_id = ? AND stage = 'received'", mine)
        again = "bot_id = ? AND stage = 'received' AND tries >= ?"
        execute(f"UPDATE journal SET {_GIVEN_UP} WHERE {again}", (self._bot, MOST_TRIES))  # noqa: S608 - our own text

    def _move(self, update: int, before: str, after: str) -> bool:
        """Bring an update that is open from one stage to another; whether it was in the first."""
        statement = f"UPDATE journal SET {after} WHERE bot_id = ? AND update_id = ? AND {before}"  # noqa: S608 - our own text
        return update in self._open and self._change(statement, (self._bot, update)) > 0

    def _tidy(self) -> None:
        """Forget, now and then, all but the latest finished updates."""
        self._finished += 1
        if self._finished % _TIDY_EVERY == 0:
            mine = "bot_id = ? AND stage = 'done'"
            latest = f"SELECT update_id FROM journal WHERE {mine} ORDER BY received DESC LIMIT ?"  # noqa: S608 - our own text
            statement = f"DELETE FROM journal WHERE {mine} AND update_id NOT IN ({latest})"  # noqa: S608 - our own text
            self._change(statement, (self._bot, self._bot, _REMEMBERED))

    def _change(self, statement: str, values: tuple[object, ...]) -> int:
        """How many rows a statement changed; none where the file gives trouble."""
        try:
            return self._database.execute(statement, values).rowcount
        except sqlite3.Error as error:
            logger.warning("the journal could not be written: %s", error)
            return 0

    def _select(self, stages: tuple[JournalStage, ...]) -> tuple[Entry, ...]:
        where = f"bot_id = ? AND stage IN ({', '.join('?' * len(stages))})"
        statement = f"SELECT update_id, stage, received, raw, {_ASKED} FROM journal WHERE {where} ORDER BY 3, 1"  # noqa: S608 - our own names
        rows = self._database.execute(statement, (self._bot, *stages))
        return tuple(
            Entry(
                update,
                JournalStage(stage),
                received,
                AwaitedAnswer(user, chat, topic, message, language, bool(again), bool(aloud)),
                raw,
            )
            for update, stage, received, raw, user, chat, topic, message, language, again, aloud in rows
        )


def empty_journal(database: sqlite3.Connection) -> None:
    """Take everything out of a copy that is to be kept: restored, it would be answered again. Raises sqlite3.Error."""
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone() is not None:
        database.execute("PRAGMA secure_delete = ON").fetchall()
        database.execute("DELETE FROM journal")
        database.commit()
