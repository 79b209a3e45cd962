"""How many events of a kind there may be within some time."""

from __future__ import annotations

from collections import deque

_MINUTE = 60.0
_REMEMBERED = 1000  # keys, before those whose time is past are forgotten


class SlidingWindow:
    """At most `count` events of a key within `seconds`; 0 counts nothing and lets everything through.

    `at` is a time in seconds by any clock that is always the same one.
    """

    def __init__(self, count: int, seconds: float = _MINUTE) -> None:
        self._count = count
        self._seconds = seconds
        self._events: dict[int, deque[float]] = {}
        self._prune_at = _REMEMBERED

    def __len__(self) -> int:
        return len(self._events)

    def take(self, key: int, at: float) -> bool:
        """Whether one more event fits; if so, it counts."""
        if not self._count:
            return True
        if len(self._events) > self._prune_at:
            self._events = {other: seen for other, seen in self._events.items() if seen[-1] > at - self._seconds}
            # Where thousands are busy at once, not at every one of them.
            self._prune_at = max(_REMEMBERED, 2 * len(self._events))
        events = self._events.setdefault(key, deque())
        while events and events[0] <= at - self._seconds:
            events.popleft()
        if len(events) >= self._count:
            return False
        events.append(at)
        return True
