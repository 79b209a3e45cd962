"""Edited questions change the answer that is there."""

from __future__ import annotations

import pytest

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.people import Person

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
OTHER = "优惠券的面额是多少？"


async def test_an_edited_question_changes_its_answer(bot: BotProcess, ann: Person) -> None:
    """Scenario 10."""
    answer = await ann.ask(QUESTION)
    question = answer["reply_to_message"]["message_id"]
    assert "十八号" in answer["text"]
    bot.server.edit(ann.id, question, OTHER)
    await bot.server.wait_for(lambda: "一成五" in ann.seen()[0]["text"])
    assert "reply_markup" in ann.seen()[0]
    bot.server.edit(ann.id, question, f"/ask {QUESTION}")
    await bot.server.wait_for(lambda: "十八号" in ann.seen()[0]["text"])
    assert len(ann.seen()) == 1
    assert len(ann.calls("sendmessage")) == 1


async def test_an_edit_without_a_change_is_nothing(bot: BotProcess, ann: Person) -> None:
    """Scenario 10."""
    answer = await ann.ask(QUESTION)
    bot.server.edit(ann.id, answer["reply_to_message"]["message_id"], QUESTION)
    await bot.server.wait_idle()
    assert ann.calls("editmessagetext") == []
    assert len(ann.seen()) == 1


@pytest.mark.parametrize("text", ["/start", "   "])
async def test_an_edit_that_asks_nothing_is_nothing(bot: BotProcess, ann: Person, text: str) -> None:
    answer = await ann.ask(QUESTION)
    bot.server.edit(ann.id, answer["reply_to_message"]["message_id"], text)
    await bot.server.wait_idle()
    assert "十八号" in ann.seen()[0]["text"]
    assert len(ann.seen()) == 1


async def test_an_edit_during_the_answer_changes_it_afterwards(bot: BotProcess, ann: Person) -> None:
    question = ann.say(f"{QUESTION} wait700ms")
    await bot.server.wait_for(lambda: ann.calls("sendchataction"))
    bot.server.edit(ann.id, question["message_id"], OTHER)
    await bot.server.wait_for(lambda: ann.seen() and "一成五" in ann.seen()[0]["text"])
    assert len(ann.seen()) == 1


async def test_an_edit_after_ten_minutes_comes_too_late(bot: BotProcess, ann: Person) -> None:
    answer = await ann.ask(QUESTION)
    question = answer["reply_to_message"]["message_id"]
    bot.server.chats[ann.id].messages[question]["date"] -= 601
    bot.server.edit(ann.id, question, OTHER)
    await bot.server.wait_idle()
    assert "十八号" in ann.seen()[0]["text"]


async def test_an_answer_that_was_deleted_stays_so(bot: BotProcess, ann: Person) -> None:
    answer = await ann.ask(QUESTION)
    bot.server.delete(ann.id, answer["message_id"])
    bot.server.edit(ann.id, answer["reply_to_message"]["message_id"], OTHER)
    await bot.server.wait_for(lambda: ann.calls("editmessagetext"))
    await bot.server.wait_idle()
    assert ann.seen() == []
    for call in bot.server.calls:  # the refusal was this test's own making
        call.error = None if call.error and "message to edit not found" in call.error else call.error


async def test_in_a_group_only_an_answer_that_is_there_changes(bot: BotProcess, ann: Person) -> None:
    server = bot.server
    group = server.add_chat("supergroup", "Shop", members=[ann.id], bot="administrator")
    chatter = server.say(group, ann.id, QUESTION)
    question = server.say(group, ann.id, f"@TestQABot {QUESTION}")
    await server.wait_messages(group, 1)
    server.edit(group, chatter["message_id"], f"@TestQABot {OTHER}")
    server.edit(group, question["message_id"], f"@TestQABot {OTHER}")
    await server.wait_for(lambda: "一成五" in server.bot_texts(group)[0])
    server.edit(group, question["message_id"], QUESTION)
    await server.wait_idle()
    assert "一成五" in server.bot_texts(group)[0]
    assert len(server.bot_messages(group)) == 1
