"""Never twice in a row: a bot that answers unasked lets people have the next word."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: a chat, and in it a topic or a thread of comments."""

    chat: int
    thread: int | None = None


class InterjectionLimiter:
    """After the bot spoke unasked it may not again in that place until `messages` messages of people have passed
    without it, or `seconds` seconds. In memory only; `clock` counts seconds and never goes back.
    """

    def __init__(
        self, *, messages: int = 1, seconds: float = 120.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._messages = messages
        self._seconds = seconds
        self._clock = clock
        # How many messages are still to pass, and until when at the latest; in the order of the latter.
        self._held: dict[Place, tuple[int, float]] = {}

    def heard(self, *places: Place) -> bool:
        """A person's message, by all the places that it counts for; whether the bot may answer it in the first."""
        self._drop_expired()
        free = places[0] not in self._held
        for place in places:
            if place in self._held:
                left, until = self._held[place]
                if left <= 1:
                    del self._held[place]
                else:
                    self._held[place] = (left - 1, until)
        return free

    def spoke(self, place: Place) -> None:
        """The bot has answered unasked."""
        self._held.pop(place, None)
        self._held[place] = (self._messages, self._clock() + self._seconds)

    def _drop_expired(self) -> None:
        now = self._clock()
        while self._held:
            first = next(iter(self._held))
            if self._held[first][1] > now:
                return
            del self._held[first]
