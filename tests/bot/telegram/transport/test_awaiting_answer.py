"""Who waits for an answer to an update, told from real updates of the local Bot API server."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator

import pytest
from telegram import Update, User

from bot.state.chats import Chats, Mode
from bot.state.journal import AwaitedAnswer
from bot.telegram.commands import COMMANDS
from bot.telegram.transport.awaiting_answer import AnswerExpectation
from tests.end_to_end.server import FakeBotApi


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(privacy=False) as api:
        yield api


@pytest.fixture
def chats(state: sqlite3.Connection) -> Chats:
    return Chats(state)


@pytest.fixture
def ann(server: FakeBotApi) -> int:
    return server.add_user("Ann", language_code="zh-hans")


def _who(server: FakeBotApi, chats: Chats, *channels: int) -> AwaitedAnswer | None:
    """Who waits for an answer to the latest update."""
    me = User.de_json(server.me)
    update = Update.de_json(server.updates[-1])
    assert update is not None
    return AnswerExpectation(lambda: me, chats, channels, COMMANDS)(update)


async def test_in_private_everybody_waits(server: FakeBotApi, chats: Chats, ann: int) -> None:
    for number, text in enumerate(("会员日选在每月哪天？", "/ask 问题", "/help", "/forget"), start=1):
        server.say(ann, ann, text)
        assert _who(server, chats) == AwaitedAnswer(ann, ann, None, number, "zh-hans")
    server.say(ann, ann, None, extra={"sticker": {"file_id": "1", "file_unique_id": "1", "type": "regular"}})


async def test_what_would_do_something_else_the_second_time_is_done_once(
    server: FakeBotApi, chats: Chats, ann: int
) -> None:
    for text, again in (("/undo", False), ("/rollback", False), ("/suggest 一篇文章", False), ("/status", True)):
        server.say(ann, ann, text)
        asking = _who(server, chats)
        assert asking is not None
        assert asking.idempotent is again, text


async def test_in_a_group_only_who_addresses_the_bot_waits(server: FakeBotApi, chats: Chats, ann: int) -> None:
    group = server.add_chat("supergroup", "Shop", members=[ann], is_forum=True)
    topic = server.add_topic(group, "Fees", ann)
    chats.set_mode(group, Mode.AUTO)
    for text in ("今天生意不错", "优惠券的面额是多少？", "/foo", "/help@otherbot"):
        server.say(group, ann, text)
        assert _who(server, chats) is None, text
    for text in ("@TestQABot 优惠券的面额是多少？", "/ask 问题", "/help@TestQABot"):
        message = server.say(group, ann, text, thread=topic)
        assert _who(server, chats) == AwaitedAnswer(ann, group, topic, message["message_id"], "zh-hans"), text


async def test_an_edit_is_done_again_but_says_nothing(server: FakeBotApi, chats: Chats, ann: int) -> None:
    message = server.say(ann, ann, "问题")
    server.edit(ann, message["message_id"], "别的问题")
    assert _who(server, chats) == AwaitedAnswer(ann)


async def test_in_an_allowed_channel_doubt_is_not_told_aloud(server: FakeBotApi, chats: Chats, ann: int) -> None:
    channel = server.add_chat("channel", "News", admins=[ann], bot="administrator")
    server.say(channel, None, "今天上新")
    assert _who(server, chats, channel) is None
    server.say(channel, None, "/ask 会员日选在每月哪天？")
    assert _who(server, chats) is None
    asking = _who(server, chats, channel)
    assert asking == AwaitedAnswer(channel, channel, None, 3, notify_by_message=False)


async def test_a_guests_question_can_be_answered_again_but_nothing_else_said(
    server: FakeBotApi, chats: Chats, ann: int
) -> None:
    server.guest(ann, "@TestQABot 会员日选在每月哪天？")
    assert _who(server, chats) == AwaitedAnswer(ann)


async def test_of_the_buttons_those_wait_that_are_answered_with_a_message(
    server: FakeBotApi, chats: Chats, ann: int
) -> None:
    message = server.say(ann, ann, "问题")
    press = {"id": "1", "from": server.users[ann], "message": message, "chat_instance": "1"}
    for data, expected in (("p1:0123456789abcdef", AwaitedAnswer(ann, ann, None, 1, "zh-hans")), ("v1:1:u", None)):
        server.push("callback_query", {**press, "data": data})
        assert _who(server, chats) == expected
