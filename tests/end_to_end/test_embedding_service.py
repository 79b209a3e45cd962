"""The real bot over an embedding service that goes and comes back: a bot that starts without it, asks, recovers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi
from tests.support.fakes import in_process
from tests.support.scripted_embeddings import scripted_embeddings

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

KEY = "sk-very-secret-0123456789"


async def test_whoever_asks_while_the_service_is_away_is_told_so_and_later_answered(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    with scripted_embeddings() as embeddings:
        service = {"url": embeddings.url, "question_seconds": 2}
        config = library.configure(
            tmp_path / "config.yaml",
            server,
            embeddings={"engine": "http", "model": "shop-model", "companion": "none", "service": service},
        )
        Service(load_settings(config), parser=in_process).reindex()
        embeddings.stop()
        ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
        command = ("bot", "--config", str(config), "run")
        bot = BotProcess(server, config, command=command, environment={"SIYU_EMBEDDINGS_API_KEY": KEY})
        async with bot:
            assert "暂时连不上" in (await ann.ask("会员日选在每月哪天？"))["text"]
            embeddings.start()
            await server.wait_for(lambda: "works again" in bot.log, 60)
            assert "暂时连不上" not in (await ann.ask("会员日选在每月哪天？"))["text"]
            assert "127.0.0.1 的向量服务" in (await ann.ask("/privacy"))["text"]
            assert await bot.stop() == 0
            assert embeddings.asked[-1].authorization == f"Bearer {KEY}"
            assert KEY not in bot.log
            assert "Traceback" not in bot.log
