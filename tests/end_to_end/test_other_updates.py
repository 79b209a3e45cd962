"""Channels, service messages, blocked chats: updates that are not for the bot, or come at a bad moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.people import Person

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


async def test_a_channel_hears_nothing(bot: BotProcess, ann: Person) -> None:
    """Scenario 26: a channel that nobody allowed."""
    server = bot.server
    channel = server.add_chat("channel", "News", bot="administrator")
    before = len(server.calls)
    asked_for, server.allowed = server.allowed, {"channel_post", "edited_channel_post"}
    post = server.say(channel, None, "/ask 定金怎么收")
    server.edit(channel, post["message_id"], "定金怎么收？")
    server.allowed = asked_for
    await server.wait_idle()
    assert len(server.calls) == before


async def test_service_messages_are_no_questions(bot: BotProcess, ann: Person) -> None:
    question = ann.say("会员日选在每月哪天？")
    await bot.server.wait_messages(ann.id, 1)
    bot.server.service(ann.id, ann.id, pinned_message=question)
    bot.server.service(ann.id, ann.id, message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    await bot.server.wait_idle()
    assert len(ann.seen()) == 1


async def test_the_bot_does_not_answer_its_own_inline_results(bot: BotProcess, ann: Person) -> None:
    ann.say("会员日选在每月哪天？", extra={"via_bot": bot.server.me})
    await bot.server.wait_idle()
    assert ann.seen() == []


async def test_only_what_is_handled_is_asked_for(bot: BotProcess) -> None:
    private = {"message", "edited_message", "callback_query", "my_chat_member"}
    assert bot.server.allowed == private | {"channel_post", "inline_query", "chosen_inline_result", "guest_message"}


async def test_a_question_deleted_before_its_answer_is_answered(bot: BotProcess, ann: Person) -> None:
    question = ann.say("会员日选在每月哪天？ wait500ms")
    await bot.server.wait_for(lambda: ann.calls("sendchataction"))
    bot.server.delete(ann.id, question["message_id"])
    (answer,) = await bot.server.wait_messages(ann.id, 1)
    assert "十八号" in answer["text"]
    assert "reply_to_message" not in answer


async def test_a_person_who_blocks_the_bot_harms_nobody(
    bot: BotProcess, ann: Person, newcomer: Callable[..., Person]
) -> None:
    """Scenario 39."""
    ann.say("会员日选在每月哪天？ wait500ms")
    await bot.server.wait_for(lambda: ann.calls("sendchataction"))
    bot.server.block(ann.id)
    await bot.server.wait_for(lambda: ann.calls("sendmessage"))
    assert "十八号" in (await newcomer().ask("会员日选在每月哪天？"))["text"]
    assert ann.seen() == []
    assert len(ann.calls("sendmessage")) == 1
    assert f"update {bot.server.updates[-2]['update_id']} failed" not in bot.log
    bot.server.block(ann.id, blocked=False)
    assert "十八号" in (await ann.ask("会员日选在每月哪天？"))["text"]


async def test_what_waits_for_a_person_who_blocks_the_bot_is_dropped(bot: BotProcess, ann: Person) -> None:
    """Scenario 39."""
    ann.say("会员日选在每月哪天？ wait700ms")
    for number in range(5):
        ann.say(f"优惠券的面额是多少？{number}")
    bot.server.block(ann.id)
    await bot.server.wait_for(lambda: ann.calls("sendmessage"))
    await bot.server.wait_idle()
    assert len(ann.calls("sendmessage")) == 1
    bot.server.block(ann.id, blocked=False)
    assert "一成五" in (await ann.ask("优惠券的面额是多少？"))["text"]
