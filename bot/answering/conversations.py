"""What each person asked last in each place, for a while and in memory only."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.answering.answer import Answer, Status


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person in one place: what two people ask, or one in two chats or topics, never mixes.

    `user` is the id of whoever asks, a chat's own for an anonymous administrator or a channel; `thread` the topic.
    """

    chat: int
    thread: int | None
    user: int


@dataclass(frozen=True, slots=True)
class _Conversation:
    questions: tuple[str, ...]
    until: float


class Conversations:
    """The last `keep` questions of each speaker, forgotten `expiry` seconds after the last one.

    At most `bound` speakers are held; whoever was silent longest goes first. `clock` counts seconds and never goes
    back. For use from one thread.
    """

    def __init__(
        self,
        *,
        keep: int = 3,
        expiry: float = 15 * 60,
        bound: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep = keep
        self._expiry = expiry
        self._bound = bound
        self._clock = clock
        # In the order of the last question, so that what has expired stands first.
        self._held: OrderedDict[Speaker, _Conversation] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def history(self, speaker: Speaker) -> tuple[str, ...]:
        """The speaker's questions of late, oldest first."""
        self._drop_expired()
        conversation = self._held.get(speaker)
        return conversation.questions if conversation else ()

    def remember(self, speaker: Speaker, answer: Answer) -> None:
        """Keep what was asked, as it was understood. Small talk asks nothing and changes nothing."""
        if answer.status is Status.SMALLTALK:
            return
        asked = answer.understood or answer.question
        questions = (*self.history(speaker), asked)[-self._keep :]
        self._held[speaker] = _Conversation(questions, self._clock() + self._expiry)
        self._held.move_to_end(speaker)
        while len(self._held) > self._bound:
            self._held.popitem(last=False)

    def forget(self, speaker: Speaker) -> None:
        """Begin anew."""
        self._held.pop(speaker, None)

    def _drop_expired(self) -> None:
        now = self._clock()
        while self._held and next(iter(self._held.values())).until <= now:
            self._held.popitem(last=False)
