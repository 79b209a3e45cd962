"""A bot that is told to stop at any moment of its start stops, and properly."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from telegram.ext import Application, ApplicationBuilder, Updater
from telegram.request import BaseRequest

from bot.config import WebhookSettings
from bot.telegram.handlers.error_handler import ErrorHandler
from bot.telegram.process import serve

ME = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "TestQABot"}


class OfflineTelegram(BaseRequest):
    """Answers at once; `polled` is called with each getUpdates, which may be answered with its status code."""

    def __init__(self, polled: Callable[[], int] = lambda: 200) -> None:
        self._polled = polled

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        await asyncio.sleep(0)
        name, code = url.rpartition("/")[2], 200
        if name == "getUpdates":
            code = self._polled()
            await asyncio.sleep(0.01)
        result = {"getMe": ME, "getUpdates": []}.get(name, True)
        return code, json.dumps({"ok": code == 200, "result": result, "description": str(code)}).encode()


def bot(telegram: OfflineTelegram, closed: list[str]) -> Any:
    async def stopped(application: object) -> None:
        closed.append("stopped")

    async def shut(application: object) -> None:
        closed.append("closed")

    builder = ApplicationBuilder().token("1:A").request(telegram).get_updates_request(telegram)
    return builder.post_stop(stopped).post_shutdown(shut).build()


@pytest.fixture(autouse=True)
def _no_loop_left() -> Iterator[None]:
    yield
    asyncio.set_event_loop(None)


@pytest.mark.parametrize("steps", range(6))
def test_a_signal_beside_the_end_of_the_start_is_obeyed(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    start = Updater.start_polling

    async def signalled(*arguments: Any, **options: Any) -> Any:
        queue = await start(*arguments, **options)
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(steps):
            await asyncio.sleep(0)
        return queue

    monkeypatch.setattr(Updater, "start_polling", signalled)
    closed: list[str] = []
    serve(bot(OfflineTelegram(), closed), WebhookSettings(), None)
    assert closed == ["stopped", "closed"]


@pytest.mark.parametrize("steps", range(4))
def test_a_signal_beside_the_last_step_is_obeyed(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    start = Application.start

    async def signalled(application: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(steps):
            await asyncio.sleep(0)
        await start(application)

    monkeypatch.setattr(Application, "start", signalled)
    closed: list[str] = []
    serve(bot(OfflineTelegram(), closed), WebhookSettings(), None)
    assert closed == ["stopped", "closed"]


def test_a_second_poller_met_by_the_first_poll_stops_it() -> None:
    closed: list[str] = []
    application, failures = bot(OfflineTelegram(lambda: 409), closed), ErrorHandler()
    application.add_error_handler(failures.handle)
    serve(application, WebhookSettings(), None)
    assert failures.conflict
    assert closed == ["stopped", "closed"]
