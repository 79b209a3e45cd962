"""An update that arrives twice is handled once."""

from __future__ import annotations

from collections import deque

from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.handlers.context import Context


class Repeats:
    """Stops what was delivered before: Telegram repeats an update whose confirmation it missed."""

    def __init__(self, remembered: int = 10_000) -> None:
        self._order: deque[int] = deque()
        self._seen: set[int] = set()
        self._remembered = remembered

    async def stop(self, update: Update, context: Context) -> None:
        """Runs before every other handler."""
        if update.update_id in self._seen:
            raise ApplicationHandlerStop
        self._seen.add(update.update_id)
        self._order.append(update.update_id)
        if len(self._order) > self._remembered:
            self._seen.discard(self._order.popleft())
