"""Telegram falters, or the bot itself does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.locales import texts
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.people import Person, Shop

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
DOUBT = texts("zh")("answer_in_doubt")


async def test_a_flood_limit_delays_the_answer(bot: BotProcess, ann: Person) -> None:
    """Scenario 37."""
    bot.server.fault("429", "sendMessage", delay=1, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION))["text"]
    await bot.server.wait_idle()
    assert len(ann.seen()) == 1


async def test_an_answer_that_is_refused_is_given_up(bot: BotProcess, ann: Person) -> None:
    """Scenario 37."""
    bot.server.fault("403", "sendMessage", chat_id=ann.id)
    ann.say(QUESTION)
    await bot.server.wait_for(lambda: ann.calls("sendmessage"))
    assert "怎么问" in (await ann.ask("/help"))["text"]
    await bot.server.wait_idle(quiet=1.2)
    assert len(ann.seen()) == 1


async def test_an_answer_that_may_not_have_arrived_is_not_repeated_but_told_of_once(
    bot: BotProcess, newcomer: Callable[..., Person]
) -> None:
    """Scenario 37: whether the call took effect before it failed or did not, the bot cannot know."""
    cases = [(kind, after) for kind in ("500", "502", "drop", "html", "garbage") for after in (False, True)]
    askers = {case: newcomer() for case in cases}
    for (kind, after), person in askers.items():
        bot.server.fault(kind, "sendMessage", chat_id=person.id, after=after)
        person.say(QUESTION)
    for (kind, after), person in askers.items():
        seen = await bot.server.wait_messages(person.id, 1 + after)
        assert [message["text"] == DOUBT for message in seen] == [False] * after + [True], (kind, after)
        assert seen[-1]["reply_to_message"]["text"] == QUESTION
    await bot.server.wait_idle(quiet=1.2)
    assert all(len(person.seen()) == 1 + after for (_, after), person in askers.items())
    assert all(bot.server.chats[person.id].reactions == {} for person in askers.values())


async def test_a_word_that_may_not_have_arrived_either_becomes_a_sign(bot: BotProcess, ann: Person) -> None:
    """A reaction can be repeated until it is there, without harm."""
    bot.server.fault("500", "sendMessage", chat_id=ann.id, times=2)
    bot.server.fault("drop", "setMessageReaction", chat_id=ann.id)
    question = ann.say(QUESTION)["message_id"]
    await bot.server.wait_for(lambda: bot.server.chats[ann.id].reactions)
    assert bot.server.chats[ann.id].reactions == {question: ["🙏"]}
    assert "怎么问" in (await ann.ask("/help"))["text"]
    assert len(ann.seen()) == 1


async def test_in_a_group_only_who_addressed_the_bot_is_told(bot: BotProcess, make_shop: Callable[..., Shop]) -> None:
    forum, auto = make_shop(is_forum=True), make_shop()
    topic = bot.server.add_topic(forum.id, "优惠", forum.owner)
    await auto.ask("/mode auto", auto.owner)
    for shop in (forum, auto):
        bot.server.fault("drop", "sendMessage", chat_id=shop.id)
    auto.say("优惠券的面额是多少？")
    told = await forum.ask(f"/ask {QUESTION}", thread=topic)
    assert told["text"] == DOUBT
    assert told["message_thread_id"] == topic
    await bot.server.wait_idle(quiet=1.2)
    assert len(auto.calls("sendmessage")) == 2
    assert len(auto.seen()) == len(forum.seen()) == 1


@pytest.mark.parametrize("kind", ["500", "drop", "429"])
async def test_an_answer_does_not_hang_on_the_typing_sign(bot: BotProcess, ann: Person, kind: str) -> None:
    bot.server.fault(kind, "sendChatAction", delay=1, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION))["text"]


async def test_an_answer_does_not_wait_long_for_a_slow_typing_sign(bot: BotProcess, ann: Person) -> None:
    bot.server.fault("slow", "sendChatAction", delay=15, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION, within=12))["text"]


async def test_a_keyboard_that_telegram_refuses_costs_only_the_keyboard(bot: BotProcess, ann: Person) -> None:
    bot.server.fault(
        "400", "sendMessage", chat_id=ann.id, description="inline keyboard button URL 'x' is invalid: Wrong HTTP URL"
    )
    answer = await ann.ask(QUESTION)
    assert "十八号" in answer["text"]
    assert "reply_markup" not in answer


async def test_polling_survives_bad_gateways_and_lost_connections(bot: BotProcess, ann: Person) -> None:
    """Scenario 37."""
    for kind in ("502", "html"):
        bot.server.fault(kind, "getUpdates")
    bot.server.fault("drop", "getUpdates", after=True)
    await ann.ask("/help")
    assert "十八号" in (await ann.ask(QUESTION))["text"]


@pytest.mark.parametrize("kind", ["401", "404"])
async def test_polling_survives_a_gateway_that_knows_no_token(bot: BotProcess, ann: Person, kind: str) -> None:
    bot.server.fault(kind, "getUpdates")
    await ann.ask("/help")
    assert "十八号" in (await ann.ask(QUESTION))["text"]
    assert f"getUpdates was answered with {kind}" in bot.log


async def test_an_error_of_ours_is_excused_in_one_line_and_logged_without_the_token(
    bot: BotProcess, ann: Person
) -> None:
    """Scenario 40."""
    ann.say("breakdown")
    (apology,) = await bot.server.wait_messages(ann.id, 1)
    assert apology["text"].startswith("Sorry") or apology["text"].startswith("抱歉")
    assert "RuntimeError: broken on purpose, and careless with [REDACTED]" in bot.log
    assert "十八号" in (await ann.ask(QUESTION))["text"]


async def test_an_update_delivered_twice_is_answered_once(bot: BotProcess, ann: Person) -> None:
    """Scenario 38."""
    await ann.ask(QUESTION)
    bot.server.redeliver(bot.server.updates[-1]["update_id"])
    await bot.server.wait_idle()
    assert "怎么问" in (await ann.ask("/help"))["text"]
    assert len(ann.seen()) == 2
