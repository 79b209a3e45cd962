"""Where an update came from, by what it holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from telegram import Chat, InlineQuery, Message, Update, User

from bot.model import Surface
from bot.telegram.updates.surface import surface_of


@pytest.mark.parametrize(
    ("update", "surface"),
    [
        (Update(1, Message(1, datetime.now(UTC), Chat(1, Chat.PRIVATE))), Surface.PRIVATE),
        (Update(1, Message(1, datetime.now(UTC), Chat(-1, Chat.SUPERGROUP))), Surface.GROUP),
        (Update(1, channel_post=Message(1, datetime.now(UTC), Chat(-1, Chat.CHANNEL))), Surface.CHANNEL),
        (Update(1, guest_message=Message(1, datetime.now(UTC), Chat(-1, Chat.GROUP))), Surface.GUEST),
        (Update(1, inline_query=InlineQuery("1", User(1, "A", False), "x", "")), Surface.INLINE),
        (Update(1), None),
    ],
)
def test_where_an_update_came_from(update: Update, surface: Surface | None) -> None:
    assert surface_of(update) is surface
