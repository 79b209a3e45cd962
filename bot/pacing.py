"""Telegram's limits kept before it has to name them: one message a second in a chat, twenty a minute in a group, thirty
a second in all.

python-telegram-bot's limiter knows nothing of single private chats, counts what Telegram does not (a sign of typing
would take an answer's place), and refills too early: of fifty answers at once it sends more than thirty in a second.
And a 429 makes it halt the sends to everyone: one chat's flood of questions would keep all the others waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

from bot.limits import Window

_APART = 1.02  # seconds between two messages in one private chat
_IN_ALL = (30, 1.02)  # messages in seconds
_SIGNS = (30, 1.0)
_EVERYBODY = 0  # no chat has this id
_REMEMBERED = 1000  # chats, before those whose turn is long past are forgotten

_Result = bool | dict[str, Any] | list[dict[str, Any]]


class Pace(AIORateLimiter):
    """Waits where Telegram would refuse, and repeats up to three times what it refuses all the same.

    `in_group` is how many messages a group takes within how many seconds. A sign of typing never waits: too many of
    them are left out.
    """

    def __init__(self, *, in_group: tuple[int, float] = (20, 60.5)) -> None:
        super().__init__(overall_max_rate=0, max_retries=3, group_max_rate=0)
        self._in_group = in_group
        # When the latest messages of a chat, and of all chats together, were or will be through.
        self._turns: dict[int, deque[float]] = {}
        self._prune_at = _REMEMBERED
        self._signs = Window(*_SIGNS)

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
        if endpoint == "sendChatAction" and not self._signs.take(_EVERYBODY, time.monotonic()):
            return True
        if not isinstance(chat, int) or not counted:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        taken = [await self._turn(chat, *(self._in_group if chat < 0 else (1, _APART)))]
        taken.append(await self._turn(_EVERYBODY, *_IN_ALL))
        try:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        finally:
            # Telegram counted when the call was through, not when it was begun.
            for turns, at in taken:
                if at in turns:
                    turns.remove(at)
                    turns.append(time.monotonic())

    async def _turn(self, key: int, count: int, window: float) -> tuple[deque[float], float]:
        """Wait for the next of `count` turns in `window` seconds; all turns of the key and the one just taken."""
        now = time.monotonic()
        if len(self._turns) > self._prune_at:
            self._turns = {
                other: turns for other, turns in self._turns.items() if turns and turns[-1] > now - self._in_group[1]
            }
            self._prune_at = max(_REMEMBERED, 2 * len(self._turns))
        turns = self._turns.setdefault(key, deque())
        while turns and turns[0] <= now - window and len(turns) > count:
            turns.popleft()
        latest = sorted(turns)[-count:]
        at = max(now, latest[0] + window) if len(latest) == count else now
        while at in turns:
            at += 1e-6
        turns.append(at)
        await asyncio.sleep(at - now)
        return turns, at
