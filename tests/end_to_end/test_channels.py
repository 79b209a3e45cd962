"""Channels that the operators allow: /ask in a post, and posts that an operator drafts and publishes."""

from __future__ import annotations

import copy
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


@dataclass(frozen=True, slots=True)
class Press:
    """A bot with two operators and two channels of theirs (a third is closed to it), and one nobody allowed."""

    process: BotInProcess
    olga: Person
    otto: Person
    ann: Person
    news: int
    offers: int
    foreign: int

    @property
    def server(self) -> FakeBotApi:
        """Where all this happens."""
        return self.olga.server

    def posts(self, channel: int | None = None) -> list[str]:
        """What the bot has posted."""
        return self.server.bot_texts(channel or self.news)

    async def drafted(self, text: str = f"/post {QUESTION}") -> dict[str, Any]:
        """A draft, as Olga gets it, whatever becomes of it."""
        return copy.deepcopy(await self.olga.ask(text))

    async def pressed(self, draft: dict[str, Any], button: str) -> str:
        """What Olga is told when she presses a button below a draft."""
        before = len(self.olga.seen())
        assert "text" not in await self.olga.press(draft, button)
        told = (await self.server.wait_messages(self.olga.id, before + 1))[before]
        return str(told["text"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Press]:
    """One bot for the whole file."""
    home = tmp_path_factory.mktemp("channels")
    async with FakeBotApi(TOKEN) as server:
        people = [Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Olga", "Otto", "Ann")]
        news, offers, foreign = (
            server.add_chat("channel", title, bot="administrator", username=title.lower())
            for title in ("News", "Offers", "Foreign")
        )
        closed = server.add_chat("channel", "Closed")
        telegram = {"admins": [person.id for person in people[:2]], "channels": [news, offers, closed, -100]}
        library = Library(indexed.articles, home / "data")
        shutil.copytree(indexed.data_dir, library.data_dir, ignore=shutil.ignore_patterns("state.db*"))
        config = library.configure(home / "config.yaml", server, telegram=telegram)
        async with BotInProcess(server, config) as process:
            olga, otto, ann = people
            yield Press(process, olga, otto, ann, news, offers, foreign)
            assert await process.stop() == 0, process.log
            assert "Traceback" not in process.log


@pytest.fixture
def press(running: Press) -> Press:
    return running


async def test_a_question_in_a_post_is_answered_with_a_post(press: Press) -> None:
    """Scenario 26."""
    for text in (
        QUESTION,
        f"@TestQABot {QUESTION}",
        "/ask",
        "/ask 你好",
        "/ask@otherbot 会员日",
        "/help",
        "/mode auto",
    ):
        press.server.say(press.news, None, text)
    post = press.server.say(press.news, None, f"/ask {QUESTION}")
    (answer,) = await press.server.wait_messages(press.news, 1)
    assert "十八号" in answer["text"]
    assert answer["reply_to_message"]["message_id"] == post["message_id"]
    assert labels(answer) == []
    assert any(entity.get("url") == "https://example.com/members" for entity in answer["entities"])
    press.server.edit(press.news, post["message_id"], "/ask 优惠券的面额是多少？")
    await press.server.wait_idle()
    assert len(press.posts()) == 1
    assert [c["method"] for c in press.server.transcript() if c["params"].get("chat_id") == str(press.news)] == [
        "sendmessage"
    ]


async def test_a_question_replied_to_is_answered(press: Press) -> None:
    """Scenario 26."""
    before = len(press.posts())
    question = press.server.say(press.news, None, QUESTION)
    press.server.say(press.news, None, "/ask", reply_to=question["message_id"])
    answer = (await press.server.wait_messages(press.news, before + 1))[before]
    assert answer["reply_to_message"]["message_id"] == question["message_id"]


async def test_a_channel_that_is_not_allowed_hears_nothing(press: Press) -> None:
    """Scenario 26."""
    press.server.say(press.foreign, None, f"/ask {QUESTION}")
    await press.server.wait_idle()
    assert press.posts(press.foreign) == []


async def test_a_draft_is_published_once_by_its_operator(press: Press) -> None:
    before = len(press.posts())
    draft = await press.drafted()
    assert draft["text"].startswith(f"问：{QUESTION}")
    assert "十八号" in draft["text"]
    assert labels(draft) == ["发布到 News", "发布到 Offers", "取消"]
    assert len(press.posts()) == before
    data = draft["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for other in (press.otto, press.ann):
        alert = await other.press_forged(draft, data)
        assert "起草它的管理员" in alert["text"]
    assert (await press.olga.press_forged(draft, data.replace(str(press.news), str(press.foreign))))["show_alert"]
    assert len(press.posts()) == before
    assert (await press.pressed(draft, "发布到 News")).startswith("已发布到 News。\nhttps://t.me/news/")
    post = press.server.bot_messages(press.news)[before]
    assert (post["text"], post["entities"]) == (draft["text"], draft["entities"])
    assert "reply_markup" not in post
    assert labels(press.olga.seen()[-2]) == []
    assert "已经处理过" in (await press.olga.press_forged(draft, data))["text"]
    assert len(press.posts()) == before + 1


async def test_a_draft_can_be_dropped(press: Press) -> None:
    before = len(press.posts())
    draft = await press.drafted()
    assert (await press.pressed(draft, "取消")).startswith("已取消")
    data = draft["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert "已经处理过" in (await press.olga.press_forged(draft, data))["text"]
    assert len(press.posts()) == before


async def test_a_post_that_telegram_refuses_can_be_tried_again(press: Press) -> None:
    draft = await press.drafted("/post 优惠券的面额是多少？")
    press.server.fault("403", "sendMessage", chat_id=press.offers, description="bot was kicked from the channel chat")
    assert "没能发布" in await press.pressed(draft, "发布到 Offers")
    assert press.posts(press.offers) == []
    assert "已发布" in await press.pressed(draft, "发布到 Offers")
    assert "一成五" in press.posts(press.offers)[0]


async def test_a_post_whose_confirmation_is_lost_is_not_sent_twice(press: Press) -> None:
    before = len(press.posts(press.offers))
    draft = await press.drafted("/post 优惠券的面额是多少？")
    press.server.fault("drop", "sendMessage", chat_id=press.offers, after=True)
    assert "请到频道里看一下" in await press.pressed(draft, "发布到 Offers")
    data = draft["reply_markup"]["inline_keyboard"][1][0]["callback_data"]
    assert "已经处理过" in (await press.olga.press_forged(draft, data))["text"]
    assert len(press.posts(press.offers)) == before + 1


async def test_a_draft_lives_through_a_restart(press: Press) -> None:
    before = len(press.posts())
    draft = await press.drafted()
    assert await press.process.stop() == 0
    await press.process.start()
    assert "已发布" in await press.pressed(draft, "发布到 News")
    assert len(press.posts()) == before + 1


async def test_post_says_what_it_needs(press: Press) -> None:
    assert (await press.drafted("/post"))["text"].startswith("请发 /post 加一个问题")
    assert "没有可发的内容" in (await press.drafted("/post 羽毛球拍穿线磅数多少？"))["text"]
    assert "没有可发的内容" in (await press.drafted("/post 你好"))["text"]
    question = press.olga.say(QUESTION)
    await press.server.wait_for(lambda: "十八号" in press.olga.seen()[-1]["text"])
    assert labels(await press.olga.ask("/post", reply_to=question["message_id"]))[-1] == "取消"


async def test_post_is_for_operators_in_private(press: Press) -> None:
    """Scenario 34."""
    assert "怎么问" in (await press.ann.ask(f"/post {QUESTION}"))["text"]
    group = press.server.add_chat("supergroup", "Shop", members=[press.olga.id], bot="administrator")
    press.server.say(group, press.olga.id, f"/post {QUESTION}")
    await press.server.wait_idle()
    assert press.server.bot_messages(group) == []
    menus = [[c["command"] for c in press.server.menu(who.id, who.id)] for who in (press.olga, press.ann)]
    assert ["post" in menu for menu in menus] == [True, False]


async def test_without_channels_post_says_what_to_do(library: Library, server: FakeBotApi, tmp_path: Any) -> None:
    olga = Person(server, server.add_user("Olga", language_code="en"))
    config = library.configure(tmp_path / "config.yaml", server, telegram={"admins": [olga.id]})
    async with BotInProcess(server, config) as process:
        assert "telegram.channels" in (await olga.ask(f"/post {QUESTION}"))["text"]
        assert await process.stop() == 0
