"""The way in: each update once, written down first, worked again after a crash."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from telegram import Update
from telegram.ext import ExtBot

from bot.state.database import open_state
from bot.state.journal import AwaitedAnswer, Journal
from bot.telegram.transport.update_queue import JournaledUpdateQueue, SeenUpdates
from tests.end_to_end.server import FakeBotApi


@pytest.fixture
def state(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_state(tmp_path)) as database:
        yield database


def _asks(update: Update) -> AwaitedAnswer | None:
    message = update.message
    return AwaitedAnswer(1, message.chat.id, None, message.message_id) if message is not None else None


def _said(server: FakeBotApi, bot: ExtBot[None], user: int, text: str) -> Update:
    server.say(user, user, text)
    update = Update.de_json(server.updates[-1], bot)
    assert update is not None
    return update


def test_an_update_delivered_twice_is_known() -> None:
    repeats = SeenUpdates((5,), remembered=2)
    assert not repeats.is_new(5)
    assert repeats.is_new(1)
    assert not repeats.is_new(1)
    assert repeats.is_new(2)
    assert repeats.is_new(3)
    assert repeats.is_new(1)  # forgotten by then, so that memory stays bounded


async def test_an_update_comes_in_once_also_over_a_restart(
    server: FakeBotApi, bot: ExtBot[None], state: sqlite3.Connection
) -> None:
    ann = server.add_user("Ann")
    update = _said(server, bot, ann, "问题")
    update_queue = JournaledUpdateQueue(Journal(state, 1), _asks)
    for _ in range(2):
        await update_queue.put(update)
    assert update_queue.qsize() == 1

    again = JournaledUpdateQueue(Journal(state, 1), _asks)
    await again.resume(bot, since=0.0)
    await again.put(update)
    assert again.qsize() == 1
    resumed = await again.get()
    assert isinstance(resumed, Update)
    assert json.loads(resumed.to_json()) == json.loads(update.to_json())
    assert resumed.message is not None
    assert resumed.message.get_bot() is bot


async def test_what_cannot_be_written_down_or_read_again_stops_nothing(
    server: FakeBotApi, bot: ExtBot[None], state: sqlite3.Connection
) -> None:
    def breaks(update: Update) -> AwaitedAnswer | None:
        raise ValueError("ours")

    ann = server.add_user("Ann")
    update_queue = JournaledUpdateQueue(Journal(state, 1), breaks)
    await update_queue.put(_said(server, bot, ann, "问题"))
    assert update_queue.qsize() == 1

    journal = Journal(state, 1)
    journal.receive(7, AwaitedAnswer(ann, ann, None, 1), "{broken")
    after = Journal(state, 1)
    update_queue = JournaledUpdateQueue(after, _asks)
    await update_queue.resume(bot, since=0.0)
    assert update_queue.empty()
    assert [entry.update for entry in after.notices_due()] == [7]


async def test_a_button_pressed_long_ago_is_not_served_any_more(
    server: FakeBotApi, bot: ExtBot[None], state: sqlite3.Connection
) -> None:
    ann = server.add_user("Ann")
    message = server.say(ann, ann, "问题")
    press = {"id": "1", "from": server.users[ann], "message": message, "chat_instance": "1", "data": "x"}
    server.push("callback_query", press)
    update = Update.de_json(server.updates[-1], bot)
    assert update is not None
    Journal(state, 1, clock=lambda: 1000.0).receive(
        update.update_id, AwaitedAnswer(ann, ann, None, 1), update.to_json()
    )
    after = Journal(state, 1)
    update_queue = JournaledUpdateQueue(after, _asks)
    await update_queue.resume(bot, since=1001.0)
    assert update_queue.empty()
    assert len(after.notices_due()) == 1
