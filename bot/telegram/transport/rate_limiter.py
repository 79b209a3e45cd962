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
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from telegram.ext import AIORateLimiter

from bot.telegram.transport.sliding_window import SlidingWindow

_APART = 1.02  # seconds between two messages in one private chat
_IN_ALL = (30, 1.02)  # messages in seconds
_SIGNS = (30, 1.0)
_DRAFTS_IN_CHAT, _DRAFTS = (1, 0.8), (20, 1.0)
_EVERYBODY = 0  # no chat has this id
_REMEMBERED = 1000  # chats, before those whose turn is long past are forgotten

_Result = bool | dict[str, Any] | list[dict[str, Any]]


@dataclass(slots=True, eq=False)
class _Turn:
    """One message: when it was through, or until then when it may begin at the earliest (monotonic clock)."""

    at: float
    done: bool = False


class RateLimiter(AIORateLimiter):
    """Waits where Telegram would refuse, and repeats up to three times what it refuses all the same.

    `in_group` is how many messages a group takes within how many seconds. A sign of typing or a draft never waits: too
    many of them are left out. What Telegram says against a draft holds nothing else up.
    """

    def __init__(self, *, in_group: tuple[int, float] = (20, 60.5)) -> None:
        super().__init__(overall_max_rate=0, max_retries=3, group_max_rate=0)
        self._in_group = in_group
        # The latest messages of a chat, and of all chats together, in the order in which they were to be sent.
        self._turns: dict[int, deque[_Turn]] = {}
        self._prune_at = _REMEMBERED
        self._signs = SlidingWindow(*_SIGNS)
        self._drafts_in_chat, self._drafts = SlidingWindow(*_DRAFTS_IN_CHAT), SlidingWindow(*_DRAFTS)

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
        if endpoint == "sendMessageDraft":
            now = time.monotonic()
            in_time = self._drafts_in_chat.take(int(chat or 0), now) and self._drafts.take(_EVERYBODY, now)
            return await callback(*args, **kwargs) if in_time else True
        counted = endpoint.startswith(("send", "edit")) and endpoint != "sendChatAction"
        if endpoint == "sendChatAction" and not self._signs.take(_EVERYBODY, time.monotonic()):
            return True
        if not isinstance(chat, int) or not counted:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        taken: list[_Turn] = []
        try:
            taken.append(await self._turn(chat, *(self._in_group if chat < 0 else (1, _APART))))
            taken.append(await self._turn(_EVERYBODY, *_IN_ALL))
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        finally:
            # Telegram counted when the call was through, not when it was begun.
            for turn in taken:
                turn.at, turn.done = time.monotonic(), True

    async def _turn(self, key: int, count: int, window: float) -> _Turn:
        """Wait for the next of `count` turns in `window` seconds."""
        now = time.monotonic()
        self._forget(now)
        turns = self._turns.setdefault(key, deque())
        while len(turns) > count and turns[0].done and turns[0].at <= now - window:
            turns.popleft()
        turn = _Turn(_free(turns, count, window))
        turns.append(turn)
        try:
            while (wait := turn.at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
                # What was on its way before may have come through late.
                before = takewhile(lambda other: other is not turn, turns)
                turn.at = _free(before, count, window, since=turn.at)
        except BaseException:
            turns.remove(turn)
            raise
        return turn

    def _forget(self, now: float) -> None:
        """Drop the chats in which nothing has gone on for long."""
        if len(self._turns) > self._prune_at:
            horizon = now - self._in_group[1]
            self._turns = {
                key: turns
                for key, turns in self._turns.items()
                if turns and not (turns[-1].done and turns[-1].at < horizon)
            }
            self._prune_at = max(_REMEMBERED, 2 * len(self._turns))


def _free(turns: Iterable[_Turn], count: int, window: float, since: float = 0.0) -> float:
    """When the next of `count` turns in `window` seconds is free after those taken; what is on its way is as of now."""
    now = max(since, time.monotonic())
    latest = sorted(turn.at if turn.done or turn.at > now else now for turn in turns)[-count:]
    return max(now, latest[0] + window) if len(latest) == count else now
