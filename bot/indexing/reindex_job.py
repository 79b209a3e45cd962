"""A reindex that an operator starts from a chat: in a thread of its own, one at a time, stoppable between batches."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial

from bot.answering.service import Service
from bot.observability.metrics import BotMetrics
from embeddings.index.indexer import ReindexStage, Summary


class Stopped(Exception):
    """The reindex was stopped before it switched; what serves is what served before."""


class AlreadyRunning(Exception):
    """Another reindex is under way."""

    def __init__(self, run: ReindexRun) -> None:
        self.run = run
        super().__init__(run.who or "watch")


@dataclass(frozen=True, slots=True)
class ReindexStep:
    """How far a reindex is."""

    stage: ReindexStage
    done: int
    total: int


@dataclass(slots=True)
class ReindexRun:
    """One reindex: who started it (None: changed files did), how far it is, and whether it is to stop."""

    who: str | None
    step: ReindexStep | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def report(self, stage: ReindexStage, done: int, total: int) -> None:
        """Called by the indexer between batches. Raises Stopped where that is wanted and still possible."""
        self.step = ReindexStep(stage, done, total)
        switched = stage is ReindexStage.WRITING and done == total
        if self.stopping.is_set() and not switched:
            raise Stopped


class ReindexJob:
    """At most one run. All methods belong to the event loop's thread."""

    def __init__(self, service: Service, metrics: BotMetrics | None = None) -> None:
        self._service = service
        self._metrics = metrics or BotMetrics()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reindexing")
        self.running: ReindexRun | None = None
        self._work: asyncio.Future[Summary] | None = None

    def start(self, who: str | None) -> tuple[ReindexRun, asyncio.Future[Summary]]:
        """Begin at once. Raises AlreadyRunning; the future may raise Stopped, a SiyuError or an OSError."""
        if self.running is not None:
            raise AlreadyRunning(self.running)
        run = self.running = ReindexRun(who)
        # With the progress as a call of its own thread, questions go on in theirs.
        work: Future[Summary] = self._worker.submit(
            copy_context().run, partial(self._service.reindex, progress=run.report)
        )
        future = asyncio.wrap_future(work)
        future.add_done_callback(partial(self._ended, time.monotonic()))
        self._work = future
        return run, future

    def stop(self) -> bool:
        """Ask the run to stop at its next report; whether there is one."""
        if self.running is None:
            return False
        self.running.stopping.set()
        return True

    async def idle(self) -> None:
        """Wait until nothing runs, whatever becomes of it."""
        while self.running is not None and self._work is not None:
            await asyncio.wait((self._work,))

    def close(self) -> None:
        """Stop what runs and wait for it."""
        self.stop()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _ended(self, began: float, work: asyncio.Future[Summary]) -> None:
        self.running = None
        error = None if work.cancelled() else work.exception()
        stopped = work.cancelled() or isinstance(error, Stopped)
        result = "stopped" if stopped else "failed" if error else "done"
        self._metrics.reindexed(result, time.monotonic() - began)
