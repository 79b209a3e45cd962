"""Calls through the request that the bot uses, to the local Bot API server and to ports where nobody listens."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.locales import texts
from bot.state.journal import AwaitedAnswer, Journal
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from bot.telegram.transport.lost_answer_notices import LostAnswerNotices
from bot.telegram.transport.send_request import SendOutcome, SendRequest, outcome_of
from tests.end_to_end.server import FakeBotApi

DOUBT = texts("en")("answer_in_doubt")


@pytest_asyncio.fixture
async def bot(server: FakeBotApi, delivery_tracker: DeliveryTracker) -> AsyncIterator[ExtBot[None]]:
    async with ExtBot(server.token, base_url=server.base_url, request=SendRequest(delivery_tracker, timeout=1)) as bot:
        yield bot


@pytest.mark.parametrize(
    ("code", "payload", "fate"),
    [
        (200, b'{"ok": true, "result": {}}', SendOutcome.CONFIRMED),
        (200, b"<html>Please sign in</html>", SendOutcome.UNKNOWN),
        (200, b"[]", SendOutcome.UNKNOWN),
        (302, b"", SendOutcome.PUT_OFF),
        (400, b'{"ok": false}', SendOutcome.REFUSED),
        (403, b'{"ok": false}', SendOutcome.REFUSED),
        (401, b'{"ok": false}', SendOutcome.PUT_OFF),
        (404, b"<html>", SendOutcome.PUT_OFF),
        (429, b'{"ok": false}', SendOutcome.PUT_OFF),
        (500, b'{"ok": false}', SendOutcome.UNKNOWN),
        (502, b"<html>", SendOutcome.UNKNOWN),
        (504, b"", SendOutcome.UNKNOWN),
    ],
)
def test_what_an_answer_says_of_a_call(code: int, payload: bytes, fate: SendOutcome) -> None:
    assert outcome_of(code, payload) is fate


def _stage(state: sqlite3.Connection) -> str:
    return str(state.execute("SELECT stage FROM journal WHERE update_id = 1").fetchone()[0])


@pytest.mark.parametrize(
    ("kind", "after", "stage"),
    [
        ("500", False, "owed"),
        ("502", True, "owed"),
        ("drop", False, "owed"),
        ("drop", True, "owed"),
        ("hang", False, "owed"),
        ("html", True, "owed"),
        ("garbage", False, "owed"),
        ("401", False, "owed"),
        ("400", False, "done"),
        ("403", False, "done"),
    ],
)
async def test_what_the_journal_says_after_a_failure(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
    kind: str,
    after: bool,
    stage: str,
) -> None:
    server.fault(kind, "sendMessage", after=after, delay=2)
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
    with delivery_tracker.working(1), suppress(TelegramError):
        await bot.send_message(ann, "回答")
    assert _stage(state) == stage
    assert len(server.transcript("sendmessage")) == 1
    assert delivery_tracker.notice_due.is_set() == (stage == "owed")


async def test_the_journal_knows_of_a_message_before_it_leaves(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
) -> None:
    server.fault("slow", "sendMessage", delay=0.3)
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
    with delivery_tracker.working(1):
        sending = asyncio.current_task()
        assert sending is not None

        async def look() -> str:
            await server.wait_for(lambda: not server.faults)
            return _stage(state)

        looking = asyncio.create_task(look())
        await bot.send_chat_action(ann, "typing")
        assert _stage(state) == "received"
        await bot.send_message(ann, "回答")
        assert await looking == "sending"
    assert _stage(state) == "done"


async def test_what_another_task_sends_answers_nobody(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
) -> None:
    """A notice to the operators, say, that somebody's suggestion has led to."""
    server.fault("500", "sendMessage")
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
    with delivery_tracker.working(1):
        with suppress(NetworkError):
            await asyncio.create_task(bot.send_message(ann, "别的"))
        assert _stage(state) == "received"
    assert _stage(state) == "done"


async def test_what_could_not_leave_is_sent_when_somebody_listens(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
) -> None:
    port = int(server.url.rpartition(":")[2])
    await server.stop()
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
    with delivery_tracker.working(1):
        sending = asyncio.create_task(bot.send_message(ann, "别的"))
        await asyncio.sleep(0.3)
        assert _stage(state) == "received"
        await server.start(port)
        await sending
    assert server.bot_texts(ann) == ["别的"]


async def test_who_stops_does_not_wait_and_leaves_the_question_for_the_next_start(
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    server: FakeBotApi,
    ann: int,
) -> None:
    await server.stop()
    delivery_tracker.attach(lambda: False)
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
    began = time.monotonic()
    with delivery_tracker.working(1), pytest.raises(NetworkError):
        await bot.send_message(ann, "回答")
    assert time.monotonic() - began < 10  # it would be minutes
    assert _stage(state) == "received"


async def test_patience_ends(
    server: FakeBotApi, state: sqlite3.Connection, journal: Journal, delivery_tracker: DeliveryTracker, ann: int
) -> None:
    request = SendRequest(delivery_tracker, timeout=1, patience=0)
    async with ExtBot(server.token, base_url=server.base_url, request=request) as bot:
        await server.stop()
        journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
        with delivery_tracker.working(1), pytest.raises(NetworkError):
            await bot.send_message(ann, "回答")
    assert _stage(state) == "owed"


@pytest.mark.parametrize(("kind", "after"), [("drop", True), ("502", False), ("html", True)])
async def test_what_does_no_harm_twice_is_repeated(
    server: FakeBotApi, bot: ExtBot[None], ann: int, kind: str, after: bool
) -> None:
    sent = await bot.send_message(ann, "一")
    server.fault(kind, "editMessageText", after=after)
    with suppress(BadRequest):  # not modified: the first call took effect
        await bot.edit_message_text("二", ann, sent.message_id)
    assert server.bot_texts(ann) == ["二"]
    server.guest(ann, "@TestQABot 问题")
    number = server.updates[-1]["guest_message"]["guest_query_id"]
    server.fault(kind, "answerGuestQuery", after=after)
    with suppress(BadRequest):  # answered already
        await bot.answer_guest_query(number, InlineQueryResultArticle("1", "t", InputTextMessageContent("答")))
    assert server.queries[number]["answer"] is not None


async def _settled(server: FakeBotApi, state: sqlite3.Connection) -> None:
    await server.wait_for(lambda: state.execute("SELECT 1 FROM journal WHERE stage <> 'done'").fetchone() is None)


async def test_a_channel_gets_a_sign_and_no_post(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
) -> None:
    channel = server.add_chat("channel", "News", admins=[ann], bot="administrator")
    post = server.say(channel, None, "/ask 问题")["message_id"]
    journal.receive(1, AwaitedAnswer(channel, channel, None, post, notify_by_message=False), "raw")
    journal.notify_later(1)
    lost_answer_notices = LostAnswerNotices(journal, delivery_tracker, pause=0.01)
    lost_answer_notices.start(bot)
    await _settled(server, state)
    await lost_answer_notices.close()
    assert server.bot_texts(channel) == []
    assert server.chats[channel].reactions == {post: ["🙏"]}


async def test_amends_wait_until_telegram_answers_and_end_where_nobody_is(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
) -> None:
    """Ann has deleted her question, Bob blocks the bot, a guest cannot be told, Carl's group has moved."""
    bob, carl = server.add_user("Bob"), server.add_user("Carl")
    group = server.add_chat("group", "Shop", members=[carl])
    for update, chat in enumerate((ann, bob, group), start=1):
        message = server.say(chat, carl if chat == group else chat, "问题")["message_id"]
        journal.receive(update, AwaitedAnswer(chat, chat, None, message, "en"), "raw")
    journal.receive(4, AwaitedAnswer(ann), "raw")
    server.delete(ann, 1)
    server.block(bob)
    moved = server.migrate(group)
    for update in (1, 2, 3, 4):
        journal.notify_later(update)
    server.fault("502", "getMe", times=2)
    lost_answer_notices = LostAnswerNotices(journal, delivery_tracker, pause=0.01)
    lost_answer_notices.start(bot)
    await _settled(server, state)
    await lost_answer_notices.close()
    assert server.bot_texts(ann) == server.bot_texts(moved) == [DOUBT]
    assert server.bot_texts(bob) == []


async def test_a_full_disk_makes_nobody_hear_it_twice(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[None],
    ann: int,
) -> None:
    server.say(ann, ann, "问题")
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1, "en"), "raw")
    journal.notify_later(1)
    state.execute("PRAGMA query_only = ON")
    lost_answer_notices = LostAnswerNotices(journal, delivery_tracker, pause=0.01)
    lost_answer_notices.start(bot)
    await server.wait_messages(ann, 1)
    await server.wait_for(lambda: server.chats[ann].reactions)
    await lost_answer_notices.close()
    assert server.bot_texts(ann) == [DOUBT]
