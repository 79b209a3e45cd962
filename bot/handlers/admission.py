"""Which questions are taken in, told before anything is encoded or shown."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Message, Update

from bot.answering.questions import is_small_talk
from bot.handlers.backlog import Backlog
from bot.handlers.context import Context, sender, words_for
from bot.limits import Limits, Verdict
from bot.rendering.telegram import line
from bot.sending import reply

_Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


class Admission:
    """Turns away what was asked while the bot was away, and what one person asks too fast."""

    def __init__(self, limits: Limits, backlog: Backlog) -> None:
        self._limits = limits
        self._backlog = backlog

    def is_late(self, message: Message) -> bool:
        """Whether a message was sent too long before the start."""
        return self._backlog.is_late(message)

    async def admits(self, message: Message, user: int, question: str) -> bool:
        """Whether a question is to be answered; if not, whatever there is to say has been said."""
        if self._backlog.is_late(message):
            # What was only edited has its answer, if an outdated one.
            if message.edit_date is None and not is_small_talk(question):
                self._backlog.add(message)
            return False
        return await self._within_limit(message, user)

    def limited(self, command: _Handler) -> _Handler:
        """A command's handler for as long as the person stays within the limit; commands count as questions do."""

        async def handle(update: Update, context: Context) -> None:
            message = update.message
            if message is not None and await self._within_limit(message, sender(message)):
                await command(update, context)

        return handle

    def admits_aside(self, message: Message) -> bool:
        """Whether to say that only texts are read."""
        if self._backlog.is_late(message):
            return False
        return self._limits.aside(message.chat.id, message.date.timestamp())

    async def _within_limit(self, message: Message, user: int) -> bool:
        # By Telegram's clock: however long the chat's earlier questions take, this is when it was asked.
        verdict = self._limits.question(user, (message.edit_date or message.date).timestamp())
        if verdict is Verdict.TOLD:
            words = words_for(message.from_user)
            await reply(message, line(words("too_many", limit=self._limits.per_minute)))
        return verdict is Verdict.ADMITTED
