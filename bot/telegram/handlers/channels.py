"""Channels: /ask in a post of an allowed one is answered below it; all else in channels is met with silence."""

from __future__ import annotations

import logging

from telegram import Update

from bot.answering.ask_question import AskQuestion, Notice
from bot.answering.message_text import clean
from bot.locales import texts
from bot.model import Asker, Status, Surface
from bot.telegram.rendering.public_posts import post_message
from bot.telegram.transport.replies import reply
from bot.telegram.updates.addressing import How, asked
from bot.telegram.updates.context import Context

logger = logging.getLogger(__name__)


class Channels:
    """Answers posts; which channels are allowed, the filter before it decides."""

    def __init__(self, ask_question: AskQuestion) -> None:
        self._ask_question = ask_question

    async def post(self, update: Update, context: Context) -> None:
        """A post in an allowed channel. Whatever is no answer is not worth a post that everybody reads."""
        message = update.channel_post
        ask = asked(message, context.bot.bot) if message is not None else None
        if message is None or ask is None or ask.how is not How.COMMAND or not clean(ask.question):
            return
        asker = Asker(message.chat.id, None, message.chat.id, message.message_id, Surface.CHANNEL)
        logged = await self._ask_question.handle(asker, ask.question)
        if isinstance(logged, Notice):
            logger.warning("update %s: a post goes unanswered (%s)", update.update_id, logged)
            return
        if logged.answer.status is not Status.SMALLTALK:
            await reply(message, post_message(logged.answer, texts(logged.answer.language)), to=ask.target.message_id)
