"""Watches the event loops of a program: `python -m tests.soak.loop_monitor FILE MODULE ARGUMENTS...`.

Runs the module as `python -m` does and appends to the file, as JSON lines, each time the loop was kept from its timers.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

_EVERY = 0.01  # seconds between two looks
_WORTH = 0.02  # seconds of a stall that is written down
_ROOT = str(Path(__file__).resolve().parents[2])
_FRAMES = 4


@dataclass(frozen=True, slots=True)
class Stall:
    """A timer that came late: `at` seconds of the monotonic clock by `late` seconds.

    For `computed` of these the loop's own thread had a processor, which is no fault of a busy machine; `inside` is
    where it was found, as far as it was looked at in time.
    """

    at: float
    late: float
    computed: float
    inside: str = ""


class LoopMonitor:
    """Sets a timer every 10 ms and tells of each that came late; for the loop that it is started on."""

    def __init__(self, loop: asyncio.AbstractEventLoop, told: Callable[[Stall], None]) -> None:
        self._loop = loop
        self._told = told
        self._due = loop.time()
        self._computed = 0.0
        self._inside = ""
        self._thread = threading.main_thread().ident
        loop.call_soon(self._begin)

    def _begin(self) -> None:
        self._thread = threading.get_ident()
        threading.Thread(target=self._look, name="loop-monitor", daemon=True).start()
        self._rest()

    def _rest(self) -> None:
        self._due, self._computed, self._inside = self._loop.time() + _EVERY, time.thread_time(), ""
        self._loop.call_at(self._due, self._wake)

    def _wake(self) -> None:
        now = self._loop.time()
        late = now - self._due
        computed = min(late, time.thread_time() - self._computed)
        if computed >= _WORTH:
            self._told(Stall(now, late, computed, self._inside))
        self._rest()

    def _look(self) -> None:
        """From another thread: what runs while a timer is late."""
        while not self._loop.is_closed():
            time.sleep(_WORTH)
            if not self._inside and self._loop.is_running() and self._loop.time() > self._due + _WORTH:
                self._inside = _where(sys._current_frames().get(self._thread or 0))


def _where(frame: FrameType | None) -> str:
    """The innermost frames of a stack, ours and at least one."""
    found: list[str] = []
    while frame is not None and len(found) < _FRAMES:
        code = frame.f_code
        if not found or (code.co_filename.startswith(_ROOT) and "site-packages" not in code.co_filename):
            found.append(f"{code.co_filename.removeprefix(_ROOT + '/')}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(found)


def longest(stalls: Iterable[Stall]) -> Stall:
    """The one in which the loop computed longest; nought where there was none."""
    return max(stalls, key=lambda stall: stall.computed, default=Stall(0.0, 0.0, 0.0))


def read(file: Path, since: float = 0.0) -> list[Stall]:
    """The stalls that a program wrote down from a moment of the monotonic clock on."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [stall for line in lines if (stall := Stall(**json.loads(line))).at >= since]


class _MonitoredLoops(asyncio.DefaultEventLoopPolicy):
    """Every new loop is watched from its beginning."""

    def __init__(self, told: Callable[[Stall], None]) -> None:
        super().__init__()
        self._told = told

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        LoopMonitor(loop, self._told)
        return loop


def main() -> None:
    """Run the module."""
    file, module, *arguments = sys.argv[1:]

    def write_down(stall: Stall) -> None:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(stall)) + "\n")

    asyncio.set_event_loop_policy(_MonitoredLoops(write_down))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
