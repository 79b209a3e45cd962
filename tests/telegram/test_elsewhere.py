"""Groups, channels, edits: places and updates that this bot has no business in yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.telegram.bot_process import BotProcess
from tests.telegram.people import Person

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_groups_hear_nothing(bot: BotProcess, ann: Person, kind: str) -> None:
    server = bot.server
    group = server.add_chat(kind, "Shop", members=[ann.id], bot="administrator")
    before = len(server.calls)
    for text in ("/start", "/help", "/ask@TestQABot 定金怎么收", "@TestQABot 定金怎么收", "定金怎么收", "/nonsense"):
        server.say(group, ann.id, text)
    server.say(group, ann.id, "/ask 定金怎么收", anonymous=True)
    server.add_bot(group, ann.id)
    await server.wait_idle()
    assert len(server.calls) == before


async def test_channel_posts_edits_and_members_change_nothing(bot: BotProcess, ann: Person) -> None:
    server = bot.server
    channel = server.add_chat("channel", "News", bot="administrator")
    question = ann.say("会员日选在每月哪天？")
    await server.wait_messages(ann.id, 1)
    before = len(server.calls)
    asked_for, server.allowed = (
        server.allowed,
        {"channel_post", "edited_channel_post", "edited_message", "my_chat_member"},
    )
    post = server.say(channel, None, "/ask 定金怎么收")
    server.edit(channel, post["message_id"], "定金怎么收？")
    server.edit(ann.id, question["message_id"], "优惠券的面额是多少？")
    server.edit(ann.id, question["message_id"], "/ask 优惠券的面额是多少？")
    server.block(ann.id)
    server.block(ann.id, blocked=False)
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


async def test_only_messages_and_buttons_are_asked_for(bot: BotProcess) -> None:
    assert bot.server.allowed == {"message", "callback_query"}


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
