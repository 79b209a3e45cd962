"""What people who are no operators suggest, and what operators do with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True, slots=True)
class Shop:
    """A bot with two operators, one of whom has never written to it, and two customers."""

    process: BotInProcess
    olga: Person
    ann: Person
    bob: Person

    @property
    def server(self) -> FakeBotApi:
        return self.process.server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("suggestions")
    async with FakeBotApi(TOKEN, privacy=False) as server:
        names = ("Olga", "Otto", "Ann <b>", "Bob")
        olga, otto, ann, bob = (Person(server, server.add_user(name, language_code="zh-hans")) for name in names)
        server.chats[olga.id].started = True
        library = Library(indexed.articles, home / "data")
        library.data_dir.mkdir()
        (library.data_dir / "generations").symlink_to(indexed.data_dir / "generations")
        (library.data_dir / "current").write_text((indexed.data_dir / "current").read_text("utf-8"), "utf-8")
        config = library.configure(home / "config.yaml", server, telegram={"admins": [olga.id, otto.id]})
        async with BotInProcess(server, config) as process:
            yield Shop(process, olga, ann, bob)
            assert await process.stop() == 0, process.log
            assert "Traceback" not in process.log
            assert "<b>" not in process.log  # nobody's words or names


async def test_a_suggestion_reaches_the_operators_and_is_settled(shop: Shop) -> None:
    ann, olga, server = shop.ann, shop.olga, shop.server
    assert (await ann.ask("/suggest"))["text"].startswith("想推荐资料或提建议")
    thanks = await ann.ask("/suggest <i>请讲讲</i> {text} 直播间怎么布光")
    assert thanks["text"].startswith("谢谢，已经转给管理员")
    (notice,) = await server.wait_messages(olga.id, 1)
    assert notice["text"] == "Ann <b> 建议：\n<i>请讲讲</i> {text} 直播间怎么布光\n\n发 /suggestions 处理。"
    group = server.add_chat("supergroup", "Shop", members=[ann.id, shop.bob.id])
    said = server.say(group, ann.id, "这篇写得好 http://127.0.0.1:8080/metadata 大家看看")
    server.say(group, shop.bob.id, "/suggest@TestQABot", reply_to=said["message_id"])
    await server.wait_messages(group, 1)
    assert server.bot_texts(group) == ["谢谢，已经转给管理员。"]
    assert len(olga.seen()) == 1  # at most one notice a minute

    board = await olga.ask("/suggestions")
    assert board["text"].startswith("待处理的建议 2 条：\n\n1. Ann <b>\n<i>请讲讲</i>")
    assert "2. Bob\n这篇写得好" in board["text"]
    assert labels(board) == ["采纳 1", "忽略 1", "采纳 2", "忽略 2"]
    data = [row[0]["callback_data"] for row in board["reply_markup"]["inline_keyboard"]]
    assert (await ann.press_forged(board, data[0]))["text"].startswith("这条已经处理过了")
    await olga.press(board, "采纳 2")  # an address inside the bot's own machine
    await server.wait_for(
        lambda: "不在公开的互联网上" in server.bot_texts(olga.id)[-1] or "标准端口" in olga.seen()[-1]["text"]
    )
    assert labels(board) == ["采纳 1", "忽略 1", "采纳 2", "忽略 2"]
    await olga.press(board, "采纳 1")
    await server.wait_for(lambda: board["text"].startswith("待处理的建议 1 条"))
    assert server.bot_texts(olga.id)[-1].startswith("已采纳。里面没有链接")
    await olga.press(board, "忽略 1")
    await server.wait_for(lambda: board["text"] == "没有待处理的建议。")
    assert labels(board) == []
    assert (await olga.press_forged(board, data[1]))["text"].startswith("这条已经处理过了")


async def test_a_person_has_five_a_day_and_operators_commands_are_theirs(shop: Shop) -> None:
    cora = Person(shop.server, shop.server.add_user("Cora", language_code="en"))
    group = shop.server.add_chat("supergroup", "Shop", members=[cora.id])
    for number in range(1, 7):
        shop.server.say(group, cora.id, f"/suggest\nnumber {number}")
    await shop.server.wait_messages(group, 6)
    assert shop.server.bot_texts(group)[4:] == [
        "Thank you, the operators will see it.",
        "That is enough for today, thank you. Please come back tomorrow.",
    ]
    assert (await cora.ask("/suggestions"))["text"].startswith("Asking")
    assert not {"suggestions", "gaps"} & {entry["command"] for entry in shop.server.menu(cora.id, cora.id)}


async def test_addresses_inside_the_bots_own_network_are_refused(shop: Shop) -> None:
    assert "不在公开的互联网上" in (await shop.olga.ask("http://127.0.0.1/latest/meta-data/"))["text"]
    assert "不在公开的互联网上" in (await shop.olga.ask("/add http://[::ffff:169.254.169.254]/"))["text"]
