"""How long an event loop is kept from its timers, and by what."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from tests.soak.loop_monitor import LoopMonitor, Stall, longest, read

PROGRAM = """
import asyncio, time

def hog():
    end = time.thread_time() + 0.1
    while time.thread_time() < end:
        pass

async def main():
    await asyncio.sleep(0.05)
    hog()
    await asyncio.sleep(0.05)

asyncio.run(main())
"""


def compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


async def test_a_deliberate_stall_is_found_and_named() -> None:
    stalls = list[Stall]()
    LoopMonitor(asyncio.get_running_loop(), stalls.append)
    await asyncio.sleep(0.05)
    compute(0.2)
    await asyncio.sleep(0.05)
    stall = longest(stalls)
    assert 0.15 <= stall.computed <= stall.late
    assert "test_loop_monitor.py" in stall.inside
    assert "compute" in stall.inside


async def test_a_thread_that_did_not_compute_was_not_at_fault() -> None:
    stalls = list[Stall]()
    LoopMonitor(asyncio.get_running_loop(), stalls.append)
    await asyncio.sleep(0.05)
    time.sleep(0.2)  # noqa: ASYNC251 - as a machine that has no processor for it
    await asyncio.sleep(0.05)
    assert longest(stalls).computed < 0.05


def test_a_program_is_watched_from_outside(tmp_path: Path) -> None:
    (tmp_path / "hog.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "tests.soak.loop_monitor", str(tmp_path / "stalls"), "hog"]
    root = Path(__file__).parents[2]
    subprocess.run(command, cwd=root, env={"PYTHONPATH": str(tmp_path)}, check=True, timeout=60)
    (stall,) = [stall for stall in read(tmp_path / "stalls") if stall.computed > 0.05]
    assert 0.08 <= stall.computed <= stall.late
    assert read(tmp_path / "stalls", since=stall.at + 0.001) == []
    assert longest(read(tmp_path / "nothing")).late == 0.0
