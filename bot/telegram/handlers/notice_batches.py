"""Notices in batches, so that their number has a rate limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class NoticeBatches(Generic[T]):
    """Hands over what has come in: the first at once, then all that came meanwhile, at most once in `every` seconds.

    `send` is given everything since it was last called, oldest first; it must not raise. All belongs to one event loop.
    """

    def __init__(self, send: Callable[[tuple[T, ...]], Awaitable[None]], *, every: float = 60.0) -> None:
        self._send = send
        self._every = every
        self._news: list[T] = []
        self._sent = -every
        self._task: asyncio.Task[None] | None = None

    def add(self, item: T) -> None:
        """One more thing to tell; returns at once."""
        self._news.append(item)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """Tell nothing more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _tell(self) -> None:
        while self._news:
            await asyncio.sleep(max(0.0, self._sent + self._every - time.monotonic()))
            news, self._news = tuple(self._news), []
            self._sent = time.monotonic()
            await self._send(news)
