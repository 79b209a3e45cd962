"""Debounce of the buttons that send a message, and a rate limit on presses."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import TTLCache
from telegram import CallbackQuery

from bot.telegram.access.question_limits import QuestionLimits
from bot.telegram.transport.replies import acknowledge
from bot.telegram.updates.context import words_for

_REMEMBERED = 10_000  # buttons

_Key = tuple[int, int, str]


class ButtonDebounce:
    """Lets a press through unless the same button was served within the last `again_after` seconds, whoever pressed.

    `clock` counts seconds and never goes back.
    """

    def __init__(
        self, limits: QuestionLimits, *, again_after: float = 15.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._served: TTLCache[_Key, None] = TTLCache(_REMEMBERED, again_after, timer=clock)

    async def admits(self, query: CallbackQuery) -> bool:
        """Whether to do what a press asks for; if not, the person has been told why."""
        words = words_for(query.from_user)
        if not self._limits.press(query.from_user.id, self._clock()):
            await acknowledge(query, words("too_many_presses"))
            return False
        if _key(query) in self._served:
            await acknowledge(query, toast=words("shown_already"))
            return False
        return True

    def served(self, query: CallbackQuery) -> None:
        """What a press asked for was sent: the same press right after it is debounced."""
        self._served[_key(query)] = None


def _key(query: CallbackQuery) -> _Key:
    message = query.message
    return (message.chat.id, message.message_id, query.data or "") if message else (0, 0, query.data or "")
