"""Telegram falters, or the bot itself does."""

from __future__ import annotations

import pytest

from tests.telegram.bot_process import BotProcess
from tests.telegram.people import Person

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


async def test_a_flood_limit_delays_the_answer(bot: BotProcess, ann: Person) -> None:
    """Scenario 37."""
    bot.server.fault("429", "sendMessage", delay=1, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION))["text"]
    await bot.server.wait_idle()
    assert len(ann.seen()) == 1


@pytest.mark.parametrize("kind", ["500", "502", "drop", "403"])
async def test_an_answer_that_cannot_be_sent_is_given_up(bot: BotProcess, ann: Person, kind: str) -> None:
    """Scenario 37."""
    bot.server.fault(kind, "sendMessage", chat_id=ann.id)
    ann.say(QUESTION)
    await bot.server.wait_for(lambda: ann.calls("sendmessage"))
    assert "怎么问" in (await ann.ask("/help"))["text"]
    assert len(ann.seen()) == 1


async def test_an_answer_that_arrives_too_slowly_is_not_sent_twice(bot: BotProcess, ann: Person) -> None:
    """Scenario 37: longer than the bot waits for Telegram."""
    bot.server.fault("slow", "sendMessage", delay=6, chat_id=ann.id)
    ann.say(QUESTION)
    await bot.server.wait_messages(ann.id, 1)
    await bot.server.wait_idle()
    assert len(ann.seen()) == 1
    assert "怎么问" in (await ann.ask("/help"))["text"]


async def test_an_answer_whose_receipt_is_lost_is_not_sent_twice(bot: BotProcess, ann: Person) -> None:
    """Scenario 37."""
    bot.server.fault("drop", "sendMessage", after=True, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION))["text"]
    await bot.server.wait_idle()
    assert len(ann.seen()) == 1


@pytest.mark.parametrize("kind", ["500", "drop", "429"])
async def test_an_answer_does_not_hang_on_the_typing_sign(bot: BotProcess, ann: Person, kind: str) -> None:
    bot.server.fault(kind, "sendChatAction", delay=1, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION))["text"]


async def test_an_answer_does_not_wait_long_for_a_slow_typing_sign(bot: BotProcess, ann: Person) -> None:
    bot.server.fault("slow", "sendChatAction", delay=6, chat_id=ann.id)
    assert "十八号" in (await ann.ask(QUESTION, within=4))["text"]


async def test_a_keyboard_that_telegram_refuses_costs_only_the_keyboard(bot: BotProcess, ann: Person) -> None:
    bot.server.fault(
        "400", "sendMessage", chat_id=ann.id, description="inline keyboard button URL 'x' is invalid: Wrong HTTP URL"
    )
    answer = await ann.ask(QUESTION)
    assert "十八号" in answer["text"]
    assert "reply_markup" not in answer


async def test_polling_survives_bad_gateways_and_lost_connections(bot: BotProcess, ann: Person) -> None:
    """Scenario 37."""
    bot.server.fault("502", "getUpdates", times=2)
    bot.server.fault("drop", "getUpdates")
    await ann.ask("/help")
    assert "十八号" in (await ann.ask(QUESTION, within=20))["text"]


@pytest.mark.parametrize("kind", ["401", "404"])
async def test_polling_survives_a_gateway_that_knows_no_token(bot: BotProcess, ann: Person, kind: str) -> None:
    bot.server.fault(kind, "getUpdates")
    await ann.ask("/help")
    assert "十八号" in (await ann.ask(QUESTION, within=20))["text"]
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
