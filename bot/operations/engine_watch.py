"""Looks after the servers that answering depends on: tries those in trouble, and tells when trouble lasts or ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.answering.service import Service

logger = logging.getLogger(__name__)

_EVERY = 5.0
_LASTS = 20.0  # seconds; what is over sooner is worth a line in the log, not a message


class EngineWatch:
    """`told` hears what is wrong once it has lasted for `lasts` seconds, and None when it is over.

    Trying again by itself has two ends: the first to ask after an outage need not be turned away, and /health tells the
    truth where nobody asks.
    """

    def __init__(
        self,
        service: Service,
        told: Callable[[str | None], None],
        *,
        every: float = _EVERY,
        lasts: float = _LASTS,
    ) -> None:
        self._service = service
        self._told = told
        self._every = every
        self._lasts = lasts
        self._since: float | None = None
        self._said = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, in a task of its own."""
        self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await asyncio.to_thread(self._service.attend_engines)
                self._judge("\n".join(self._service.engine_troubles()))
            except Exception:
                # The edge of a task of our own: a watch that ended would be noticed by nobody.
                logger.exception("a look at the engines failed")

    def _judge(self, trouble: str) -> None:
        now = time.monotonic()
        if not trouble:
            if self._said:
                self._told(None)
            self._since, self._said = None, False
            return
        self._since = self._since or now
        if not self._said and now - self._since >= self._lasts:
            self._said = True
            self._told(trouble)
