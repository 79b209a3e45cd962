"""Thumbs below answers: one changeable vote a person, told by a toast and shown on the keyboard."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.state.votes import Reason, Value, Vote, Votes
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Message, Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
REASONS = ["错误", "过时", "答非所问", "不完整"]


async def _pressed(person: Person, message: Message, button: str) -> str:
    """Press a button; returns the toast."""
    answer = await person.press(message, button)
    assert answer["show_alert"] == "false"
    return str(answer["text"])


async def _shows(person: Person, message: Message, *expected: str) -> None:
    """Wait until the last buttons of a message, below the passages', are these."""

    def below() -> list[str]:
        return [label for label in labels(_now(person, message)) if not label.startswith("原文")]

    await person.server.wait_for(lambda: below() == list(expected))


def _now(person: Person, message: Message) -> Message:
    return person.server.chats[message["chat"]["id"]].messages[message["message_id"]]


async def test_a_vote_is_kept_once_changed_and_taken_back(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    """Scenario 6: also across a restart."""
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))

    def votes() -> list[tuple[int, Value, Reason | None]]:
        database = sqlite3.connect(library.data_dir / "state.db")
        kept: tuple[Vote, ...] = Votes(database).since(0)
        database.close()
        return [(vote.user_id, vote.value, vote.reason) for vote in kept]

    config = library.configure(tmp_path / "config.yaml", server)
    async with BotInProcess(server, config) as process:
        answer = await ann.ask(QUESTION)
        text, passages = answer["text"], [label for label in labels(answer) if label.startswith("原文")]
        assert passages
        assert await _pressed(ann, answer, "👍") == "谢谢，已记下 👍"
        await _shows(ann, answer, "👍 ✓", "👎")
        assert votes() == [(ann.id, Value.UP, None)]
        assert "请点一下原因" in await _pressed(ann, answer, "👎")
        await _shows(ann, answer, "👍", "👎 ✓", *REASONS)
        assert await _pressed(ann, answer, "过时") == "谢谢，已记下：过时"
        await _shows(ann, answer, "👍", "👎 过时 ✓")
        assert votes() == [(ann.id, Value.DOWN, Reason.OUTDATED)]
        assert await process.stop() == 0
        await process.start()
        assert await _pressed(ann, answer, "👍") == "谢谢，已记下 👍"
        await _shows(ann, answer, "👍 ✓", "👎")
        assert votes() == [(ann.id, Value.UP, None)]
        assert await _pressed(ann, answer, "👍 ✓") == "已取消"
        await _shows(ann, answer, "👍", "👎")
        assert votes() == []
        now = _now(ann, answer)
        assert now["text"] == text
        assert [label for label in labels(now) if label.startswith("原文")] == passages
        assert len(ann.seen()) == 1
        # And where nothing is kept there is nothing to vote on, and nothing to delete.
        assert await process.stop() == 0
        library.configure(config, server, privacy={"keep_questions_days": 0})
        await process.start()
        bob = Person(server, server.add_user("Bob", language_code="zh-hans"))
        assert all(label.startswith("原文") for label in labels(await bob.ask(QUESTION)))
        assert "您的问题和评价不保存" in (await bob.ask("/privacy"))["text"]
        assert (await bob.ask("/forget"))["text"] == "没有保存您的任何记录。"
        assert [call for call in server.calls if call.error] == []


async def test_refusals_can_be_voted_on_and_small_talk_cannot(ann: Person) -> None:
    refusal = await ann.ask("私域火星车轮胎气压标准值")
    topics = labels(refusal)[:-2]
    assert labels(refusal)[-2:] == ["👍", "👎"]
    await _pressed(ann, refusal, "👎")
    await _shows(ann, refusal, *topics, "👍", "👎 ✓", *REASONS)
    assert labels(await ann.ask("谢谢")) == []


async def test_a_vote_below_a_message_from_long_ago_counts(ann: Person) -> None:
    """Of an old message Telegram sends only chat and number, with date 0: its keyboard cannot be known."""
    answer = await ann.ask(QUESTION)
    stub = {"chat": answer["chat"], "message_id": answer["message_id"], "date": 0}
    down = answer["reply_markup"]["inline_keyboard"][-1][1]["callback_data"]
    assert (await ann.press_forged(stub, down))["text"] == "谢谢，已记下 👎"
    assert (await ann.press_forged(stub, down))["text"] == "已取消"
    await ann.server.wait_idle()
    assert ann.calls("editmessagereplymarkup") == []


async def test_each_vote_of_a_group_counts_and_none_is_shown(
    bot: BotProcess, ann: Person, newcomer: Callable[..., Person]
) -> None:
    """Scenario 6, in a group."""
    server, bob = bot.server, newcomer("en")
    group = server.add_chat("supergroup", "Shop", members=[ann.id, bob.id])
    server.say(group, ann.id, f"/ask@TestQABot {QUESTION}")
    (answer,) = await server.wait_messages(group, 1)

    async def press(person: Person, button: str) -> str:
        query = server.press(group, person.id, answer["message_id"], button)
        return str((await person.acknowledged(query))["text"])

    assert await press(ann, "👍") == "谢谢，已记下 👍"
    assert await press(bob, "👍") == "Thank you, noted 👍"
    await server.wait_idle()
    edits = server.transcript("editmessagereplymarkup")
    assert [call for call in edits if str(call["params"]["chat_id"]) == str(group)] == []
    await _shows(ann, answer, "👍", "👎")
    assert (await press(bob, "👎")).startswith("Noted")
    await _shows(ann, answer, "👍", "👎", *REASONS)
    assert await press(ann, "错误") == "谢谢，已记下：错误"  # a reason is a thumb down as well
    assert await press(bob, "不完整") == "Thank you, noted: Incomplete"
    await _shows(ann, answer, "👍", "👎")


async def test_a_forged_vote_gets_an_alert(bot: BotProcess, ann: Person, newcomer: Callable[..., Person]) -> None:
    """Nobody votes on what was asked in another chat, on nothing, or in words of their own."""
    bob = newcomer()
    theirs = await bob.ask(QUESTION)
    mine = await ann.ask(QUESTION)
    data = theirs["reply_markup"]["inline_keyboard"][-1][0]["callback_data"]
    assert data.startswith("v1:")
    for forged in (data, "v1:999999999999999999:u"):
        alert = await ann.press_forged(mine, forged)
        assert alert["text"].startswith("这条回答的记录已经不在了")
        assert alert["show_alert"] == "true"
    for forged in ("v1:0:u", "v1:1:x", "v1:1", "v1:-1:u", "v1:9999999999999999999:u", "v1:１:u", "v2:1:u"):
        assert (await ann.press_forged(mine, forged))["text"].startswith("这个按钮已经失效")
    await bot.server.wait_idle()
    assert labels(_now(bob, theirs))[-2:] == ["👍", "👎"]
