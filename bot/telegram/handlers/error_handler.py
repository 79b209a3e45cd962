"""What happens when a handler raises: a log line without secrets, a short apology, never a traceback in a chat."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.observability.metrics import BotMetrics
from bot.telegram.rendering.answers import Outgoing
from bot.telegram.transport.replies import reply
from bot.telegram.transport.stopping import stop
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)

_HARMLESS = (
    "message is not modified",
    "query is too old",
    "message to be replied not found",
    "message to edit not found",
    "topic_closed",
    "message thread not found",
    "not enough rights to send",
)


class ErrorHandler:
    """The one error handler. `conflict` tells after the run whether a second poller was met."""

    def __init__(self, metrics: BotMetrics | None = None) -> None:
        self._metrics = metrics or BotMetrics()
        self.conflict = False

    async def handle(self, update: object, context: Context) -> None:
        """Log and, in a private chat, apologise once for an error of ours."""
        error = context.error
        if isinstance(error, TelegramError):
            self._metrics.telegram_error(type(error).__name__)
        if isinstance(error, Conflict):
            if not self.conflict:
                self.conflict = True
                logger.error("another process polls with the same token; stopping")
                stop(context.application)
            return
        number = update.update_id if isinstance(update, Update) else None
        if isinstance(error, Forbidden):
            logger.info("update %s: the bot may not write there (%s)", number, error.message)
            return
        if isinstance(error, BadRequest) and any(text in error.message.lower() for text in _HARMLESS):
            logger.info("update %s: %s", number, error.message)
            return
        if isinstance(error, NetworkError | RetryAfter | InvalidToken) and not isinstance(error, BadRequest):
            # Nothing can be said now; whether the asker is to be told later the journal knows.
            logger.warning("update %s: %s: %s", number, type(error).__name__, error.message)
            return
        logger.error("update %s failed", number, exc_info=error)
        if not isinstance(error, TelegramError):
            self._metrics.failure()
        # A guest message's chat is not one that the bot could write to.
        message = update.effective_message if isinstance(update, Update) and not update.guest_message else None
        if message is not None and message.chat.type == ChatType.PRIVATE:
            user = update.effective_user if isinstance(update, Update) else None
            words = words_for(user)
            try:
                await reply(message, Outgoing((words("error"),)))
            except TelegramError as failed:
                logger.warning("update %s: no apology could be sent (%s)", number, failed.message)
