"""The answers of the last minute, for whoever asks the same again."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import LRUCache

from bot.model import Answer


class AnswerCache:
    """At most `bound` answers by question, the one used longest ago goes first.

    After `seconds` seconds an answer is not given out by `find` any more, since the articles may have changed.
    `clock` counts seconds and never goes back.
    """

    def __init__(self, *, seconds: float, bound: int = 256, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._held: LRUCache[str, tuple[Answer, float]] = LRUCache(bound)

    def keep(self, question: str, answer: Answer) -> None:
        """Remember what a question got."""
        self._held[question] = (answer, self._clock() + self._seconds)

    def find(self, question: str) -> Answer | None:
        """The answer to a question, if it is still good."""
        held = self._held.get(question)
        return held[0] if held is not None and self._clock() < held[1] else None

    def latest(self, question: str) -> Answer | None:
        """What a question got last, however long ago."""
        held = self._held.get(question)
        return held[0] if held is not None else None
