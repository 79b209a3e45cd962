"""What is kept of a person is told, and deleted when they say so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, labels

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


async def test_privacy_tells_what_how_long_and_who(ann: Person, newcomer: Callable[..., Person]) -> None:
    text = (await ann.ask("/privacy"))["text"]
    assert "180 天" in text
    assert "/forget" in text
    assert "管理员" in text
    assert "180 days" in (await newcomer("en").ask("/privacy"))["text"]


async def test_forget_asks_and_then_deletes_everything(bot: BotProcess, ann: Person, indexed: Library) -> None:
    secret = "紫色独角兽的会员日选在每月哪天？"
    answer = await ann.ask(secret)
    await ann.press(answer, "👍")
    asked = await ann.ask("/forget")
    assert asked["text"].startswith("现在保存着您的 1 个问题、1 条评价和 0 条建议")
    assert labels(asked) == ["全部删除", "不删"]
    await ann.press(asked, "不删")
    await bot.server.wait_for(lambda: _text(ann, asked) == "好的，没有删除。")
    asked = await ann.ask("/forget")
    assert asked["text"].startswith("现在保存着您的 1 个问题、1 条评价和 0 条建议")
    assert _on_disk(indexed, secret)
    await ann.press(asked, "全部删除")
    await bot.server.wait_for(lambda: _text(ann, asked).startswith("已删除您的 1 个问题、1 条评价和 0 条建议"))
    assert labels(bot.server.chats[ann.id].messages[asked["message_id"]]) == []
    assert not _on_disk(indexed, secret)
    assert "请把问题写完整" in (await ann.ask("那个要注意什么"))["text"]
    assert (await ann.press(answer, "👍 ✓"))["text"].startswith("这条回答的记录已经不在了")
    assert secret not in bot.log


async def test_who_has_nothing_kept_is_told_so(ann: Person) -> None:
    assert (await ann.ask("/forget"))["text"] == "没有保存您的任何记录。"


async def test_nobody_deletes_for_another(ann: Person, newcomer: Callable[..., Person]) -> None:
    bob = newcomer("en")
    await ann.ask(QUESTION)
    await bob.ask(QUESTION)
    mine, theirs = await ann.ask("/forget"), await bob.ask("/forget")
    data = theirs["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    alert = await ann.press_forged(mine, data)
    assert alert["show_alert"] == "true"
    assert alert["text"].startswith("这个按钮只对")
    # A button of the chat of somebody else, as a forger would name it.
    assert (await ann.press_forged(theirs, data))["show_alert"] == "true"
    assert (await bob.ask("/forget"))["text"].startswith("Kept of yours: questions: 1")
    assert (await ann.ask("/forget"))["text"].startswith("现在保存着您的 1 个问题")


async def test_in_a_group_only_by_name_and_only_a_hint(bot: BotProcess, ann: Person) -> None:
    server = bot.server
    group = server.add_chat("supergroup", "Shop", members=[ann.id], bot="administrator")
    for command in ("/forget", "/privacy", "/forget@otherbot", "/cancel", "/cancel@TestQABot"):
        server.say(group, ann.id, command)
    await server.wait_idle()
    assert server.bot_messages(group) == []
    server.say(group, ann.id, "/forget@TestQABot")
    (hint,) = await server.wait_messages(group, 1)
    assert "私聊" in hint["text"]
    assert labels(hint) == []


def _text(person: Person, message: dict[str, int]) -> str:
    return str(person.server.chats[person.id].messages[message["message_id"]]["text"])


def _on_disk(library: Library, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in library.data_dir.glob("state.db*"))
