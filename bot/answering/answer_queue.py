"""The service behind an event loop: one worker thread does all encoding, so the loop never waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

from bot.answering.material import Material
from bot.answering.service import Service
from bot.model import Answer, Surface
from bot.observability.metrics import BotMetrics
from bot.observability.request_context import current
from corpus.model import Passage
from embeddings.errors import EngineUnavailable, IndexMissing
from embeddings.index.generation import Generation
from embeddings.index.records import ArticleRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
A = TypeVar("A", bound="Answer | None")


class Overloaded(Exception):
    """More questions wait than is sensible."""


class AnswerQueue:
    """Takes questions from coroutines and answers them one after the other in a thread of its own.

    More than `bound` of them may not wait; every `look_every` seconds it looks for another process's reindex.
    """

    def __init__(
        self, service: Service, metrics: BotMetrics | None = None, *, bound: int = 300, look_every: float = 1.0
    ) -> None:
        self._service = service
        self._metrics = metrics or BotMetrics()
        self._bound = bound
        self._look_every = look_every
        self._since: list[float] = []  # when what is in work or waits was taken, oldest first
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answering")
        self._follower: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load model and index, and from then on whatever another process switches to."""
        await self._run(self._service.warm)
        self._follower = asyncio.create_task(self._follow())

    async def refresh_curated(self) -> None:
        """Make curated answers that were just written ready. Raises Overloaded, IndexMissing or IndexDamaged."""
        await self._run(self._service.refresh_curated)

    async def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to a question after earlier ones, oldest first. Raises Overloaded when too many wait already."""
        request = current()
        surface = request.surface if request else None
        return await self._counted(surface, lambda: self._service.ask(question, history))

    async def again(self, question: str) -> Answer:
        """The answer to a question that one that was asked and counted is put as. Raises as `ask` does."""
        return await self._run(lambda: self._service.ask(question))

    async def volunteer(self, question: str) -> Answer | None:
        """The answer to a question that nobody put to the bot, if it is sure. Raises Overloaded."""
        return await self._counted(Surface.AUTO, lambda: self._service.volunteer(question))

    async def passage(self, passage_id: str) -> tuple[Passage, ArticleRecord] | None:
        """A passage of the serving generation and its article."""
        return await self._run(lambda: self._service.passage(passage_id))

    async def material(self, answer: Answer) -> tuple[Material, ...]:
        """The passages behind an answer. Raises Overloaded, IndexMissing or IndexDamaged."""
        return await self._run(lambda: self._service.material(answer))

    async def serving(self) -> Generation:
        """The serving generation, which never changes. Raises IndexMissing or IndexDamaged."""
        return await self._run(self._service.serving)

    async def question_vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of questions, (n, dimension). Raises Overloaded or what loading the model raises."""
        return await self._run(lambda: self._service.encoder().encode_queries(texts))

    @property
    def waiting(self) -> int:
        """How many questions are in work or wait."""
        return len(self._since)

    @property
    def longest_wait(self) -> float:
        """Seconds since the oldest question in work was taken; 0 when there is none. From any thread."""
        oldest = self._since[:1]
        return time.monotonic() - oldest[0] if oldest else 0.0

    def close(self) -> None:
        """Let the question in work finish, drop the rest."""
        if self._follower is not None:
            self._follower.cancel()
        self._worker.shutdown(wait=True, cancel_futures=True)

    async def _counted(self, surface: Surface | None, call: Callable[[], A]) -> A:
        """Run a question and count how it ended: an answer's status, silent, busy, no_index, unavailable or failed."""
        began, outcome = time.monotonic(), "failed"
        try:
            answer = await self._run(call)
            outcome = answer.status.value if answer is not None else "silent"
        except Overloaded:
            outcome = "busy"
            raise
        except IndexMissing:
            outcome = "no_index"
            raise
        except EngineUnavailable:
            outcome = "unavailable"
            raise
        finally:
            self._metrics.question(surface.value if surface else "other", outcome, time.monotonic() - began)
        return answer

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._look_every)
            await asyncio.to_thread(self._service.notice_switch)

    async def _run(self, call: Callable[[], T]) -> T:
        if len(self._since) >= self._bound:
            raise Overloaded
        taken = time.monotonic()
        self._since.append(taken)
        try:
            # In the caller's context, so that what the thread logs names the update.
            return await asyncio.get_running_loop().run_in_executor(self._worker, copy_context().run, call)
        finally:
            self._since.remove(taken)
