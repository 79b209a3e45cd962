"""The bot in the tests' own process, for what people read and who may do what: it starts at once.

The application, its transport and its order of starting and stopping are the product's; signals, locks and the process
itself are `bot_process`'s to test.
"""

from __future__ import annotations

import asyncio
import io
import logging
from contextlib import AsyncExitStack, redirect_stderr
from pathlib import Path
from typing import Self

import pytest

from bot.config import LoggingSettings, Settings, load_settings
from bot.observability.logs import set_up_logging
from bot.observability.metrics import BotMetrics
from bot.operations.clock import Clock
from bot.telegram.application import UPDATES, build
from bot.telegram.handlers.error_handler import ErrorHandler
from tests.end_to_end.bot_process import FakeService, near, paced
from tests.end_to_end.server import FakeBotApi


class BotInProcess:
    """Starts and stops one bot; `log` is all that it logged, `pages` and `minute` as for `bot_process`."""

    def __init__(
        self, server: FakeBotApi, config: Path, *, pages: int | None = None, minute: float | None = None
    ) -> None:
        self.server = server
        self.returncode: int | None = None
        self._config = config
        self._pages = pages
        self._minute = minute
        self._output = io.StringIO()
        self._running = AsyncExitStack()

    @property
    def log(self) -> str:
        """Everything logged so far, over all starts."""
        return self._output.getvalue()

    async def start(self) -> Self:
        """Start and wait until it asks for updates."""
        self.returncode = None
        before = self.server.polls
        settings = load_settings(self._config)
        self._take_environment(settings.logging)
        service = await asyncio.to_thread(_service, settings)
        metrics = BotMetrics()
        clock = await asyncio.to_thread(Clock.by_telegram, service.settings.telegram.base_url)
        application = build(
            service,
            self.server.token,
            ErrorHandler(metrics),
            metrics,
            fetcher=near(self._pages),
            rate_limiter=paced(self._minute),
            clock=clock,
        )
        assert application.updater
        assert application.post_init
        assert application.post_stop
        assert application.post_shutdown
        # Closed in the opposite order, as Application.run_polling does.
        self._running.push_async_callback(application.post_shutdown, application)
        await self._running.enter_async_context(application)
        await application.post_init(application)
        self._running.push_async_callback(application.post_stop, application)
        await application.updater.start_polling(allowed_updates=UPDATES)
        await application.start()
        self._running.push_async_callback(application.stop)
        self._running.push_async_callback(application.updater.stop)
        await self.server.wait_for(lambda: self.server.polls > before, 60)
        return self

    async def stop(self) -> int:
        """Stop as SIGTERM does, and the exit code."""
        await self._running.aclose()
        self.returncode = 0
        return 0

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self._running.aclose()

    def _take_environment(self, logs: LoggingSettings) -> None:
        """The token and the log, as the process has them, until it stops."""
        environment = pytest.MonkeyPatch()
        environment.setenv("TELEGRAM_BOT_TOKEN", self.server.token)
        self._running.callback(environment.undo)
        root = logging.getLogger()
        self._running.callback(root.setLevel, root.level)
        with redirect_stderr(self._output):
            set_up_logging(logs.level, (self.server.token,), form=logs.format)
        self._running.callback(root.removeHandler, root.handlers[0])


def _service(settings: Settings) -> FakeService:
    service = FakeService(settings)
    if service.indexer.why_unservable():
        service.reindex()
    return service
