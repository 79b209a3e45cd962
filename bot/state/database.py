"""Opening `state.db`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import BotError
from bot.state.migrations import migrate


class StateUnavailable(BotError):
    """The file cannot be opened, read or written."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} 用不了（{reason}）：请检查磁盘空间和权限；文件若已损坏，请用 siyu restore 备份文件 --force 恢复，"
            "没有备份就把它移走再启动，群里的设置要重新设一次"
        )


def open_state(data_dir: Path) -> sqlite3.Connection:
    """The database in its newest shape, in autocommit mode. Raises StateUnavailable.

    Its statements are single small rows, quick enough to be made on the event loop.
    """
    file = data_dir / "state.db"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(file, timeout=2, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StateUnavailable(file, str(error)) from None
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        # What a person has deleted is overwritten, not merely unlinked.
        database.execute("PRAGMA secure_delete = ON")
        migrate(database)
    except sqlite3.Error as error:
        database.close()
        raise StateUnavailable(file, str(error)) from None
    return database


def scrub(database: sqlite3.Connection) -> None:
    """Take what was deleted out of the write-ahead log as well. Raises sqlite3.Error."""
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def sound(database: sqlite3.Connection) -> tuple[str, ...]:
    """The names of the migrations that a database has seen, after a look through all of it. Raises sqlite3.Error."""
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
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
        raise StateUnavailable(file, str(error)) from None
