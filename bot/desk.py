"""The service behind an event loop: one worker thread does all encoding, so the loop never waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.answering.answer import Answer
from bot.service import Service
from corpus.model import Passage
from embeddings.generation import ArticleRecord

T = TypeVar("T")


class Overloaded(Exception):
    """More questions wait than is sensible."""


class Desk:
    """Takes questions from coroutines and answers them one after the other in a thread of its own."""

    def __init__(self, service: Service, *, bound: int = 100) -> None:
        self._service = service
        self._bound = bound
        self._waiting = 0
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answering")

    async def open(self) -> None:
        """Load model and index."""
        await self._run(self._service.refresh)

    async def ask(self, question: str) -> Answer:
        """The answer to a question. Raises Overloaded when too many wait already."""
        return await self._run(lambda: self._service.ask(question))

    async def passage(self, passage_id: str) -> tuple[Passage, ArticleRecord] | None:
        """A passage of the serving generation and its article."""
        return await self._run(lambda: self._service.passage(passage_id))

    def close(self) -> None:
        """Let the question in work finish, drop the rest."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    async def _run(self, call: Callable[[], T]) -> T:
        if self._waiting >= self._bound:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, call)
        finally:
            self._waiting -= 1
