"""What can still be read of a damaged `state.db`, brought into a fresh one."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.state.database import StateUnavailable, open_state

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Salvage:
    """How many rows were brought over, and whether every table could be read from end to end."""

    rows: int
    whole: bool


def replace_damaged(file: Path, aside: Path) -> Salvage:
    """Put what can be read of a damaged `state.db` in its place and keep it, its log included, as `aside`.

    The new one is made beside it: a kill at any moment leaves the damaged file or the new one in place. Raises OSError
    or StateUnavailable.
    """
    made = file.with_name(".state-salvage")
    for left in made.glob("*"):
        left.unlink()
    try:
        with closing(open_state(made)) as fresh:
            try:
                rescued = salvage(file, fresh)
            except sqlite3.Error as error:
                raise StateUnavailable(made / file.name, error) from None
        # The log before the database: it must never lie beside another one, which would take it for its own.
        log, shared = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
        if log.exists() and log.stat().st_size:
            log.replace(aside.with_name(f"{aside.name}-wal"))
        log.unlink(missing_ok=True)
        shared.unlink(missing_ok=True)
        _keep(file, aside)
        (made / file.name).replace(file)
    finally:
        for left in made.glob("*"):
            left.unlink()
        with suppress(OSError):
            made.rmdir()
    return rescued


def _keep(file: Path, aside: Path) -> None:
    """Give a file a second name, so that there is no moment without one; another name where links are unknown."""
    try:
        os.link(file, aside)
    except OSError:
        file.replace(aside)


def salvage(damaged: Path, fresh: sqlite3.Connection) -> Salvage:
    """Copy every row that can be read into the same table of `fresh`, which must be in its newest shape and empty.

    A table is read from its beginning to the first damage and, behind that, from its end back to the last one. Ids go
    on where they were, since buttons in old messages carry them. The damaged file is not changed.
    """
    rows, whole = 0, True
    with closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)) as source:
        # Else SQLite reads nothing at all of a file that lacks its end.
        source.execute("PRAGMA writable_schema = ON")
        # A letter that a flipped bit has made of another must not cost the row.
        source.text_factory = lambda data: data.decode("utf-8", "replace")
        fresh.execute("BEGIN IMMEDIATE")
        for table in _tables(fresh):
            reader = _Reader(source, table, _columns(fresh, table))
            for columns, row in reader.rows():
                marks = ", ".join("?" * len(row))
                with suppress(sqlite3.IntegrityError):
                    # Names of tables and columns are those of our own migrations.
                    statement = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
                    rows += fresh.execute(statement, row).rowcount
            whole = whole and reader.whole
        _go_on_counting(source, fresh)
        fresh.execute("COMMIT")
    return Salvage(rows, whole)


class _Reader:
    """The readable rows of one table; `whole` tells afterwards whether that was all of them."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> None:
        self._source = source
        self._table = table
        self._wanted = columns
        self.whole = True

    def rows(self) -> Iterator[tuple[tuple[str, ...], tuple[object, ...]]]:
        """(columns, row), some of them twice where the table is damaged in the middle."""
        try:
            known = _columns(self._source, self._table)
        except sqlite3.Error:
            self.whole = False
            return
        columns = tuple(name for name in self._wanted if name in known)
        if not columns:
            return  # a table that came with a later program
        for order in ("", f" ORDER BY {_backwards(self._source, self._table)}"):
            try:
                for row in self._source.execute(f"SELECT {', '.join(columns)} FROM {self._table}{order}"):  # noqa: S608
                    yield columns, row
            except sqlite3.Error:
                self.whole = False
            else:
                return


def _tables(database: sqlite3.Connection) -> tuple[str, ...]:
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations'"
    )
    return tuple(name for (name,) in found)


def _columns(database: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,)))


def _backwards(source: sqlite3.Connection, table: str) -> str:
    key = source.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,)).fetchall()
    try:
        source.execute(f"SELECT rowid FROM {table} LIMIT 0")  # noqa: S608 - our own names
    except sqlite3.Error:
        return ", ".join(f"{name} DESC" for (name,) in key)
    return "rowid DESC"


def _go_on_counting(source: sqlite3.Connection, fresh: sqlite3.Connection) -> None:
    """No id is given twice: the counters are copied, or, where they are lost, set beyond what one id a minute gives."""
    beyond = int(time.time() / _MINUTE)
    counted = [
        name
        for (name,) in fresh.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name")
    ]
    known: dict[str, int] | None = None
    with suppress(sqlite3.Error):
        known = {str(name): int(last) for name, last in source.execute("SELECT name, seq FROM sqlite_sequence")}
    for table in counted:
        reached = fresh.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        last = max(reached[0] if reached else 0, beyond if known is None else known.get(table, 0))
        fresh.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        fresh.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
