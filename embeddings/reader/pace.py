"""How many texts are read before a question has waited long enough."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

_FIRST = 4  # texts, while nothing is known of the pace

logger = logging.getLogger(__name__)


class Pace:
    """Reads texts a few at a time, and no more than can be expected to be read within the budget.

    `budget` is in seconds for one question, `batch` how many texts are read at once. What a text takes is learnt from
    question to question, so that a slow processor is not tried anew by each.
    """

    def __init__(self, budget: float, *, batch: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._budget = budget
        self._batch = batch
        self._clock = clock
        self._seconds: float | None = None

    def read(self, texts: Sequence[str], batch: Callable[[Sequence[str]], list[float]]) -> list[float]:
        """What `batch` gives for the texts, in their order, as far as there is time."""
        started = self._clock()
        read: list[float] = []
        while len(read) < len(texts):
            size = self._affordable(self._budget - (self._clock() - started))
            if not size:
                logger.info("read %d of %d texts within %.0f ms", len(read), len(texts), 1000 * self._budget)
                break
            began = self._clock()
            given = batch(texts[len(read) : len(read) + size])
            self._learn((self._clock() - began) / len(given))
            read += given
        if not read:
            self._forget()
        return read

    def _affordable(self, left: float) -> int:
        """How many texts are read next."""
        if self._seconds is None:
            return min(_FIRST, self._batch) if left > 0 else 0
        return max(0, min(self._batch, int(left / max(self._seconds, 1e-6))))

    def _learn(self, seconds: float) -> None:
        self._seconds = seconds if self._seconds is None else (self._seconds + seconds) / 2

    def _forget(self) -> None:
        """After a question without one text read: the machine may have been busy, the next question tries again."""
        if self._seconds is not None:
            self._seconds /= 2
