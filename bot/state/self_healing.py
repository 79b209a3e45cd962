"""`state.db` under a bot that nobody watches: what happens to the file is mended while questions are answered."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.state.database import PATIENCE, StateUnavailable, Trouble, checkpoint, open_state, sound
from bot.state.salvage import Salvage, replace_damaged

logger = logging.getLogger(__name__)

_AT_START = 20.0  # seconds for a lock: nobody waits yet, and a bot that gives up answers nobody
_AGAIN = 60.0  # seconds between two attempts to write a lost file back
_DATABASE = "state.db"
_AWAITED = 0.04  # seconds that the event loop waits for a repair; a small file is whole again by then
_LONG = 4 * 2**20  # bytes of the write-ahead log that are worth a checkpoint

_T = TypeVar("_T")


class StateEvent(StrEnum):
    """What operators hear of: the file was replaced or written back, nothing can be kept, and all is well again."""

    REPLACED = "replaced"
    LOST = "lost"
    EXCHANGED = "exchanged"
    UNWRITABLE = "unwritable"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Incident:
    """One happening; `aside` names the file that was kept beside the new one, `salvage` tells what came out of it."""

    what: StateEvent
    trouble: Trouble = Trouble.OTHER
    reason: str = ""
    aside: str = ""
    salvage: Salvage | None = None


class BeingRepaired(sqlite3.OperationalError):
    """Nothing can be read or kept until the file is whole again."""

    def __init__(self) -> None:
        super().__init__("state.db is being repaired")


class StateFile:
    """A `Database` over `data_dir/state.db`. Raises StateUnavailable where it cannot be opened, for want of rights say.

    A damaged file, noticed at the start (every page is looked at) or by a statement, is kept under another name and
    replaced by what can be read of it. A file that was deleted is written back from what the process still holds. What
    cannot be written raises sqlite3.Error, each time without waiting where another process holds the lock for long.
    All belongs to one thread; `patience` is in seconds. What takes long is done in a second one: the checkpoint of a
    write-ahead log of more than `long` bytes, and every repair. A running event loop waits `awaited` seconds
    for a repair, with 0 not at all; after that every statement raises BeingRepaired until it is done.
    """

    def __init__(
        self, data_dir: Path, *, patience: float = _AT_START, awaited: float = _AWAITED, long: int = _LONG
    ) -> None:
        self._data_dir = data_dir
        self._file = data_dir / _DATABASE
        self._log = data_dir / f"{_DATABASE}-wal"
        self._listener: Callable[[Incident], None] | None = None
        self._untold: list[Incident] = []
        self._retry_at = float("-inf")
        self._awaited = awaited
        self._long = long
        # One after the other, so that a checkpoint never meets the files of half a repair.
        self._second_thread = ThreadPoolExecutor(1, "state")
        self._checkpoint: Future[None] | None = None
        self._repairing = False
        self.trouble: Incident | None = None
        self._connection = self._opened(patience)
        self._place = _place(self._file)

    def listen(self, listener: Callable[[Incident], None]) -> None:
        """Hear of every incident from now on, and at once of those before."""
        self._listener = listener
        self._tell()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As a connection's. Raises sqlite3.Error."""
        return self._do(lambda connection: connection.cursor(self._cursor).execute(sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """As a connection's. Raises sqlite3.Error."""
        rows = list(parameters)
        return self._do(lambda connection: connection.cursor(self._cursor).executemany(sql, rows))

    async def empty_log(self) -> None:
        """Take what was deleted out of the write-ahead log as well. Raises sqlite3.Error."""
        await asyncio.wrap_future(self._second_thread.submit(checkpoint, self._file))

    def close(self) -> None:
        """Close it, after it was written back if need be."""
        self._listener = None
        self._ensure_same_file()
        self._second_thread.shutdown()
        self._connection.close()

    def _cursor(self, connection: sqlite3.Connection) -> sqlite3.Cursor:
        return _Cursor(connection, self._unread)

    def _unread(self, error: sqlite3.Error) -> None:
        """A row could not be fetched: whoever reads gets the error, but the next one a whole file."""
        if Trouble.of(error) is Trouble.DAMAGED and not self._repairing:
            self._mend(lambda: self._replace(error))

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        at_home = self._ensure_same_file()
        if self._repairing:
            raise BeingRepaired
        before, alone = self._connection.total_changes, not self._connection.in_transaction
        try:
            result = work(self._connection)
        except sqlite3.Error as error:
            if Trouble.of(error) is not Trouble.DAMAGED:
                self._note_trouble(error)
                raise
            damage = error
            if not self._mend(lambda: self._replace(damage)) or not alone:
                raise  # also where the rest of a transaction makes no sense without its beginning
            return work(self._connection)
        if self._connection.total_changes > before:
            if self.trouble is not None and at_home:
                self._recover()
            self._shorten_log()
        return result

    def _shorten_log(self) -> None:
        """Have a checkpoint made where it is time, unless one is under way."""
        if (self._checkpoint is None or self._checkpoint.done()) and _size(self._log) > self._long:
            self._checkpoint = self._second_thread.submit(self._make_checkpoint)

    def _make_checkpoint(self) -> None:
        if _place(self._file) == self._place:
            try:
                checkpoint(self._file)
            except sqlite3.Error as error:
                # The next statement tries again; what makes it fail makes statements fail, which is told.
                logger.debug("state.db: no checkpoint: %s", error)

    def _opened(self, patience: float) -> sqlite3.Connection:
        """The file, whole, or else what can be made of it."""
        try:
            connection = open_state(self._data_dir, patience=patience)
            try:
                sound(connection)
            except sqlite3.Error as error:
                connection.close()
                raise StateUnavailable(self._file, error) from None
        except StateUnavailable as error:
            if error.trouble is not Trouble.DAMAGED:
                raise
            return self._fresh(error.reason)
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        return connection

    def _mend(self, repair: Callable[[], bool]) -> bool:
        """Repair the file in the second thread; whether all is well by now."""
        self._repairing = True
        repaired = self._second_thread.submit(repair)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            wait([repaired])
        else:
            if not (self._awaited and wait([repaired], self._awaited).done):
                repaired.add_done_callback(lambda late: loop.call_soon_threadsafe(self._mended, late))
                return False
        return self._mended(repaired)

    def _mended(self, repaired: Future[bool]) -> bool:
        self._repairing = False
        self._tell()
        return repaired.result()

    def _replace(self, error: sqlite3.Error) -> bool:
        """Put a fresh file in the place of the damaged one; whether that could be done."""
        self._connection.close()
        return self._reopen(lambda: self._fresh(str(error)), error)

    def _reopen(self, opened: Callable[[], sqlite3.Connection], reason: Exception | None = None) -> bool:
        """Go on with another connection, or with one whose statements fail with what is wrong with the file.

        Operators are then told the `reason`, by default that for which it could not be opened.
        """
        try:
            self._connection = opened()
        except (OSError, StateUnavailable) as trouble:
            logger.error("state.db cannot be opened: %s", trouble)  # noqa: TRY400 - no bug of ours
            self._connection = sqlite3.connect(
                self._file, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            self._note_trouble(reason or trouble)
            return False
        finally:
            self._place = _place(self._file)
        return True

    def _fresh(self, reason: str) -> sqlite3.Connection:
        """A new file with what can be read of the present one, which is kept. Raises OSError or StateUnavailable."""
        aside = self._file.with_name(f"{_DATABASE}.damaged-{_moment()}")
        rescued = replace_damaged(self._file, aside)
        self._note(Incident(StateEvent.REPLACED, Trouble.DAMAGED, " ".join(reason.split()), aside.name, rescued))
        return open_state(self._data_dir)

    def _ensure_same_file(self) -> bool:
        """Notice that the file was deleted or exchanged, and go on with one that lies where it should, if possible."""
        if self._repairing:
            return False
        place = _place(self._file)
        if place == self._place:
            return True
        if self._connection.in_transaction or time.monotonic() < self._retry_at:
            return False
        return self._mend(lambda: self._go_home(exchanged=place is not None))

    def _go_home(self, *, exchanged: bool) -> bool:
        """Write a deleted file back, or use the one in its place and keep what was there; whether it worked."""
        kept = self._file.with_name(f"{_DATABASE}.{'replaced' if exchanged else 'lost'}-{_moment()}")
        try:
            with closing(sqlite3.connect(kept, isolation_level=None)) as copy:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        except (sqlite3.Error, OSError) as error:
            kept.unlink(missing_ok=True)
            self._retry_at = time.monotonic() + _AGAIN
            self._note_trouble(error)
            return False
        # Before another one is opened: closing takes the log away that lies there, by its name.
        self._connection.close()
        if not self._reopen(lambda: self._at_home(None if exchanged else kept)):
            return False
        what = StateEvent.EXCHANGED if exchanged else StateEvent.LOST
        self._note(Incident(what, aside=kept.name if exchanged else ""))
        return True

    def _at_home(self, copy: Path | None) -> sqlite3.Connection:
        """The file where it should lie, which is this copy if there is one. Raises OSError or StateUnavailable."""
        if copy is not None:
            for suffix in ("-wal", "-shm"):
                self._file.with_name(_DATABASE + suffix).unlink(missing_ok=True)
            copy.replace(self._file)
        return self._opened(PATIENCE)

    def _note_trouble(self, error: Exception) -> None:
        """Nothing can be kept: told once until that has changed, or the reason has."""
        trouble = Trouble.of(error)
        if trouble is Trouble.LOCKED:
            # The event loop waited for it once; whoever holds it that long is not waited for again.
            self._connection.execute("PRAGMA busy_timeout = 0")
        if self.trouble is None or self.trouble.trouble is not trouble:
            self.trouble = Incident(StateEvent.UNWRITABLE, trouble, str(error))
            self._note(self.trouble)

    def _recover(self) -> None:
        self.trouble = None
        self._connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        self._note(Incident(StateEvent.WELL))

    def _note(self, incident: Incident) -> None:
        logger.warning("state.db: %s %s %s", incident.what, incident.reason, incident.aside)
        self._untold.append(incident)
        if not self._repairing:  # else this is not the listener's thread
            self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            untold, self._untold = self._untold, []
            for incident in untold:
                self._listener(incident)


class _Cursor(sqlite3.Cursor):
    """Tells of errors that come with the rows, long after the statement began."""

    def __init__(self, connection: sqlite3.Connection, failed: Callable[[sqlite3.Error], None]) -> None:
        super().__init__(connection)
        self._failed = failed

    def __next__(self) -> Any:
        return self._watch(super().__next__)

    def fetchone(self) -> Any:
        return self._watch(super().fetchone)

    def fetchall(self) -> list[Any]:
        return self._watch(super().fetchall)

    def _watch(self, fetch: Callable[[], _T]) -> _T:
        try:
            return fetch()
        except sqlite3.Error as error:
            self._failed(error)
            raise


def _place(file: Path) -> tuple[int, int] | None:
    """What tells a file from another one that lies there later; None where there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - before every statement, and twice as quick
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _size(file: Path) -> int:
    try:
        return os.stat(file).st_size  # noqa: PTH116 - after every change
    except OSError:
        return 0


def _moment() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
