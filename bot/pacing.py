"""Telegram's limits kept before it has to name them: one message a second in a chat, twenty a minute in a group.

python-telegram-bot's limiter knows nothing of single private chats, counts in groups what Telegram does not, and its
group limit refills too early; and a 429 makes it halt the sends to everyone: one chat's flood of questions would keep
all the others waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

_APART = 1.02  # seconds between two messages in one private chat
_REMEMBERED = 1000  # chats, before those whose turn is long past are forgotten

_Result = bool | dict[str, Any] | list[dict[str, Any]]


class Pace(AIORateLimiter):
    """Waits where Telegram would refuse, and repeats up to three times what it refuses all the same.

    `in_group` is how many messages a group takes within how many seconds.
    """

    def __init__(self, *, in_group: tuple[int, float] = (20, 60.5)) -> None:
        super().__init__(max_retries=3, group_max_rate=0)
        self._in_group = in_group
        # When the latest messages of a chat were or will be through.
        self._turns: dict[int, deque[float]] = {}

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
        counted = endpoint.startswith(("send", "edit")) and endpoint != "sendChatAction"
        if not isinstance(chat, int) or not counted:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        turns, at = await self._turn(chat)
        try:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        finally:
            # Telegram counted when the call was through, not when it was begun.
            if at in turns:
                turns.remove(at)
                turns.append(time.monotonic())

    async def _turn(self, chat: int) -> tuple[deque[float], float]:
        """Wait for a chat's next turn; the chat's turns and the one just taken."""
        count, window = self._in_group if chat < 0 else (1, _APART)
        now = time.monotonic()
        if len(self._turns) > _REMEMBERED:
            self._turns = {
                other: turns for other, turns in self._turns.items() if turns and turns[-1] > now - self._in_group[1]
            }
        turns = self._turns.setdefault(chat, deque())
        while turns and turns[0] <= now - window and len(turns) > count:
            turns.popleft()
        latest = sorted(turns)[-count:]
        at = max(now, latest[0] + window) if len(latest) == count else now
        while at in turns:
            at += 1e-6
        turns.append(at)
        await asyncio.sleep(at - now)
        return turns, at
