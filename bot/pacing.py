"""Telegram's limits kept before it has to name them: 30 calls a second overall, one message a second in a chat.

python-telegram-bot's limiter knows nothing of single private chats, and a 429 makes it halt the sends to everyone:
one person's flood of questions would keep all the others waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

_APART = 1.02  # seconds between two messages in one private chat
_REMEMBERED = 1000  # chats, before those whose turn is long past are forgotten

_Result = bool | dict[str, Any] | list[dict[str, Any]]


class Pace(AIORateLimiter):
    """Waits where Telegram would refuse, and repeats up to three times what it refuses all the same."""

    def __init__(self) -> None:
        super().__init__(max_retries=3)
        self._next: dict[int, float] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> _Result:
        """Make one call when its turn has come."""
        chat = data.get("chat_id")
        if not isinstance(chat, int) or chat < 0 or not endpoint.startswith("send") or endpoint == "sendChatAction":
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        await self._turn(chat)
        try:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        finally:
            # Telegram counted when the call was through, not when it was begun.
            self._next[chat] = max(self._next.get(chat, 0.0), time.monotonic() + _APART)

    async def _turn(self, chat: int) -> None:
        now = time.monotonic()
        if len(self._next) > _REMEMBERED:
            self._next = {other: at for other, at in self._next.items() if at > now}
        at = max(now, self._next.get(chat, 0.0))
        self._next[chat] = at + _APART
        await asyncio.sleep(at - now)
