"""`corpus.watch`: articles are indexed when their files change; operators hear only of what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi
from tests.end_to_end.test_index_commands import SLOW

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "羽毛球拍穿线磅数多少？"
QUICK = SLOW.replace("wait150ms", "")


async def test_changed_files_are_indexed_by_themselves(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    """The whole life of a watch in one process: a change, trouble, an operator beside it, the end."""
    olga, ann, bob, cay = (Person(server, server.add_user("A", language_code="zh-hans")) for _ in range(4))
    config = library.configure(
        tmp_path / "config.yaml",
        server,
        telegram={"admins": [olga.id]},
        corpus={"watch": True, "watch_seconds": 1},
    )
    article, bad = library.articles / "new.md", library.articles / "bad.md"
    async with BotInProcess(server, config) as process:
        await olga.ask("/start")
        assert "资料里没有" in (await ann.ask(QUESTION))["text"]
        assert "watch:" not in process.log

        article.write_text(QUICK, encoding="utf-8")
        await server.wait_for(lambda: "articles +1 ~0 -0" in process.log)
        assert "羽毛球拍穿线磅数" in (await bob.ask(QUESTION))["text"]
        assert len(olga.seen()) == 1

        bad.write_bytes(bytes(range(32)) * 20)
        said = (await server.wait_messages(olga.id, 2))[1]
        assert said["text"].startswith("文章已自动更新，有 1 个文件没读成：\n- bad.md：")

        bad.write_text(
            "---\ntitle: 坏\n---\n\n这一段 breakdown 了，怎么也算不出来。" + "穿线之前先看拍框上印的上限。" * 5,
            encoding="utf-8",
        )
        said = (await server.wait_messages(olga.id, 3))[2]
        assert said["text"].startswith("文章有改动，但自动更新没有成功，仍用原来的索引回答。\n程序出了意外错误")
        assert server.token not in process.log
        assert "羽毛球拍穿线磅数" in (await cay.ask(QUESTION))["text"]

        bad.unlink()
        article.write_text(SLOW.replace("wait150ms", "wait600ms"), encoding="utf-8")
        runs = process.log.count("watch: the articles have changed")
        await server.wait_for(lambda: process.log.count("watch: the articles have changed") > runs)
        assert "自动更新 已经在更新索引了" in (await olga.ask("/reindex"))["text"]
        assert (await olga.ask("/cancel"))["text"].startswith("正在停止")
        await server.wait_for(lambda: "watch: stopped" in process.log)

        article.write_text(SLOW.replace("wait150ms", "wait601ms"), encoding="utf-8")
        await server.wait_for(lambda: process.log.count("watch: the articles have changed") > runs + 1)
        assert await process.stop() == 0
        assert process.log.count("watch: stopped") == 2
        assert process.log.count("Traceback") == process.log.count("RuntimeError: broken on purpose")
        assert all("索引" not in text for person in (ann, bob, cay) for text in server.bot_texts(person.id))
