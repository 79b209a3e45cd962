"""Rate limits of questions, button presses and notices, for each person and each group."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto

from bot.telegram.transport.sliding_window import SlidingWindow

_UNASKED = 60  # messages of a group that nobody put to the bot and that are looked into all the same, a minute
_TYPED = 4  # inline queries that one question takes, about: each is sent at every few letters


class Verdict(Enum):
    """What becomes of a question: admitted, declined with a notice to the person or group, or dropped without one."""

    ADMITTED = auto()
    TOLD = auto()
    GROUP_TOLD = auto()
    SILENT = auto()


class QuestionLimits:
    """`per_minute` questions a person, `per_minute` presses of buttons, one aside a chat and minute.

    In a group everybody's questions together are at most `per_group`. Whoever is `exempt` (operators) asks without
    limit. 0 is no limit.
    """

    def __init__(self, per_minute: int, exempt: Collection[int] = (), *, per_group: int = 0) -> None:
        self.per_minute = per_minute
        self.per_group = per_group
        self._exempt = frozenset(exempt)
        self._questions = SlidingWindow(per_minute)
        self._in_group = SlidingWindow(per_group)
        self._unasked = SlidingWindow(_UNASKED)
        self._typed = SlidingWindow(per_minute * _TYPED)
        self._presses = SlidingWindow(per_minute)
        self._notices = SlidingWindow(1)
        self._group_notices = SlidingWindow(1)
        self._asides = SlidingWindow(1)

    def question(self, user: int, at: float, *, group: int | None = None) -> Verdict:
        """What becomes of a person's question; of a burst that is too much only the first is told so."""
        if user in self._exempt:
            return Verdict.ADMITTED
        if not self._questions.take(user, at):
            return Verdict.TOLD if self._notices.take(user, at) else Verdict.SILENT
        if group is None or self._in_group.take(group, at):
            return Verdict.ADMITTED
        return Verdict.GROUP_TOLD if self._group_notices.take(group, at) else Verdict.SILENT

    def unasked(self, group: int, at: float) -> bool:
        """Whether to look into one more message of a group that nobody put to the bot."""
        return self._unasked.take(group, at)

    def typed(self, user: int, at: float) -> bool:
        """Whether to search for one more inline query."""
        return user in self._exempt or self._typed.take(user, at)

    def press(self, user: int, at: float) -> bool:
        """Whether a person may press one more button."""
        return user in self._exempt or self._presses.take(user, at)

    def aside(self, chat: int, at: float) -> bool:
        """Whether a chat may be told once more that only texts are read."""
        return self._asides.take(chat, at)
