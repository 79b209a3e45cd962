"""A limit of time around calls into libraries that keep none, or not always the one that they were given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

_MOST_ABANDONED = 16


class DeadlinePassed(TimeoutError):
    """A call took longer than it may. It may still be running, and whatever it gives is thrown away."""


class BoundedCalls:
    """Runs each call in a daemon thread of its own, which costs about a tenth of a millisecond, and waits for so long.

    Safe to share between threads. A call that was given up goes on until its library lets go of it; where `most` such
    calls hang already, a further one is not begun.
    """

    def __init__(self, name: str, *, most: int = _MOST_ABANDONED) -> None:
        self._name = name
        self._most = most
        self._abandoned = 0
        self._guard = threading.Lock()

    def call(self, seconds: float, work: Callable[[], T]) -> T:
        """What `work` returns or raises. Raises DeadlinePassed after `seconds`."""
        with self._guard:
            if self._abandoned >= self._most:
                raise DeadlinePassed
        result: Future[T] = Future()
        context = copy_context()  # so that what the thread logs names the update

        def run() -> None:
            try:
                result.set_result(context.run(work))
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                result.set_exception(error)

        thread = threading.Thread(target=run, name=self._name, daemon=True)
        thread.start()
        if not wait([result], seconds).done:
            self._abandon(result)
            raise DeadlinePassed
        return result.result()

    def _abandon(self, result: Future[T]) -> None:
        with self._guard:
            self._abandoned += 1
        result.add_done_callback(self._returned)

    def _returned(self, result: Future[T]) -> None:
        with self._guard:
            self._abandoned -= 1
