"""One caller at a time, each in its turn."""

from __future__ import annotations

import threading
from types import TracebackType


class FairLock:
    """A lock that who has just left cannot enter again before those who wait.

    A thread that encodes batch after batch takes a plain lock back before anybody else has woken up: a question would
    wait for all the batches and not for one.
    """

    def __init__(self) -> None:
        self._queue, self._turn = threading.Lock(), threading.Lock()

    def __enter__(self) -> None:
        with self._queue:
            self._turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.release()
