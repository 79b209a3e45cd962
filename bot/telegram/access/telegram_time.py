"""What Telegram's own dates tell about the time."""

from __future__ import annotations

from telegram import Message, Update

from bot.operations.clock import Clock
from bot.telegram.updates.context import Context


class TelegramTime:
    """Lets a clock hear how late it is at least, by every message that comes in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def hear(self, update: Update, context: Context) -> None:
        """Note an update's date; others handle it."""
        message = update.effective_message
        if isinstance(message, Message):
            self._clock.hear((message.edit_date or message.date).timestamp())
