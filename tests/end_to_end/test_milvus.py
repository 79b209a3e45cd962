"""The real bot over a Milvus server that is half started, killed, frozen, emptied: who asks is told, and it heals."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from pymilvus import MilvusClient

from bot.config import load_settings
from tests.end_to_end.bot_process import BotProcess, FakeService
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi
from tests.support.milvus_lite import milvus
from tests.support.patience import patience

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION, AWAY = "会员日选在每月哪天？", "暂时连不上"
TOKEN = "root:very-secret-0123456789"


async def test_a_bot_outlives_whatever_befalls_milvus(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    with milvus(tmp_path / "milvus") as process:
        index = {"engine": "milvus", "milvus": {"uri": process.uri, "timeout_s": 4}}
        config = library.configure(tmp_path / "config.yaml", server, index=index)
        FakeService(load_settings(config)).reindex()
        ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
        bot = BotProcess(server, config, environment={"SIYU_MILVUS_TOKEN": TOKEN})

        async def ask() -> str:
            return str((await ann.ask(QUESTION))["text"])

        async def answered() -> None:
            """By itself, as soon as the server is found again."""
            end = time.monotonic() + patience(60)
            while AWAY in await ask():
                assert time.monotonic() < end, bot.log
                await asyncio.sleep(4)  # no more than one person may ask

        try:
            with process.half_started():
                await bot.start()
                assert AWAY in await ask()
            process.start()
            await answered()
            process.kill()
            assert AWAY in await ask()
            process.start()
            await answered()
            with process.frozen():
                assert AWAY in await ask()
            await answered()
            client = MilvusClient(process.uri)
            for name in client.list_collections():
                client.drop_collection(name)
            assert AWAY in await ask()
            await answered()
            assert "已经补全" in bot.log
            assert "127.0.0.1 的 Milvus" in (await ann.ask("/privacy"))["text"]
            assert await bot.stop() == 0
            assert TOKEN not in bot.log
            assert "Traceback" not in bot.log
        finally:
            await bot.kill()
