"""Locks that tell who works in a data directory."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from bot.operations.run_locks import BotRuns, is_held, nobody_runs, run_lock

HOLDER = """
import sys, time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    file = run_lock(tmp_path, "1")
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_held(file)
        with pytest.raises(BotRuns), nobody_runs(tmp_path):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    assert not is_held(file)
    with nobody_runs(tmp_path):
        assert is_held(file)
        assert is_held(run_lock(tmp_path, "restore"))
        with pytest.raises(BotRuns), nobody_runs(tmp_path):
            pass
    assert not is_held(file)


def test_a_look_does_not_keep_anybody_from_locking_and_needs_no_right_to_write(tmp_path: Path) -> None:
    file = run_lock(tmp_path, "1")
    assert not is_held(file)
    file.touch(mode=0o444)
    with file.open() as looking:
        assert not is_held(file)
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert not is_held(file)
    with FileLock(file, blocking=False):
        assert is_held(file)
