"""How the bot starts, runs and stops: Telegram reachable first, one process for a token, updates until a signal."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock, Timeout
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.answering.service import Service
from bot.articles.page_fetcher import Fetcher
from bot.config import Settings, WebhookSettings
from bot.errors import AnotherPoller, ConfigurationError, TelegramUnreachable, TokenRefused
from bot.observability.metrics import BotMetrics
from bot.operations.clock import Clock
from bot.operations.run_locks import run_lock
from bot.telegram.application import UPDATES, build
from bot.telegram.handlers.error_handler import ErrorHandler
from bot.telegram.transport.account import reason, who_am_i
from bot.telegram.transport.rate_limiter import RateLimiter
from bot.telegram.transport.stopping import stop
from embeddings.errors import IndexBusy

logger = logging.getLogger(__name__)

_ANOTHER_BUILDS = 1.0  # seconds between two looks whether another process still builds


def run(
    service: Service,
    token: str,
    secret: str | None,
    *,
    fetcher: Fetcher | None = None,
    rate_limiter: RateLimiter | None = None,
) -> None:
    """Run until a signal stops it; questions in work are finished first. `fetcher` and `rate_limiter` are for tests.

    Raises TokenRefused, TelegramUnreachable or AnotherPoller, each in one line that says what to do.
    """
    webhook = service.settings.telegram.webhook
    if webhook.url and not secret:
        raise ConfigurationError(
            "设了 telegram.webhook.url 就要有密钥：请把环境变量 SIYU_WEBHOOK_SECRET 设成一串随机字符"
        )
    if webhook.url and find_spec("tornado") is None:
        raise ConfigurationError('webhook 方式还缺一个库：请运行 pip install "python-telegram-bot[webhooks]"')
    threading.excepthook = _thread_failed
    metrics = BotMetrics()
    failures = ErrorHandler(metrics)
    with _single_poller(service.settings.data_dir, token):
        # Telegram first: a wrong token is told before minutes go into an index.
        asyncio.run(_wait_for_telegram(service.settings, token))
        service.indexer.store.tidy()
        if stale := service.indexer.why_unservable():
            logger.info("%s，先建立索引", stale)
            _build_index(service, metrics)
        try:
            clock = Clock.by_telegram(service.settings.telegram.base_url)
            application = build(
                service, token, failures, metrics, fetcher=fetcher, rate_limiter=rate_limiter, clock=clock
            )
            serve(application, webhook, secret)
        except InvalidToken:
            raise TokenRefused from None
        except TelegramError as error:
            raise TelegramUnreachable(reason(error, token)) from None
    if failures.conflict:
        raise AnotherPoller


def _build_index(service: Service, metrics: BotMetrics) -> None:
    """Have an index, be it another process that builds it."""
    began = time.monotonic()
    while True:
        try:
            service.reindex()
        except IndexBusy:
            logger.info("另一个进程正在建立索引，等它建完")
            time.sleep(_ANOTHER_BUILDS)
            if service.indexer.why_unservable() is None:
                return
        else:
            metrics.reindexed("done", time.monotonic() - began)
            return


def serve(application: Application, webhook: WebhookSettings, secret: str | None) -> None:  # type: ignore[type-arg]
    """Receive updates until a signal or `ErrorHandler` stops it; what is in work then is finished before this returns.

    A signal that comes while it starts is obeyed once it has started.
    """
    # Both ways work on the current loop, of which a main thread has none once asyncio.run is over.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGABRT):
        loop.add_signal_handler(number, stop, application)
    if webhook.url:
        application.run_webhook(
            listen=webhook.listen,
            port=webhook.port,
            url_path=webhook.path,
            webhook_url=f"{webhook.url.rstrip('/')}/{webhook.path}",
            secret_token=secret,
            allowed_updates=UPDATES,
            bootstrap_retries=5,
            stop_signals=None,
        )
    else:
        application.run_polling(
            allowed_updates=UPDATES, bootstrap_retries=5, drop_pending_updates=False, stop_signals=None
        )


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    """Through the log, which redacts; the interpreter itself would show everything."""
    error = failure.exc_value
    logger.error("thread %s failed", failure.thread.name if failure.thread else "?", exc_info=error)


@contextmanager
def _single_poller(data_dir: Path, token: str) -> Iterator[None]:
    """Hold a lock that a second process with the same token and data directory meets. Raises AnotherPoller.

    Without it two pollers would end each other through Telegram, and nobody would answer.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        held = FileLock(run_lock(data_dir, token.partition(":")[0])).acquire(blocking=False)
    except Timeout:
        raise AnotherPoller from None
    except OSError as error:
        raise ConfigurationError(f"{data_dir} 写不进去（{error.strerror}）：请检查目录权限，或改 data_dir") from None
    with held:
        yield


async def _wait_for_telegram(settings: Settings, token: str) -> None:
    """Return once getMe answers; a hiccup at start must not end the bot, a wrong address must."""
    patience = settings.telegram.start_patience
    deadline, pause = time.monotonic() + patience, 1.0
    while True:
        try:
            await who_am_i(settings, token)
        except TelegramUnreachable as error:
            if time.monotonic() + pause > deadline:
                raise
            logger.warning("连不上 Telegram（%s），%d 秒后再试", error.reason, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)
        else:
            return
