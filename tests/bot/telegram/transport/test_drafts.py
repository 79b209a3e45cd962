"""A draft is a sign: it takes no turn, tells the journal nothing, and whatever becomes of it holds nothing up."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.state.journal import AwaitedAnswer, Journal
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from bot.telegram.transport.rate_limiter import RateLimiter
from bot.telegram.transport.send_request import SendRequest
from tests.end_to_end.server import FakeBotApi


@pytest_asyncio.fixture
async def bot(server: FakeBotApi, delivery_tracker: DeliveryTracker) -> AsyncIterator[ExtBot[int]]:
    request = SendRequest(delivery_tracker, timeout=1)
    async with ExtBot(server.token, base_url=server.base_url, request=request, rate_limiter=RateLimiter()) as bot:
        yield bot


def drafts(server: FakeBotApi) -> int:
    return len(server.transcript("sendmessagedraft"))


async def test_a_message_after_a_draft_does_not_wait_for_its_turn(
    server: FakeBotApi, bot: ExtBot[int], ann: int
) -> None:
    began = time.monotonic()
    await bot.send_message_draft(ann, 1, "半句")
    await bot.send_message(ann, "一句")
    assert time.monotonic() - began < 0.9


async def test_drafts_that_come_too_fast_are_left_out(server: FakeBotApi, bot: ExtBot[int], ann: int) -> None:
    began = time.monotonic()
    for _ in range(5):
        await bot.send_message_draft(ann, 1, "半句")
    assert drafts(server) <= 1 + (time.monotonic() - began) / 0.8


async def test_drafts_of_all_chats_together_have_a_limit(server: FakeBotApi, bot: ExtBot[int]) -> None:
    people = [server.add_user(f"P{n}", started=True) for n in range(30)]
    began = time.monotonic()
    for person in people:
        await bot.send_message_draft(person, 1, "半句")
    assert drafts(server) <= 20 * (1 + (time.monotonic() - began))


@pytest.mark.parametrize("kind", ["500", "drop", "html", "400"])
async def test_what_becomes_of_a_draft_is_not_what_becomes_of_the_answer(
    server: FakeBotApi,
    state: sqlite3.Connection,
    journal: Journal,
    delivery_tracker: DeliveryTracker,
    bot: ExtBot[int],
    ann: int,
    kind: str,
) -> None:
    server.fault(kind, "sendMessageDraft")
    journal.receive(1, AwaitedAnswer(ann, ann, None, 1), "raw")
    with delivery_tracker.working(1):
        with pytest.raises(NetworkError):
            await bot.send_message_draft(ann, 1, "半句")
        assert drafts(server) == 1
        assert state.execute("SELECT stage FROM journal WHERE update_id = 1").fetchone() == ("received",)
    assert state.execute("SELECT stage FROM journal WHERE update_id = 1").fetchone() == ("done",)
