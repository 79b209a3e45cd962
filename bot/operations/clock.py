"""The time by which things are kept and forgotten: one that nobody can set back or forward by years."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from bot.operations.environment import CLOCK_TOLERANCE, clock_offset

logger = logging.getLogger(__name__)


def _steady() -> float:
    """Seconds that go on through a suspended machine, where the system has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Clock:
    """Seconds since 1970: the wall clock as it was at the start, corrected, and from then on a clock that only runs.

    A wall clock that jumps ten years ahead for a minute would have everything deleted that is kept for half a year.
    `ahead` are the seconds by which the wall clock was wrong. Safe to share between threads.
    """

    def __init__(
        self, ahead: float = 0.0, *, wall: Callable[[], float] = time.time, steady: Callable[[], float] = _steady
    ) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._zero = wall() - ahead - steady()

    @classmethod
    def by_telegram(cls, base_url: str) -> Clock:
        """One that was compared with the Bot API's; as it is where that does not tell the time. One network call."""
        ahead = clock_offset(base_url) or 0.0
        if abs(ahead) <= CLOCK_TOLERANCE:
            return cls()
        wrong = f"{'快' if ahead > 0 else '慢'} {abs(ahead):.0f}"
        logger.warning("这台机器的时钟比 Telegram %s 秒：记录按 Telegram 的时间存，请打开时间同步", wrong)
        return cls(ahead)

    def __call__(self) -> float:
        """Now."""
        return self._zero + self._steady()

    def hear(self, moment: float) -> None:
        """Telegram has dated something: it is at least that late, though this machine may have been frozen since."""
        with self._lock:
            late = moment - self()
            if late > CLOCK_TOLERANCE:
                logger.warning("the clock was %.0f seconds late", late)
                self._zero += late
