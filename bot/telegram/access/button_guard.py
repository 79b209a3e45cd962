"""ButtonDebounce of buttons that send something: each once, and not without end."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from telegram import CallbackQuery

from bot.telegram.access.question_limits import QuestionLimits
from bot.telegram.transport.replies import acknowledge
from bot.telegram.updates.context import words_for

_Key = tuple[int, int, str]


class ButtonDebounce:
    """Lets a press through unless the same button was served within the last `again_after` seconds, whoever pressed.

    `clock` counts seconds and never goes back.
    """

    def __init__(
        self, limits: QuestionLimits, *, again_after: float = 15.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._again_after = again_after
        self._clock = clock
        # In the order of time, so that what is long ago stands first.
        self._served: OrderedDict[_Key, float] = OrderedDict()

    async def admits(self, query: CallbackQuery) -> bool:
        """Whether to do what a press asks for; if not, the person has been told why."""
        words = words_for(query.from_user)
        if not self._limits.press(query.from_user.id, self._clock()):
            await acknowledge(query, words("too_many_presses"))
            return False
        self._forget()
        if _key(query) in self._served:
            await acknowledge(query, toast=words("shown_already"))
            return False
        return True

    def served(self, query: CallbackQuery) -> None:
        """What a press asked for was sent: the same press right after it is a slip of the finger."""
        self._served[_key(query)] = self._clock()
        self._served.move_to_end(_key(query))

    def _forget(self) -> None:
        now = self._clock()
        while self._served and next(iter(self._served.values())) <= now - self._again_after:
            self._served.popitem(last=False)


def _key(query: CallbackQuery) -> _Key:
    message = query.message
    return (message.chat.id, message.message_id, query.data or "") if message else (0, 0, query.data or "")
