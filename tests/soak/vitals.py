"""How a process and its children are doing, read from /proc every few seconds."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_EDGE = 5  # samples at either end of a series whose median stands for it


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: `at` seconds of the monotonic clock, `rss` resident MiB, `processor` and `waited` the seconds that
    its threads have computed and were ready to compute but had no processor; children included.
    """

    at: float
    rss: float
    processor: float
    waited: float
    threads: int
    files: int


@dataclass(frozen=True, slots=True)
class Growth:
    """A figure after the warm-up and at the end, each the median of a few looks."""

    before: float
    after: float

    @property
    def percent(self) -> float:
        """By how many per cent it has grown."""
        return 100 * (self.after - self.before) / self.before if self.before else 0.0


def look(pid: int) -> Sample:
    """A process and all its children. A child that ends meanwhile counts for nothing."""
    rss, processor, waited, threads, files = 0.0, 0.0, 0.0, 0, 0
    for one in family(pid):
        with suppress(OSError, KeyError, ValueError):
            status = dict(
                line.split(":", 1)
                for line in Path(f"/proc/{one}/status").read_text("utf-8").splitlines()
                if ":" in line
            )
            rss += int(status["VmRSS"].split()[0]) / 1024
            threads += int(status["Threads"])
            for task in Path(f"/proc/{one}/task").iterdir():
                ran, stood, _ = map(int, (task / "schedstat").read_text("ascii").split())
                processor, waited = processor + ran / 1e9, waited + stood / 1e9
            files += sum(1 for _ in Path(f"/proc/{one}/fd").iterdir())
    return Sample(time.monotonic(), rss, processor, waited, threads, files)


def family(pid: int) -> list[int]:
    """A process and all its children, and theirs."""
    children: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += map(int, (task / "children").read_text("ascii").split())
    return [pid, *(member for child in children for member in family(child))]


async def watch(pid: int, every: float, seen: Callable[[Sample], None]) -> None:
    """Look again and again until cancelled."""
    while True:
        seen(look(pid))
        await asyncio.sleep(every)


def growth(values: Sequence[float]) -> Growth:
    """From the beginning of a series to its end."""
    if not values:
        return Growth(0.0, 0.0)
    edge = min(_EDGE, max(1, len(values) // 3))
    return Growth(statistics.median(values[:edge]), statistics.median(values[-edge:]))
