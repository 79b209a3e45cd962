"""Asking for updates."""

from __future__ import annotations

import asyncio

import pytest
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.telegram.transport.polling_request import PollingRequest
from tests.end_to_end.server import FakeBotApi


async def test_updates_stay_with_telegram_until_there_is_room() -> None:
    room = asyncio.Event()

    async def wait() -> None:
        await room.wait()

    async with FakeBotApi() as server:
        ann = server.add_user("Ann")
        request = PollingRequest(room=wait)
        async with ExtBot(server.token, base_url=server.base_url, get_updates_request=request) as bot:
            server.say(ann, ann, "会员日选在每月哪天？")
            asking = asyncio.create_task(bot.get_updates(timeout=0))
            await asyncio.sleep(0.1)
            assert server.polls == 0
            room.set()
            assert [update.message.text for update in await asking if update.message] == ["会员日选在每月哪天？"]


async def test_a_token_that_is_not_known_is_an_error_of_the_network() -> None:
    async def at_once() -> None:
        return

    async with FakeBotApi() as server:
        request = PollingRequest(room=at_once)
        async with ExtBot(server.token, base_url=server.base_url, get_updates_request=request) as bot:
            server.fault("401", "getUpdates")
            with pytest.raises(NetworkError, match="401"):
                await bot.get_updates(timeout=0)
