"""The articles change while the bot runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from embeddings.index.generation_store import GenerationStore
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


async def test_a_reindex_by_another_process_is_picked_up(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    config = library.configure(tmp_path / "config.yaml", server)
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    async with BotInProcess(server, config) as process:
        old = await ann.ask("中秋礼盒提前多少天备货？")
        assert "四十天" in old["text"]
        assert "资料里没有" in (await ann.ask("羽毛球拍穿线磅数多少？"))["text"]

        (library.articles / "temporary.md").unlink()
        (library.articles / "new.md").write_text(
            "---\ntitle: 羽毛球拍穿线磅数\ndate: 2026-08-08\n---\n\n"
            "羽毛球拍穿线磅数，新手二十二磅，进阶二十六磅。穿线之前先看拍框上印的上限，超过上限拍框会变形。\n",
            encoding="utf-8",
        )
        await asyncio.to_thread(library.reindex, config)
        current = (library.data_dir / "current").read_text(encoding="utf-8").strip()
        await server.wait_for(lambda: f"generation {current} answers" in process.log)

        fresh = await ann.ask("羽毛球拍穿线磅数多少？")
        assert "新手二十二磅" in fresh["text"]
        alert = await ann.press(old, labels(old)[0])
        assert alert["text"].startswith("资料已经更新")
        assert alert["show_alert"] == "true"
        before = len(ann.seen())
        await ann.press(fresh, labels(fresh)[0])
        assert "拍框会变形" in (await server.wait_messages(ann.id, before + 1))[before]["text"]
        assert await process.stop() == 0
        assert "Traceback" not in process.log


async def test_a_bot_without_an_index_builds_it_first(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    empty = Library(library.articles, tmp_path / "nothing-yet")
    ann = Person(server, server.add_user("Ann"))
    async with BotProcess(server, empty.configure(tmp_path / "config.yaml", server)) as process:
        assert "四十天" in (await ann.ask("中秋礼盒提前多少天备货？"))["text"]
        assert "还没有索引，先建立索引" in process.log


async def test_a_bot_waits_for_the_index_that_another_process_builds(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    empty = Library(library.articles, tmp_path / "nothing-yet")
    ann = Person(server, server.add_user("Ann"))
    process = BotProcess(server, empty.configure(tmp_path / "config.yaml", server))
    empty.data_dir.mkdir()
    with GenerationStore(empty.data_dir).building():
        await process.launch()
        await server.wait_for(lambda: "等它建完" in process.log, 60)
    await server.wait_for(lambda: server.polls > 0, 60)
    try:
        assert "四十天" in (await ann.ask("中秋礼盒提前多少天备货？"))["text"]
        assert await process.stop() == 0
    finally:
        await process.kill()


async def test_an_index_that_vanishes_is_excused_and_its_return_noticed(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    async with BotInProcess(server, library.configure(tmp_path / "config.yaml", server)):
        answer = await ann.ask("中秋礼盒提前多少天备货？")
        current = library.data_dir / "current"
        current.rename(tmp_path / "hidden")
        assert (await ann.ask("优惠券的面额是多少？"))["text"].startswith("资料还在准备")
        assert (await ann.press(answer, labels(answer)[0]))["show_alert"] == "true"
        (tmp_path / "hidden").rename(current)
        assert "一成五" in (await ann.ask("优惠券的面额是多少？"))["text"]
