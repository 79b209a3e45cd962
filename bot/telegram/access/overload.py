"""More updates than are taken in: one word to whoever waits for an answer, and silence to the rest."""

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

_AT_ONCE = 50  # words on their way; more would themselves be the crowd


class OverloadReply:
    """Turns updates away. A private chat is told once a minute; a group would only get more to read."""

    def __init__(self) -> None:
        self._told = SlidingWindow(1)
        self._telling = 0

    async def turn_away(self, update: Update) -> None:
        """Say that too many people ask, if there is anybody to say it to."""
        message = update.message
        if message is None or message.chat.type != ChatType.PRIVATE or self._telling >= _AT_ONCE:
            return
        if not self._told.take(message.chat.id, message.date.timestamp()):
            return
        self._telling += 1
        try:
            await reply(message, line(words_for(message.from_user)("busy")))
        except TelegramError as error:
            logger.info("chat %s could not be told of the crowd: %s", message.chat.id, error.message)
        finally:
            self._telling -= 1
