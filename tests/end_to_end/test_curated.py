"""Curated answers: operators write them from the chat, everybody gets them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.answering.curated.store import Author, CuratedAnswers, CuratedText
from bot.config import load_settings
from bot.state.database import open_state
from bot.terminal.plain_text import as_json
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import FakeService
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, buttons, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
OTHER = "优惠券的面额是多少？"
HOSTILE = "会员日改到 <b>二十号</b> & 2 < 3，{question} {0} [1]"
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """A bot with two operators, and a customer who is none."""

    process: BotInProcess
    config: Path
    library: Library
    olga: Person
    otto: Person
    ann: Person

    async def newest(self, person: Person, before: int) -> Message:
        """The bot's next message to a person after so many."""
        return (await person.server.wait_messages(person.id, before + 1))[before]

    async def pin(self, question: str, text: str, who: Person | None = None) -> Message:
        """Write and save one, in private; the message that says so."""
        who = who or self.olga
        preview = await who.ask(f"/pin {question} | {text}")
        await who.press(preview, "保存")
        return await self.shows(who, preview, "已保存")

    async def shows(self, person: Person, message: Message, words: str) -> Message:
        """Wait until a message of the bot says something."""
        number = message["message_id"]
        await person.server.wait_for(lambda: words in self._now(person, number)["text"])
        return self._now(person, number)

    def _now(self, person: Person, number: int) -> Message:
        found: Message = person.server.chats[person.id].messages[number]
        return found


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def running(
    indexed: Library, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[BotInProcess, Path, Library]]:
    """One bot for all tests here, with a data directory of its own."""
    import shutil

    home = tmp_path_factory.mktemp("curated")
    library = Library(indexed.articles, home / "data")
    shutil.copytree(indexed.data_dir, library.data_dir)
    async with FakeBotApi("123456789:AAtest-token_of-the_test-bot") as server:
        admins = [server.add_user(name, language_code="zh-hans") for name in ("Olga <b>", "Otto")]
        config = library.configure(home / "config.yaml", server, telegram={"admins": admins})
        async with BotInProcess(server, config) as process:
            yield process, config, library
            assert await process.stop() == 0, process.log


@pytest_asyncio.fixture(loop_scope="session")
async def shop(running: tuple[BotInProcess, Path, Library]) -> AsyncIterator[Shop]:
    process, config, library = running
    server = process.server
    admins = load_settings(config).telegram.admins
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    yield Shop(process, config, library, Person(server, admins[0]), Person(server, admins[1]), ann)
    assert [call for call in server.calls if (call.error or "").startswith("Bad Request")] == []
    assert "Traceback" not in process.log
    with closing(open_state(library.data_dir)) as state:
        curated = CuratedAnswers(state)
        for each in curated.active():
            curated.remove(each.id)


async def test_a_reply_to_the_bots_answer_pins_its_question(shop: Shop) -> None:
    answer = await shop.olga.ask(QUESTION)
    assert "十八号" in answer["text"]
    prompt = await shop.olga.ask("/pin", reply_to=answer["message_id"])
    assert prompt["text"].endswith(f"问：{QUESTION}")
    preview = await shop.olga.ask(HOSTILE, reply_to=prompt["message_id"])
    assert preview["text"].startswith("预览，还没有保存")
    assert HOSTILE in preview["text"]
    assert "作者：Olga <b>" in preview["text"]
    assert labels(preview) == ["保存", "加有效期", "加出处", "取消"]
    assert "十八号" in (await shop.ann.ask(QUESTION))["text"]  # not before it is saved
    await shop.olga.press(preview, "保存")
    saved = await shop.shows(shop.olga, preview, "已保存")
    assert buttons(saved) == []
    for question in (QUESTION, "  会员日，选在每月 哪天?? "):
        shown = await shop.ann.ask(question)
        assert shown["text"].startswith(f"{HOSTILE} [1]\n\n出处\n[1] 人工答案 · Olga <b> · 20")
        assert "十八号" not in shown["text"]
        assert labels(shown) == ["👍", "👎"]
    assert "一成五" in (await shop.ann.ask(OTHER))["text"]


async def test_a_reply_to_somebodys_question_with_the_answer_at_once(shop: Shop) -> None:
    server = shop.olga.server
    group = server.add_chat("supergroup", "Shop", members=[shop.ann.id], admins=[shop.olga.id], bot="administrator")
    asked = server.say(group, shop.ann.id, "@TestQABot 周末几点发最后一班车")
    await server.wait_messages(group, 1)
    server.say(group, shop.olga.id, "/pin 周末最后一班车晚上八点发。", reply_to=asked["message_id"])
    preview = (await server.wait_messages(group, 2))[1]
    assert "问：周末几点发最后一班车\n" in preview["text"]
    assert "周末最后一班车晚上八点发。" in preview["text"]
    # Nobody else's press counts, nor does anybody hear of it.
    stranger = server.press(group, shop.ann.id, preview["message_id"], "保存")
    assert "text" not in await shop.ann.acknowledged(stranger)
    await shop.otto.acknowledged(server.press(group, shop.otto.id, preview["message_id"], "保存"))
    await server.wait_for(lambda: "已保存" in server.bot_texts(group)[1])
    server.say(group, shop.ann.id, "/ask 周末几点发最后一班车")
    assert "晚上八点" in (await server.wait_messages(group, 3))[2]["text"]


async def test_in_a_group_only_the_reply_to_the_prompt_is_the_answer(shop: Shop) -> None:
    server = shop.olga.server
    group = server.add_chat("supergroup", "Shop", members=[shop.ann.id], admins=[shop.olga.id], bot="administrator")
    asked = server.say(group, shop.ann.id, "停车场收费吗")
    server.say(group, shop.olga.id, "/pin", reply_to=asked["message_id"])
    prompt = (await server.wait_messages(group, 1))[0]
    server.say(group, shop.olga.id, "大家早")
    server.say(group, shop.ann.id, "停车免费", reply_to=prompt["message_id"])
    await server.wait_idle()
    assert all("预览" not in text for text in server.bot_texts(group))
    before = len(server.bot_messages(group))
    server.say(group, shop.olga.id, "前两小时停车免费。", reply_to=prompt["message_id"])
    preview = (await server.wait_messages(group, before + 1))[before]
    assert "问：停车场收费吗" in preview["text"]
    await shop.olga.acknowledged(server.press(group, shop.olga.id, preview["message_id"], "取消"))
    await server.wait_for(lambda: "已取消" in server.bot_texts(group)[before])


async def test_others_and_anonymous_administrators_pin_nothing(shop: Shop) -> None:
    server = shop.olga.server
    group = server.add_chat("supergroup", "Shop", members=[shop.olga.id], admins=[shop.ann.id], bot="administrator")
    asked = server.say(group, shop.ann.id, "停车场收费吗")
    for command in ("/pin 免费", "/pins", "/unpin 1"):
        server.say(group, shop.ann.id, command, reply_to=asked["message_id"])
        server.say(group, shop.ann.id, command, reply_to=asked["message_id"], anonymous=True)
        assert "怎么问" in (await shop.ann.ask(command))["text"]
    await server.wait_idle()
    assert server.bot_messages(group) == []
    saved = await shop.pin("停车场收费吗", "前两小时免费。")
    number = saved["text"].partition("编号 ")[2].partition("，")[0]
    for data in (f"c1:u:{number}", f"c1:x:{number}", f"c1:t:{number}", "c1:l:0"):
        assert "text" not in await shop.ann.press_forged(saved, data)
    assert "前两小时免费" in (await shop.ann.ask("停车场收费吗"))["text"]


async def test_expiry_and_source_are_added_by_buttons(shop: Shop) -> None:
    preview = await shop.olga.ask("/pin 展会门票多少钱 ｜ 展会门票五十元。")
    await shop.olga.press(preview, "加有效期")
    message = shop.olga.server.chats[shop.olga.id].messages[preview["message_id"]]
    await shop.olga.server.wait_for(lambda: labels(message) == ["30 天", "90 天", "1 年", "不限"])
    await shop.olga.press(message, "90 天")
    await shop.shows(shop.olga, preview, "有效期至 20")
    before = len(shop.olga.seen())
    await shop.olga.press(preview, "加出处")
    prompt = await shop.newest(shop.olga, before)
    second = await shop.olga.ask("https://example.com/tickets?a=1&b=<2>", reply_to=prompt["message_id"])
    assert "出处：https://example.com/tickets?a=1&b=<2>" in second["text"]
    assert "有效期至 20" in second["text"]
    assert buttons(shop.olga.server.chats[shop.olga.id].messages[preview["message_id"]]) == []
    await shop.olga.press(second, "保存")
    await shop.shows(shop.olga, second, "已保存")
    shown = await shop.ann.ask("展会门票多少钱")
    assert "五十元" in shown["text"]
    assert " · 有效期至 20" in shown["text"]
    links = [entity["url"] for entity in shown["entities"] if entity["type"] == "text_link"]
    assert links == ["https://example.com/tickets?a=1&b=<2>"]


async def test_pins_are_listed_shown_edited_by_another_and_unpinned(shop: Shop) -> None:
    with closing(open_state(shop.library.data_dir)) as state:
        for place in range(9):
            content = CuratedText(f"第{place}号柜台卖什么", f"第{place}号柜台卖灯具。", "zh")
            CuratedAnswers(state).add(content, Author(shop.olga.id, "Olga <b>"))
    listed = await shop.otto.ask("/pins")
    assert "共 9 条（第 1/2 页）" in listed["text"]
    await shop.otto.press(listed, "下一页 ›")
    listed = await shop.shows(shop.otto, listed, "第 2/2 页")
    assert labels(listed)[-1] == "‹ 上一页"
    before = len(shop.otto.seen())
    await shop.otto.press(listed, labels(listed)[0])
    shown = await shop.newest(shop.otto, before)
    assert "第0号柜台卖灯具。" in shown["text"]
    assert labels(shown) == ["改答案", "加问法", "撤下"]
    await shop.otto.press(shown, "加问法")
    await shop.newest(shop.otto, before + 1)
    preview = await shop.otto.ask("零号柜台有啥\n  \n零号柜台是做什么的")
    assert "也问：零号柜台有啥 / 零号柜台是做什么的" in preview["text"]
    await shop.otto.press(preview, "保存")
    await shop.shows(shop.otto, preview, "修改：Otto（20")
    answer = await shop.ann.ask("零号柜台有啥")
    assert "灯具" in answer["text"]
    assert "Olga <b> · 20" in answer["text"]
    assert "改于 20" in answer["text"]
    number = labels(listed)[0]
    await shop.otto.ask(f"/unpin {number}")
    await shop.otto.press(shop.otto.seen()[-1], "确认撤下")
    await shop.shows(shop.otto, shop.otto.seen()[-1], f"已撤下编号 {number}")
    assert "灯具" not in (await shop.ann.ask("零号柜台有啥"))["text"]
    assert "没有这个编号" in (await shop.otto.ask(f"/unpin {number}"))["text"]
    assert "请写编号" in (await shop.otto.ask("/unpin <b>"))["text"]


async def test_the_same_question_again_changes_the_answer_that_is_there(shop: Shop) -> None:
    first = await shop.pin("仓库在几楼", "仓库在三楼。")
    second = await shop.pin("仓库在几楼", "仓库在四楼。", shop.otto)
    assert first["text"].partition("，")[0] == second["text"].partition("，")[0]
    answer = (await shop.ann.ask("仓库在几楼"))["text"]
    assert "四楼" in answer
    assert "三楼" not in answer


async def test_cancel_ends_the_draft_first(shop: Shop) -> None:
    prompt = await shop.olga.ask("/pin 电梯几点停")
    assert "问：电梯几点停" in prompt["text"]
    assert (await shop.olga.ask("/cancel"))["text"] == "已取消，没有保存。"
    assert "话题到此为止" in (await shop.olga.ask("/cancel"))["text"]
    assert "这一步已经过期" in (await shop.olga.ask("十点。", reply_to=prompt["message_id"]))["text"]
    assert "十八号" in (await shop.olga.ask(QUESTION))["text"]
    assert "三种写法" in (await shop.olga.ask("/pin"))["text"]


async def test_what_the_bot_cannot_trace_is_asked_for(shop: Shop) -> None:
    notice = await shop.olga.ask("/status")
    prompt = await shop.olga.ask("/pin 晚上十点停。", reply_to=notice["message_id"])
    assert "没找到" in prompt["text"]
    preview = await shop.olga.ask("电梯几点停", reply_to=prompt["message_id"])
    assert "问：电梯几点停\n\n晚上十点停。" in preview["text"]
    await shop.olga.ask("/cancel")


async def test_what_is_too_long_is_asked_for_again(shop: Shop) -> None:
    before = len(shop.olga.seen())
    shop.olga.say("/pin 电梯几点停 | " + "很晚" * 1600)
    await shop.newest(shop.olga, before + 1)
    assert "太长了" in shop.olga.seen()[before]["text"]
    preview = await shop.olga.ask("晚上十点停。")
    assert "晚上十点停。" in preview["text"]
    await shop.olga.ask("/cancel")


async def test_after_a_restart_answers_stay_and_old_buttons_answer_politely(shop: Shop) -> None:
    await shop.pin("班车几点开", "班车七点开。")
    preview = await shop.olga.ask("/pin 食堂几点开 | 食堂十一点开。")
    prompt = await shop.olga.ask("/pin 澡堂几点开")
    assert await shop.process.stop() == 0
    await shop.process.start()
    alert = await shop.olga.press(preview, "保存")
    assert "已经过期" in alert["text"]
    await shop.olga.server.wait_for(
        lambda: not buttons(shop.olga.server.chats[shop.olga.id].messages[preview["message_id"]])
    )
    assert "已经过期" in (await shop.olga.ask("澡堂八点开。", reply_to=prompt["message_id"]))["text"]
    assert "七点" in (await shop.ann.ask("班车几点开"))["text"]
    shop.library.reindex(shop.config)
    assert "七点" in (await shop.ann.ask("班车几点开"))["text"]


async def test_the_command_line_gives_the_same_answer(shop: Shop) -> None:
    await shop.pin("班车几点开", "班车七点开。\n周末不开。")

    def ask() -> dict[str, Any]:
        return json.loads(json.dumps(as_json(FakeService(load_settings(shop.config)).ask("班车几点开"))))  # type: ignore[no-any-return]

    document = await asyncio.to_thread(ask)
    assert (document["status"], document["confidence"]) == ("answered", 1.0)
    assert document["quotes"] == [{"text": "班车七点开。\n周末不开。", "source": 1}]
    (source,) = document["sources"]
    assert (source["article"], source["author"], source["url"], source["passage"]) == ("curated", "Olga <b>", None, "")
    assert source["title"].startswith("人工答案 · Olga <b> · ")
    assert len(document["passages"]) > 1


async def test_operators_see_the_commands_in_their_menu(shop: Shop) -> None:
    server = shop.olga.server
    await shop.olga.ask("/start")
    await server.wait_idle()
    mine = [command["command"] for command in server.menu(shop.olga.id, shop.olga.id)]
    assert {"pin", "pins", "unpin"} <= set(mine)
    assert "pin" not in [command["command"] for command in server.menu(shop.ann.id, shop.ann.id)]
