"""A circuit breaker: what has failed several times in a row is left alone for a while, then tried once."""

from __future__ import annotations

import time
from collections.abc import Callable

_AFTER = 3
_PAUSE = 30.0
_LONGEST = 600.0


class Breaker:
    """Opens after `after` failures in a row for `pause` seconds, twice as long each further time, at most `longest`.

    Once that has passed a single request is let through, and its outcome decides. For one thread; `clock` counts
    seconds.
    """

    def __init__(
        self,
        *,
        after: int = _AFTER,
        pause: float = _PAUSE,
        longest: float = _LONGEST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._after = after
        self._first_pause = self._pause = pause
        self._longest = longest
        self._clock = clock
        self._failures = 0
        self._until: float | None = None
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether requests are turned away, but for one trial."""
        return self._until is not None

    @property
    def seconds_left(self) -> float:
        """How long until a request is let through again; 0 where it would be now."""
        return 0.0 if self._until is None else max(0.0, self._until - self._clock())

    def admits(self) -> bool:
        """Whether a request may be made now. Whoever is admitted must tell how it ended."""
        if self._until is None:
            return True
        if self._trying or self._clock() < self._until:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """A request was answered: all is well."""
        self._failures, self._until, self._pause, self._trying = 0, None, self._first_pause, False

    def failed(self, *, for_good: bool = False) -> bool:
        """A request failed; whether that has opened it. What is broken `for_good` opens it at once."""
        self._failures += 1
        if self._until is not None and not self._trying:
            return False  # begun before it opened
        was_open, self._trying = self._until is not None, False
        if not (was_open or for_good or self._failures >= self._after):
            return False
        self._until = self._clock() + self._pause
        self._pause = min(2 * self._pause, self._longest)
        return not was_open

    def released(self) -> None:
        """A request ended without telling anything about the other side."""
        self._trying = False
