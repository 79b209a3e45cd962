"""A Bot API server and a bot that talks to it, for parts of the bot without its process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from telegram.ext import ExtBot

from tests.end_to_end.server import FakeBotApi


@pytest_asyncio.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        yield api


@pytest_asyncio.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[ExtBot[None]]:
    async with ExtBot(server.token, base_url=server.base_url) as bot:
        yield bot
