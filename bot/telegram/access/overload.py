"""More updates than can be queued: a notice to private chats, at most once a minute, and nothing to groups."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.telegram.rendering.answers import line
from bot.telegram.transport.replies import reply
from bot.telegram.transport.sliding_window import SlidingWindow
from bot.telegram.updates.context import words_for

logger = logging.getLogger(__name__)

_AT_ONCE = 50  # notices that are being sent; more would themselves overload the bot


class OverloadReply:
    """Replies in the place of handling. A group gets no notice: it would only have more to read."""

    def __init__(self) -> None:
        self._notified = SlidingWindow(1)
        self._sending = 0

    async def turn_away(self, update: Update) -> None:
        """Send the notice that the bot is busy, where one is due."""
        message = update.message
        if message is None or message.chat.type != ChatType.PRIVATE or self._sending >= _AT_ONCE:
            return
        if not self._notified.take(message.chat.id, message.date.timestamp()):
            return
        self._sending += 1
        try:
            await reply(message, line(words_for(message.from_user)("busy")))
        except TelegramError as error:
            logger.info("chat %s could not be told of the overload: %s", message.chat.id, error.message)
        finally:
            self._sending -= 1
