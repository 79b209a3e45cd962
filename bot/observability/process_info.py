"""How the process itself is doing: memory, uptime, errors, versions."""

from __future__ import annotations

import logging
import platform
import resource
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("siyu", "python-telegram-bot", "sentence-transformers", "torch", "faiss-cpu")
_STATUS = Path("/proc/self/status")


class ErrorCount(logging.Handler):
    """Counts what is logged as an error, and remembers when and by whom it was last, never what it said."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.count = 0
        self.last: tuple[float, str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Note one record."""
        self.count += 1
        self.last = (record.created, record.name)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory now and at most, in MiB."""

    now: int
    peak: int


def memory() -> Memory:
    """What this process takes. Where the system does not tell what it is now, the peak stands for it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    try:
        fields = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="utf-8").splitlines() if ":" in line)
        return Memory(int(fields["VmRSS"].split()[0]) // 1024, peak)
    except (OSError, KeyError, ValueError, IndexError):
        return Memory(peak, peak)


def versions() -> dict[str, str]:
    """Of Python and the packages that matter, as far as they are installed."""
    found = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class Uptime:
    """Time since this was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def split(self) -> tuple[int, int, int]:
        """Whole days, hours and minutes."""
        minutes = int(time.monotonic() - self._started) // 60
        return minutes // 1440, minutes // 60 % 24, minutes % 60
