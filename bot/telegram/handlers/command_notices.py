"""What becomes of an operators' command where it is not handled: a notice to an operator, silence to all others."""

from __future__ import annotations

import logging

from telegram import Update

from bot.observability.pseudonyms import Pseudonyms
from bot.telegram.rendering.answers import line
from bot.telegram.transport.replies import reply
from bot.telegram.updates.context import Context, Handler, words_for

logger = logging.getLogger(__name__)


class CommandNotices:
    """Handlers for operators' commands in groups."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names

    def only_in_private(self, key: str) -> Handler:
        """A handler that tells an operator, by the text with that key, that a command works in private only."""

        async def handle(update: Update, context: Context) -> None:
            if update.message is not None:
                await reply(update.message, line(words_for(update.message.from_user)(key)))

        return handle

    async def no_operator(self, update: Update, context: Context) -> None:
        """An operators' command from somebody else in a group: logged, and met with silence."""
        if update.message is not None:
            user = update.message.from_user
            logger.info("update %s: %s is no operator", update.update_id, self._names.of(user.id if user else None))
