"""Questions from before the start, told of through a real bot to the local Bot API server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from telegram import Bot, Message

from bot.state.database import open_state
from bot.state.journal import Journal
from bot.telegram.access.late_questions import LateQuestions
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from tests.end_to_end.server import FakeBotApi


@pytest.fixture
def delivery_tracker(tmp_path: Path) -> Iterator[DeliveryTracker]:
    with closing(open_state(tmp_path)) as state:
        yield DeliveryTracker(Journal(state, 1))


def _said(server: FakeBotApi, bot: Bot, user: int, minutes_ago: float) -> Message:
    document = server.say(user, user, "问题", extra={"date": int(time.time() - 60 * minutes_ago)})
    message = Message.de_json(document, bot)
    assert isinstance(message, Message)
    return message


async def test_only_what_is_older_than_the_limit_is_late(
    server: FakeBotApi, bot: Bot, delivery_tracker: DeliveryTracker
) -> None:
    ann = server.add_user("Ann")
    old, young = _said(server, bot, ann, 11), _said(server, bot, ann, 9)
    late_questions = LateQuestions(10, delivery_tracker)
    assert not late_questions.is_late(old)  # nothing is before the start
    late_questions.start()
    assert late_questions.is_late(old)
    assert not late_questions.is_late(young)
    edited = server.edit(ann, old.message_id, "别的问题")
    assert not late_questions.is_late(Message.de_json(edited, bot))
    everything = LateQuestions(0, delivery_tracker)
    everything.start()
    assert not everything.is_late(old)


async def test_a_chat_is_told_once_when_no_more_comes(
    server: FakeBotApi, bot: Bot, delivery_tracker: DeliveryTracker
) -> None:
    ann, bob = server.add_user("Ann"), server.add_user("Bob", language_code="zh")
    late_questions = LateQuestions(10, delivery_tracker, quiet=0.1)
    for _ in range(3):
        late_questions.add(_said(server, bot, ann, 11))
    late_questions.add(_said(server, bot, bob, 11))
    assert server.bot_texts(ann) == []
    await server.wait_messages(ann, 1)
    await server.wait_messages(bob, 1)
    assert "(3)" in server.bot_texts(ann)[0]
    assert "有 1 条问题" in server.bot_texts(bob)[0]
    late_questions.add(_said(server, bot, ann, 11))
    await server.wait_messages(ann, 2)
    assert "(1)" in server.bot_texts(ann)[1]
    await late_questions.close()
    assert len(server.bot_texts(ann)) == 2


async def test_closing_tells_at_once(server: FakeBotApi, bot: Bot, delivery_tracker: DeliveryTracker) -> None:
    ann = server.add_user("Ann")
    late_questions = LateQuestions(10, delivery_tracker, quiet=60)
    late_questions.add(_said(server, bot, ann, 11))
    await late_questions.close()
    assert len(server.bot_texts(ann)) == 1
    await late_questions.close()
    assert len(server.bot_texts(ann)) == 1


async def test_who_cannot_be_told_harms_nobody(server: FakeBotApi, bot: Bot, delivery_tracker: DeliveryTracker) -> None:
    ann, bob = server.add_user("Ann"), server.add_user("Bob")
    late_questions = LateQuestions(10, delivery_tracker, quiet=60)
    late_questions.add(_said(server, bot, ann, 11))
    late_questions.add(_said(server, bot, bob, 11))
    server.block(ann)
    await late_questions.close()
    assert server.bot_texts(ann) == []
    assert len(server.bot_texts(bob)) == 1
