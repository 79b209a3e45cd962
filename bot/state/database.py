"""Opening `state.db`."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from bot.errors import BotError
from bot.state.migrations import migrate

PATIENCE = 2.0  # seconds for a lock that another process holds; the event loop waits as well
_MOMENT = 0.01
_PASSES = 5  # of a checkpoint beside those who write
_LONGEST_LOG = 10_000  # pages of the write-ahead log, after which a statement takes the time to shorten it


class Database(Protocol):
    """What the parts of the state need of it: a connection, or something that stands for one."""

    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor: ...


class Trouble(StrEnum):
    """What is wrong with the file, as far as it makes a difference what to do."""

    DAMAGED = "damaged"
    FULL = "full"
    LOCKED = "locked"
    READ_ONLY = "read_only"
    OTHER = "other"

    @classmethod
    def of(cls, error: BaseException) -> Trouble:
        """What an error of SQLite's, or of the system's, means."""
        if isinstance(error, StateUnavailable):
            return error.trouble
        if getattr(error, "errno", None) == errno.ENOSPC:
            return cls.FULL
        return _TROUBLES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, cls.OTHER)


_TROUBLES = {
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
}
_ADVICE = {
    Trouble.DAMAGED: "文件已损坏：请用 siyu restore 备份文件 --force 恢复；没有备份就直接启动机器人，它会把坏文件移开，"
    "救回读得出来的部分",
    Trouble.FULL: "磁盘满了：请腾出空间再试",
    Trouble.LOCKED: "别的程序占着它：请等它用完，一直这样就停掉占用它的程序（fuser 能看到是谁）",
    Trouble.READ_ONLY: "不能写：请检查文件和目录的权限，或者磁盘是不是只读",
    Trouble.OTHER: "请检查磁盘空间和权限",
}


class StateUnavailable(BotError):
    """The file cannot be opened, read or written; `trouble` tells why."""

    def __init__(self, file: Path, error: BaseException) -> None:
        self.trouble = Trouble.of(error)
        self.reason = str(error)
        super().__init__(f"{file} 用不了（{error}）：{_ADVICE[self.trouble]}")


def open_state(data_dir: Path, *, patience: float = PATIENCE) -> sqlite3.Connection:
    """The database in its newest shape, in autocommit mode. Raises StateUnavailable.

    Its statements are single small rows, quick enough to be made on the event loop; they wait `patience` seconds for
    another process that writes. The connection may be handed to another thread, one at a time.
    """
    file = data_dir / "state.db"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(file, timeout=patience, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StateUnavailable(file, error) from None
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        # A checkpoint copies megabytes and waits for the disk, which a statement on the event loop must not: whoever
        # writes much calls `checkpoint` in time. This is for where that cannot be done.
        database.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")
        # What a person has deleted is overwritten, not merely unlinked.
        database.execute("PRAGMA secure_delete = ON")
        migrate(database)
    except sqlite3.Error as error:
        database.close()
        raise StateUnavailable(file, error) from None
    return database


class Unsound(sqlite3.DatabaseError):
    """A database whose pages do not fit together; SQLite only says so when asked."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def checkpoint(file: Path) -> None:
    """Bring the write-ahead log into the database and empty it: what was deleted is gone from it as well.

    Waits for the disk: through a connection of its own, for a thread beside the event loop. First it is copied beside
    whoever writes, and what was written meanwhile again. Nobody can write during the last step, which has little or
    nothing left to copy and waits but a moment for those who read; then it is tried again for `PATIENCE`. Raises
    sqlite3.Error, also where there is no such file.
    """
    until = time.monotonic() + PATIENCE
    where = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(where, uri=True, timeout=_MOMENT, isolation_level=None)) as database:
        for _ in range(_PASSES):
            _, written, copied = database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if written == copied:
                break
        while database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < until:
            time.sleep(5 * _MOMENT)
        with suppress(sqlite3.OperationalError):
            # The first write into an empty log waits for the disk: be it this one, which changes nothing.
            database.execute("PRAGMA user_version = 0")


def sound(database: sqlite3.Connection) -> tuple[str, ...]:
    """The names of the migrations that a database has seen, after a look through all of it. Raises sqlite3.Error."""
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise Unsound(found)
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone() is None:
        return ()
    return tuple(name for (name,) in database.execute("SELECT name FROM migrations ORDER BY name"))


@contextmanager
def reading(data_dir: Path) -> Iterator[sqlite3.Connection]:
    """A second connection, for a thread that reads much: what it takes long over must not stop the event loop.

    `open_state` has run before. Nothing can be written through it. Raises StateUnavailable, also for what the block
    meets.
    """
    file = data_dir / "state.db"
    try:
        with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as database:
            database.execute("PRAGMA query_only = ON")
            yield database
    except sqlite3.Error as error:
        raise StateUnavailable(file, error) from None
