"""The write-ahead log of a bot that runs: emptied beside the event loop, never long, and nothing of it is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.state.database import checkpoint, open_state, sound
from bot.state.self_healing import StateFile

ROOT = Path(__file__).parents[3]
LONG = 2**18  # bytes
WRITER = """
import sys
from pathlib import Path
from bot.state.self_healing import StateFile

state = StateFile(Path(sys.argv[1]), long=2**16)
for number in range(10**9):
    state.execute("INSERT INTO drafts (created, operator, parts) VALUES (0, ?, ?)", (number, "x" * 3000))
    print(number, flush=True)
"""


def draft(state: StateFile | sqlite3.Connection, characters: int = 3000) -> None:
    state.execute("INSERT INTO drafts (created, operator, parts) VALUES (0, 1, ?)", ("x" * characters,))


def log_of(home: Path) -> int:
    """Bytes of the write-ahead log."""
    return (home / "state.db-wal").stat().st_size


def drafts(home: Path) -> int:
    with closing(sqlite3.connect(home / "state.db")) as state:
        return int(state.execute("SELECT count(*) FROM drafts").fetchone()[0])


def test_no_statement_takes_the_time_of_a_checkpoint(tmp_path: Path) -> None:
    with closing(StateFile(tmp_path, long=2**30)) as state:
        draft(state)
        before = (tmp_path / "state.db").read_bytes()
        for _ in range(700):
            draft(state)
        # SQLite's own would have come after a thousand pages.
        assert log_of(tmp_path) > 2000 * 4096
        assert (tmp_path / "state.db").read_bytes() == before


def test_a_long_log_is_emptied_beside_the_statements(tmp_path: Path) -> None:
    written = 0
    with closing(StateFile(tmp_path, long=LONG)) as state:
        for _ in range(4):
            deadline = time.monotonic() + 60
            while log_of(tmp_path) <= LONG:
                draft(state)
                written += 1
            draft(state)
            written += 1
            while log_of(tmp_path) > LONG:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert (tmp_path / "state.db").stat().st_size > 3000 * written / 2
        assert drafts(tmp_path) == written
    assert [file.name for file in tmp_path.iterdir()] == ["state.db"]


def test_a_reader_puts_a_checkpoint_off_and_no_statement_waits_for_it(tmp_path: Path) -> None:
    with closing(StateFile(tmp_path, long=LONG)) as state:
        draft(state)
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM drafts").fetchone() == (1,)
            while log_of(tmp_path) <= 2 * LONG:
                draft(state)
            assert reader.execute("SELECT count(*) FROM drafts").fetchone() == (1,)
            assert state.trouble is None
        deadline = time.monotonic() + 60
        while log_of(tmp_path) > LONG:
            assert time.monotonic() < deadline
            draft(state)
            time.sleep(0.05)


def test_a_log_that_nobody_empties_is_bounded_all_the_same(tmp_path: Path) -> None:
    with closing(open_state(tmp_path)) as state:
        for _ in range(150):
            draft(state, 500_000)
        assert log_of(tmp_path) < 50 * 2**20
    assert drafts(tmp_path) == 150


def test_a_checkpoint_makes_no_file_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        checkpoint(tmp_path / "state.db")
    assert list(tmp_path.iterdir()) == []


def test_a_log_of_a_file_that_is_gone_is_no_file_in_its_place(tmp_path: Path) -> None:
    with closing(StateFile(tmp_path, long=0)) as state:
        for number in range(1, 4):
            draft(state)
            (tmp_path / "state.db").unlink()
            draft(state)
            assert drafts(tmp_path) == 2 * number


def test_after_a_checkpoint_no_statement_waits_for_the_disk_to_begin_the_log(tmp_path: Path) -> None:
    with closing(open_state(tmp_path)) as state:
        draft(state)
        checkpoint(tmp_path / "state.db")
        # The log's head, which is synced when it is written, is there already.
        assert 0 < log_of(tmp_path) <= 32 + 24 + 4096


@pytest.mark.parametrize("lines", [150, 400, 650])
def test_what_was_written_outlives_a_kill_whatever_a_checkpoint_does(tmp_path: Path, lines: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(lines):
            writer.stdout.readline()
        writer.kill()
        told = lines + len(writer.stdout.readlines())
    with closing(open_state(tmp_path)) as state:
        sound(state)
        kept = [number for (number,) in state.execute("SELECT operator FROM drafts ORDER BY id")]
    assert kept == list(range(len(kept)))
    assert told <= len(kept) + 1  # the last line may be torn
