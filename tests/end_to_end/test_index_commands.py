"""Operators reindex from a chat, and nobody else does."""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from bot.telegram.commands import COMMANDS
from bot.telegram.updates.command import Menu, in_menu
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

EVERYONE = ["ask", "help", "privacy", "start", "suggest", "funnel"]
OPERATORS = [command.name for command in in_menu(COMMANDS, Menu.OPERATORS)]
QUESTION = "会员日选在每月哪天？"
SLOW = "---\ntitle: 羽毛球拍穿线磅数\ndate: 2026-08-08\n---\n\n" + "\n\n".join(
    f"## 第{n}节\n\n羽毛球拍穿线磅数，第{n}档{n + 20}磅，wait150ms。{'穿线之前先看拍框上印的上限。' * 12}"
    for n in range(12)
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A bot of the test's own with two operators, and somebody who is none."""

    process: BotInProcess | BotProcess
    library: Library
    olga: Person
    otto: Person
    ann: Person
    bob: Person

    def bring(self, text: str = SLOW) -> None:
        """A new article that takes a while."""
        (self.library.articles / "new.md").write_text(text, encoding="utf-8")

    async def running(self) -> None:
        """Wait until a reindex encodes."""
        await self.olga.server.wait_for(lambda: any("算向量" in text for text in texts(self.olga)))


@asynccontextmanager
async def opened(
    kind: type[BotInProcess | BotProcess], library: Library, server: FakeBotApi, config: Path
) -> AsyncIterator[Shop]:
    people = [Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Olga <b>", "Otto", "A", "B")]
    admins = [person.id for person in people[:2]]
    server.chats[admins[0]].started = False
    library.configure(config, server, telegram={"admins": admins})
    async with kind(server, config) as process:
        yield Shop(process, library, *people)
        if process.returncode is None:
            assert await process.stop() == 0, process.log


@pytest_asyncio.fixture(loop_scope="session")
async def shop(library: Library, server: FakeBotApi, tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened(BotInProcess, library, server, tmp_path / "config.yaml") as shop:
        yield shop


def texts(person: Person) -> list[str]:
    return person.server.bot_texts(person.id)


def operator_scope(person: Person) -> str:
    """How the server names the scope of a private chat's menu."""
    return json.dumps({"type": "chat", "chat_id": person.id}, sort_keys=True)


async def outcome(person: Person, command: str) -> str:
    """Give a command and return what its message says when nothing is under way any more."""
    number = (await person.ask(command))["message_id"]

    def now() -> str:
        return next(str(m["text"]) for m in person.seen() if m["message_id"] == number)

    await person.server.wait_for(lambda: not now().startswith(("开始更新", "正在更新")))
    return now()


async def done(person: Person, words: str = "索引已更新") -> str:
    """Wait for the end of a reindex and return what it says."""
    await person.server.wait_for(lambda: any(words in text for text in texts(person)))
    return next(text for text in texts(person) if words in text)


async def test_progress_is_shown_while_questions_are_answered(shop: Shop) -> None:
    """Scenario 32; a second one is told who runs the first (33)."""
    shop.bring(SLOW.replace("wait150ms", "wait300ms"))
    started = await shop.olga.ask("/reindex")
    assert started["text"].startswith("开始更新索引")
    assert started["reply_to_message"]["text"] == "/reindex"
    await shop.running()
    assert "十八号" in (await shop.ann.ask(QUESTION))["text"]
    assert "十八号" in (await shop.olga.ask(QUESTION))["text"]
    assert "资料里没有" in (await shop.ann.ask("羽毛球拍穿线磅数多少？"))["text"]
    assert (await shop.otto.ask("/reindex"))["text"].startswith("Olga <b> 已经在更新索引了。\n正在更新索引：算向量 ")
    assert (await shop.otto.ask("/rollback"))["text"].startswith("Olga <b> 已经在更新索引了。")
    assert "已经在更新索引" in (await shop.otto.ask("/status"))["text"]
    summary = await done(shop.olga)
    assert "文章 " in summary
    assert "新增 1，修改 0，删除 0" in summary
    assert "跳过" in summary or "条" in summary
    assert "羽毛球拍穿线磅数" in (await shop.ann.ask("羽毛球拍穿线磅数多少？"))["text"]
    edits = [call["time"] for call in shop.olga.calls("editmessagetext")]
    assert all(after - before >= 0.95 for before, after in pairwise(edits))
    assert len(edits) >= 2
    assert (await shop.olga.ask("/reindex"))["text"]
    assert "文章没有变化" in await done(shop.olga, "文章没有变化")


async def test_cancel_stops_between_batches_and_the_old_index_stays(shop: Shop) -> None:
    """Scenario 32, ended in between."""
    shop.bring()
    await shop.olga.ask("/reindex")
    await shop.running()
    assert (await shop.otto.ask("/cancel"))["text"].startswith("正在停止")
    await done(shop.olga, "已停止更新")
    assert "资料里没有" in (await shop.ann.ask("羽毛球拍穿线磅数多少？"))["text"]
    assert (await shop.olga.ask("/cancel"))["text"].startswith("没有正在进行")
    shop.bring(SLOW.replace("wait150ms", ""))
    await shop.olga.ask("/reindex")
    await done(shop.olga)
    assert "Traceback" not in shop.process.log


async def test_rollback_and_status(shop: Shop) -> None:
    assert "没有更早的索引" in (await shop.olga.ask("/rollback"))["text"]
    shop.bring(SLOW.replace("wait150ms", ""))
    assert "文章有改动" in (await shop.olga.ask("/status"))["text"]
    await shop.olga.ask("/reindex")
    await done(shop.olga)
    status = (await shop.olga.ask("/status"))["text"]
    assert status.startswith("状态：正常\n索引：")
    assert "羽毛球拍" in (await shop.ann.ask("羽毛球拍穿线磅数多少？"))["text"]
    assert (await shop.olga.ask("/rollback"))["text"].startswith("已从 ")
    assert "资料里没有" in (await shop.ann.ask("羽毛球拍穿线磅数多少？"))["text"]


async def test_what_went_wrong_is_told_in_words(shop: Shop) -> None:
    """Scenario 33: an empty corpus, an error of ours, a full disk, a corrupt corpus, another process."""
    aside = shop.library.articles.with_name("aside")
    shop.library.articles.rename(aside)
    shop.library.articles.mkdir()
    await shop.olga.ask("/reindex")
    assert "没有可用的文章" in await done(shop.olga, "索引没有更新")
    shop.library.articles.rmdir()
    aside.rename(shop.library.articles)
    shop.bring("---\ntitle: 坏\n---\n\n这一段 breakdown 了，怎么也算不出来。" + "穿线之前先看拍框上印的上限。" * 5)
    before = len(shop.olga.seen())
    await shop.olga.ask("/reindex")
    await shop.olga.server.wait_for(lambda: "程序出了意外错误" in texts(shop.olga)[before])
    assert shop.olga.server.token not in shop.process.log
    shop.bring(SLOW.replace("wait150ms", ""))
    full = shop.library.data_dir / ".current.new"
    full.symlink_to("/dev/full")  # a disk without room
    before = len(shop.olga.seen())
    await shop.olga.ask("/reindex")
    await shop.olga.server.wait_for(lambda: "请检查磁盘空间" in texts(shop.olga)[before])
    assert "十八号" in (await shop.ann.ask(QUESTION))["text"]
    assert not full.is_symlink()
    spoilt = [file for file in shop.library.articles.iterdir() if file.suffix == ".md"]
    for file in spoilt:
        file.write_bytes(bytes(range(32)) * 20)
    (shop.library.articles / "hostile.txt").unlink()
    reply = await outcome(shop.otto, "/reindex")
    assert "没有可用的文章（跳过了 " in reply
    assert "内容不是文字" in reply
    with (shop.library.data_dir / ".reindex.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "另一个进程正在更新索引" in await outcome(shop.otto, "/reindex")
        assert "另一个进程正在更新索引" in (await shop.otto.ask("/rollback"))["text"]
    assert "十八号" in (await shop.bob.ask(QUESTION))["text"]
    assert all("索引" not in text for person in (shop.ann, shop.bob) for text in texts(person))


async def test_the_summary_tells_all_that_was_done(shop: Shop) -> None:
    """Scenario 32, its end."""
    shop.bring(SLOW.replace("wait150ms", ""))
    (shop.library.articles / "temporary.md").unlink()
    (shop.library.articles / "tiny.md").write_text("太短", encoding="utf-8")
    (shop.library.articles / "a <i>b&amp;.md").write_bytes(bytes(range(32)) * 20)
    coupon = shop.library.articles / "coupon.md"
    coupon.write_text(coupon.read_text(encoding="utf-8") + "\n优惠券的背面印上店名。\n", encoding="utf-8")
    lines = (await outcome(shop.olga, "/reindex")).splitlines()
    assert re.fullmatch(r"索引已更新，用时 \d+\.\d 秒。", lines[0])
    assert re.fullmatch(r"文章 \d+ 篇：新增 1，修改 1，删除 1，未变 \d+", lines[1])
    assert re.fullmatch(r"段落 \d+ 段：新增 \d+，修改 0，删除 \d+，未变 \d+", lines[2])
    assert re.fullmatch(r"新算向量 [1-9]\d* 条", lines[3])
    assert re.fullmatch(r"跳过 \d+ 个文件：", lines[4])
    assert "- tiny.md：正文太短，只有 2 个字" in lines
    assert any(line.startswith("- a <i>b&amp;.md：") for line in lines)


async def test_to_others_the_commands_do_not_exist(shop: Shop) -> None:
    """Scenario 34."""
    server = shop.ann.server
    server.users[shop.ann.id]["username"] = "Olga"  # a name proves nothing
    group = server.add_chat("supergroup", "Shop", members=[shop.olga.id], admins=[shop.ann.id], bot="administrator")
    for command in ("/reindex", "/rollback", "/status"):
        assert "怎么问" in (await shop.ann.ask(command))["text"]
        server.say(group, shop.ann.id, command)
        server.say(group, shop.ann.id, f"{command}@TestQABot", anonymous=True)
    server.say(group, shop.ann.id, "/cancel")
    assert "没有正在进行" in (await shop.ann.ask("/cancel"))["text"]
    await server.wait_idle()
    assert server.bot_messages(group) == []
    assert "is no operator" in shop.process.log
    names = {p.id: [c["command"] for c in server.menu(p.id, p.id)] for p in (shop.ann, shop.otto, shop.olga)}
    assert names[shop.ann.id] == EVERYONE
    assert names[shop.otto.id] == [*EVERYONE, *OPERATORS]
    english = [c["description"] for c in server.commands[operator_scope(shop.otto), "en"]]
    assert english[0] == "Ask a question"


async def test_who_is_an_operator_no_longer_loses_the_menu(shop: Shop, tmp_path: Path) -> None:
    """Scenario 34: Telegram itself would show the menu for ever."""
    server = shop.otto.server
    assert len(server.menu(shop.otto.id, shop.otto.id)) > len(EVERYONE)
    assert await shop.process.stop() == 0
    config = shop.library.configure(tmp_path / "config.yaml", server, telegram={"admins": [shop.olga.id]})
    async with BotInProcess(server, config) as process:
        assert [c["command"] for c in server.menu(shop.otto.id, shop.otto.id)] == EVERYONE
        assert operator_scope(shop.otto) not in {scope for scope, _ in server.commands}
        assert await process.stop() == 0


async def test_a_group_hears_that_it_failed_and_the_operator_why(shop: Shop) -> None:
    """Scenario 33, asked in a group: reasons and names of files are for operators."""
    server = shop.otto.server
    group = server.add_chat("supergroup", "Shop", members=[shop.otto.id, shop.olga.id])
    await shop.otto.ask("/status")
    (shop.library.articles / "broken.md").write_bytes(bytes(range(32)) * 20)
    server.say(group, shop.otto.id, "/reindex@TestQABot")
    await server.wait_for(lambda: any("索引已更新" in text for text in server.bot_texts(group)))
    assert all("broken.md" not in text for text in server.bot_texts(group))
    await server.wait_for(lambda: any("- broken.md：" in text for text in texts(shop.otto)))
    shop.library.articles.rename(shop.library.articles.with_name("aside"))
    server.say(group, shop.otto.id, "/reindex@TestQABot")
    await server.wait_for(lambda: "索引没有更新，仍用原来的索引回答。" in server.bot_texts(group))
    await server.wait_for(lambda: any("文章目录" in text for text in texts(shop.otto)))
    server.say(group, shop.otto.id, "/rollback@TestQABot")
    await server.wait_for(lambda: any("已从 " in text for text in server.bot_texts(group)))
    server.say(group, shop.olga.id, "/rollback@TestQABot")  # who never wrote to the bot cannot be told in private
    await server.wait_for(lambda: any("请先私聊我发 /start" in text for text in server.bot_texts(group)))
    server.say(group, shop.otto.id, "/rollback@TestQABot")
    await server.wait_for(lambda: any("原因已私聊发给您" in text for text in server.bot_texts(group)))
    assert all("文章目录" not in text and "没有更早" not in text for text in server.bot_texts(group))


async def test_an_operator_in_a_group(shop: Shop) -> None:
    server = shop.olga.server
    group = server.add_chat("supergroup", "Shop", members=[shop.olga.id], is_forum=True)
    topic = server.add_topic(group, "运营", shop.olga.id)
    server.say(group, shop.olga.id, "/reindex@TestQABot", thread=topic)
    await server.wait_for(lambda: any("文章没有变化" in text for text in server.bot_texts(group)))
    assert {message["message_thread_id"] for message in server.bot_messages(group)} == {topic}


async def test_sigterm_stops_a_reindex_and_says_so(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    async with opened(BotProcess, library, server, tmp_path / "config.yaml") as shop:
        shop.bring(SLOW.replace("wait150ms", "wait400ms"))
        await shop.olga.ask("/reindex")
        await shop.running()
        assert await shop.process.stop() == 0
        assert "已停止更新" in texts(shop.olga)[-1]
        assert "Traceback" not in shop.process.log
