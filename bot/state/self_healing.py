"""`state.db` under a bot that nobody watches: what happens to the file is mended while questions are answered."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.state.database import PATIENCE, StateUnavailable, Trouble, open_state, sound
from bot.state.salvage import Salvage, salvage

logger = logging.getLogger(__name__)

_AT_START = 20.0  # seconds for a lock: nobody waits yet, and a bot that gives up answers nobody
_AGAIN = 60.0  # seconds between two attempts to write a lost file back
_DATABASE = "state.db"
_SMALL = 2**20  # bytes that are copied in a few milliseconds

_PAGE = 4096  # bytes, SQLite's default

_T = TypeVar("_T")


class StateEvent(StrEnum):
    """What operators hear of: the file was replaced or written back, nothing can be kept, and all is well again."""

    REPLACED = "replaced"
    UNKNOWN = "lost"
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
    All belongs to one thread. `patience` is in seconds.

    Where an event loop runs, a file of more than `small` bytes is repaired in a thread beside it: until that is done,
    every statement raises BeingRepaired.
    """

    def __init__(self, data_dir: Path, *, patience: float = _AT_START, small: int = _SMALL) -> None:
        self._data_dir = data_dir
        self._file = data_dir / _DATABASE
        self._listener: Callable[[Incident], None] | None = None
        self._untold: list[Incident] = []
        self._retry_at = float("-inf")
        self._small = small
        self._repair: threading.Thread | None = None
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

    def close(self) -> None:
        """Close it, after it was written back if need be."""
        self._listener = None
        with suppress(sqlite3.Error):
            self._ensure_same_file()
        if self._repair is not None:
            self._repair.join()
        self._connection.close()

    def _cursor(self, connection: sqlite3.Connection) -> sqlite3.Cursor:
        return _Cursor(connection, self._unread)

    def _unread(self, error: sqlite3.Error) -> None:
        """A row could not be fetched: whoever reads gets the error, but the next one a whole file."""
        if Trouble.of(error) is Trouble.DAMAGED and self._repair is None:
            self._mend(lambda: self._replace(error))

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        at_home = self._ensure_same_file()
        if self._repair is not None:
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
        if self.trouble is not None and at_home and self._connection.total_changes > before:
            self._recover()
        return result

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
        """Repair the file at once, or beside the event loop where that would stall; whether all is well by now."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return repair()
        if self._size() <= self._small:
            return repair()
        self._repair = threading.Thread(target=self._mend_beside, args=(repair, loop), name="state-repair")
        self._repair.start()
        return False

    def _mend_beside(self, repair: Callable[[], bool], loop: asyncio.AbstractEventLoop) -> None:
        try:
            repair()
        except sqlite3.Error as error:
            logger.warning("state.db could not be repaired: %s", error)
        finally:
            loop.call_soon_threadsafe(self._mended)

    def _mended(self) -> None:
        self._repair = None
        self._tell()

    def _size(self) -> int:
        """Bytes of the file, or of what is still held of a file that is gone."""
        pages, size = 0, 0
        with suppress(sqlite3.Error):
            (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        with suppress(OSError):
            size = self._file.stat().st_size
        return max(size, pages * _PAGE)

    def _replace(self, error: sqlite3.Error) -> bool:
        """Put a fresh file in the place of the damaged one. Raises sqlite3.Error where that cannot be done."""
        self._connection.close()
        try:
            self._connection = self._fresh(str(error))
        except (OSError, StateUnavailable) as trouble:
            logger.error("state.db is damaged and cannot be replaced: %s", trouble)  # noqa: TRY400 - no bug of ours
            self._connection = self._unchecked()
            self._note_trouble(error)
            raise error from None
        self._place = _place(self._file)
        return True

    def _fresh(self, reason: str) -> sqlite3.Connection:
        """A new file with what can be read of the present one, which is kept. Raises OSError or StateUnavailable.

        The new one is made aside: a kill at any moment leaves the damaged file or the new one in place.
        """
        aside = self._file.with_name(f"{_DATABASE}.damaged-{_moment()}")
        made = self._data_dir / ".state-salvage"
        for left in made.glob("*"):
            left.unlink()
        try:
            with closing(open_state(made)) as fresh:
                try:
                    rescued = salvage(self._file, fresh)
                except sqlite3.Error as error:
                    raise StateUnavailable(made / _DATABASE, error) from None
            # The log before the database: it must never lie beside another one, which would take it for its own.
            log, shared = (self._file.with_name(_DATABASE + suffix) for suffix in ("-wal", "-shm"))
            if log.exists() and log.stat().st_size:
                log.replace(aside.with_name(f"{aside.name}-wal"))
            log.unlink(missing_ok=True)
            shared.unlink(missing_ok=True)
            _keep(self._file, aside)
            (made / _DATABASE).replace(self._file)
        finally:
            for left in made.glob("*"):
                left.unlink()
            with suppress(OSError):
                made.rmdir()
        said = " ".join(reason.split())
        self._note(Incident(StateEvent.REPLACED, Trouble.DAMAGED, said, aside.name, rescued))
        return open_state(self._data_dir)

    def _unchecked(self) -> sqlite3.Connection:
        """The file as it is, so that statements fail with what is wrong with it."""
        return sqlite3.connect(self._file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)

    def _ensure_same_file(self) -> bool:
        """Notice that the file was deleted or exchanged, and go on with one that lies where it should, if possible."""
        if self._repair is not None:
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
        try:
            if not exchanged:
                for suffix in ("-wal", "-shm"):
                    self._file.with_name(_DATABASE + suffix).unlink(missing_ok=True)
                kept.replace(self._file)
            self._connection = self._opened(PATIENCE)
        except (OSError, StateUnavailable) as error:
            self._connection = self._unchecked()
            self._place = _place(self._file)
            self._note_trouble(error)
            return False
        self._place = _place(self._file)
        what = StateEvent.EXCHANGED if exchanged else StateEvent.UNKNOWN
        self._note(Incident(what, aside=kept.name if exchanged else ""))
        return True

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
        if self._repair is None:  # else in another thread than the listener's
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


def _keep(file: Path, aside: Path) -> None:
    """Give a file a second name, so that there is no moment without one; another name where links are unknown."""
    try:
        os.link(file, aside)
    except OSError:
        file.replace(aside)


def _moment() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
