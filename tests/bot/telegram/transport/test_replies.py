"""Sending through a real python-telegram-bot application to the local Bot API server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram import Bot, CallbackQuery, InaccessibleMessage, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.ext import Defaults, ExtBot

from bot.telegram.rendering.answers import Button, Outgoing
from bot.telegram.transport.rate_limiter import RateLimiter
from bot.telegram.transport.replies import acknowledge, keyboard, reply, typing
from tests.end_to_end.server import FakeBotApi

BUTTONS = ((Button("原文 1", data="p1:1"),), (Button("打开文章", url="https://example.com"),))


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        api.rate_limits = True
        yield api


@pytest_asyncio.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[Bot]:
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        allow_sending_without_reply=True,
    )
    async with ExtBot(server.token, base_url=server.base_url, defaults=defaults, rate_limiter=RateLimiter()) as bot:
        yield bot


@pytest.fixture
def message(server: FakeBotApi, bot: Bot, ann: int) -> Message:
    """What Ann wrote, as python-telegram-bot hands it to a handler."""
    return _message(server.say(ann, ann, "问题"), bot)


def _message(document: dict[str, object], bot: Bot) -> Message:
    message = Message.de_json(document, bot)
    assert isinstance(message, Message)
    return message


def test_no_buttons_is_no_keyboard() -> None:
    assert keyboard(()) is None


def test_a_keyboard_keeps_rows() -> None:
    markup = keyboard(BUTTONS)
    assert markup is not None
    assert [[button.text for button in row] for row in markup.inline_keyboard] == [["原文 1"], ["打开文章"]]


async def test_parts_arrive_in_order_with_the_keyboard_below_the_last(
    server: FakeBotApi, ann: int, message: Message
) -> None:
    await reply(message, Outgoing(("<b>一</b>", "二", "三"), BUTTONS))
    sent = server.bot_messages(ann)
    assert [part["text"] for part in sent] == ["一", "二", "三"]
    assert ["reply_to_message" in part for part in sent] == [True, False, False]
    assert ["reply_markup" in part for part in sent] == [False, False, True]
    quiet = [call["params"].get("disable_notification") for call in server.transcript("sendmessage")]
    assert [str(flag).lower() for flag in quiet] == ["false", "true", "true"]
    assert all(call["error"] is None for call in server.transcript("sendmessage"))


async def test_a_refused_keyboard_does_not_cost_the_text(server: FakeBotApi, ann: int, message: Message) -> None:
    await reply(message, Outgoing(("文字",), ((Button("打开文章", url="nonsense"),),)))
    (sent,) = server.bot_messages(ann)
    assert sent["text"] == "文字"
    assert "reply_markup" not in sent


async def test_a_deleted_question_is_answered_without_a_reply(server: FakeBotApi, ann: int, message: Message) -> None:
    server.delete(ann, message.message_id)
    await reply(message, Outgoing(("文字",)))
    assert server.bot_texts(ann) == ["文字"]


async def test_a_message_from_long_ago_still_tells_the_chat(
    server: FakeBotApi, ann: int, message: Message, bot: Bot
) -> None:
    old = InaccessibleMessage(message.chat, message.message_id)
    old.set_bot(bot)
    async with typing(old):
        await asyncio.sleep(0)
    await reply(old, Outgoing(("文字",), BUTTONS))
    assert server.bot_texts(ann) == ["文字"]
    assert "reply_markup" in server.bot_messages(ann)[0]
    assert server.transcript("sendchataction")[0]["error"] is None


async def test_two_replies_at_once_keep_telegrams_pace(server: FakeBotApi, ann: int, message: Message) -> None:
    await asyncio.gather(*(reply(message, Outgoing((text,))) for text in "一二"))
    assert sorted(server.bot_texts(ann)) == ["一", "二"]
    assert all(call["error"] is None for call in server.transcript("sendmessage"))


async def test_the_pace_of_one_chat_is_not_that_of_another(
    server: FakeBotApi, ann: int, message: Message, bot: Bot
) -> None:
    bob = server.add_user("Bob")
    other = _message(server.say(bob, bob, "问题"), bot)
    await reply(message, Outgoing(("一",)))
    slow = asyncio.create_task(reply(message, Outgoing(("二",))))
    await asyncio.sleep(0)
    await reply(other, Outgoing(("三",)))
    assert server.bot_texts(bob) == ["三"]
    assert server.bot_texts(ann) == ["一"]
    await slow


async def test_a_group_is_sent_no_more_than_it_takes_and_holds_up_nobody(server: FakeBotApi, ann: int) -> None:
    group = server.add_chat("supergroup", "Shop", members=[ann])
    server.limits["group"] = (4, 3.0)
    began = time.monotonic()
    async with ExtBot(server.token, base_url=server.base_url, rate_limiter=RateLimiter(in_group=(4, 3.1))) as bot:
        busy = [asyncio.create_task(bot.send_message(group, str(number))) for number in range(8)]
        await server.wait_for(lambda: len(server.bot_texts(group)) == 4)
        await bot.send_message(ann, "一")
        await bot.send_chat_action(group, "typing")
        # The others' time has not come yet, unless the machine is busy.
        assert len(server.bot_texts(group)) == 4 or time.monotonic() - began > 3.0
        await asyncio.gather(*busy)
    # Calls made at once may overtake each other on their way; the bot makes those of one chat one after the other.
    assert sorted(server.bot_texts(group)) == [str(number) for number in range(8)]
    assert all(call["error"] is None for call in server.transcript())


async def test_fifty_answers_at_once_arrive_without_a_refusal(server: FakeBotApi, bot: Bot) -> None:
    people = [server.add_user("Ann", started=True) for _ in range(50)]
    began = time.monotonic()
    signs = asyncio.gather(*(bot.send_chat_action(person, "typing") for person in people))
    await asyncio.gather(signs, *(bot.send_message(person, "一") for person in people))
    assert time.monotonic() - began < 25  # one a second would take fifty
    assert [server.bot_texts(person) for person in people] == [["一"]] * 50
    assert all(call["error"] is None for call in server.transcript())
    assert 0 < len(server.transcript("sendchataction")) < 50  # none waits, some are left out


async def test_typing_is_shown_before_anything_that_follows(server: FakeBotApi, message: Message) -> None:
    async with typing(message):
        await asyncio.sleep(0)
    await reply(message, Outgoing(("文字",)))
    assert [call["method"] for call in server.transcript() if call["method"] != "getme"] == [
        "sendchataction",
        "sendmessage",
    ]


async def test_typing_is_shown_again_before_it_fades(
    server: FakeBotApi, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.transport.replies._TYPING_EVERY", 0.05)
    async with typing(message):
        await server.wait_for(lambda: len(server.transcript("sendchataction")) >= 3)
    shown = len(server.transcript("sendchataction"))
    await asyncio.sleep(0.2)
    assert len(server.transcript("sendchataction")) == shown


async def test_typing_that_fails_is_nobodys_trouble(server: FakeBotApi, message: Message) -> None:
    server.fault("500", "sendChatAction")
    async with typing(message):
        await asyncio.sleep(0)


async def test_typing_that_hangs_holds_an_answer_for_a_second_at_most(
    server: FakeBotApi, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.transport.replies._TYPING_PATIENCE", 0.05)
    server.fault("slow", "sendChatAction", delay=15)
    async with asyncio.timeout(8):
        async with typing(message):
            await asyncio.sleep(0)


async def test_typing_lets_errors_through(message: Message) -> None:
    with pytest.raises(ValueError, match="ours"):
        async with typing(message):
            raise ValueError("ours")


async def test_a_press_is_acknowledged_with_or_without_an_alert(server: FakeBotApi, bot: Bot, ann: int) -> None:
    for alert in (None, "这个按钮已经失效"):
        number = server.query()
        await acknowledge(_query(number, ann, bot), alert)
        assert server.queries[number]["answer"].get("text") == alert


async def test_a_press_that_is_too_old_is_no_error(bot: Bot, ann: int) -> None:
    await acknowledge(_query("12345", ann, bot), "alert")


def _query(number: str, user: int, bot: Bot) -> CallbackQuery:
    sender = {"id": user, "is_bot": False, "first_name": "Ann"}
    query = CallbackQuery.de_json({"id": number, "from": sender, "chat_instance": "1", "data": "x"}, bot)
    assert isinstance(query, CallbackQuery)
    return query
