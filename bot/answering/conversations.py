"""What each person asked last in each place, for a while and in memory only."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cachetools import LRUCache, TTLCache

from bot.model import Answer


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person in one place: what two people ask, or one in two chats or topics, never mixes.

    `user` is the id of whoever asks, a chat's own for an anonymous administrator or a channel; `thread` the topic.
    """

    chat: int
    thread: int | None
    user: int


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
        self._held: TTLCache[Speaker, tuple[str, ...]] = TTLCache(bound, expiry, timer=clock)
        # By chat and message: whose questions led to an answer.
        self._answers: LRUCache[tuple[int, int], tuple[Speaker, tuple[str, ...]]] = LRUCache(bound)

    def __len__(self) -> int:
        return len(self._held)

    def history(self, speaker: Speaker) -> tuple[str, ...]:
        """The speaker's questions of late, oldest first."""
        return self._held.get(speaker, ())

    def remember(self, speaker: Speaker, answer: Answer) -> None:
        """Keep what was asked, as it was understood. What was not searched asks nothing and changes nothing."""
        if not answer.searched:
            return
        asked = answer.understood or answer.question
        self._held[speaker] = (*self.history(speaker), asked)[-self._keep :]

    def correct(self, speaker: Speaker, before: Answer, after: Answer) -> tuple[str, ...]:
        """Keep a question as it was understood after all, where the speaker still has it as it was `before`; the
        questions up to it, oldest first."""
        history, was = self.history(speaker), before.understood or before.question
        at = max((place for place, asked in enumerate(history) if asked == was), default=None)
        if at is None:
            return (after.understood or after.question,)
        self._held[speaker] = (*history[:at], after.understood or after.question, *history[at + 1 :])
        return self._held[speaker][: at + 1]

    def answered(self, speaker: Speaker, messages: Sequence[int], led: tuple[str, ...] | None = None) -> None:
        """Tell which messages of the chat answer the speaker's last question, or the last of `led`, those of then."""
        for message in messages:
            self._answers[speaker.chat, message] = (speaker, self.history(speaker) if led is None else led)

    def behind(self, speaker: Speaker, message: int) -> tuple[str, ...] | None:
        """The questions that led to an answer in the speaker's chat, oldest first; None where that is not known.

        Of what led to another person's answer only the question that it answers, which stands right above it.
        """
        asker, questions = self._answers.get((speaker.chat, message), (speaker, ()))
        if not questions or not self.history(asker):
            return None
        return questions if asker == speaker else questions[-1:]

    def expect(self, speaker: Speaker) -> None:
        """A question was asked for and is awaited: something is under way."""
        self._held[speaker] = self.history(speaker)

    def forget(self, speaker: Speaker) -> bool:
        """Begin anew; whether anything was under way."""
        return self._held.pop(speaker, None) is not None

    def forget_user(self, user: int) -> None:
        """Drop what a person asked anywhere."""
        for speaker in [held for held in self._held if held.user == user]:
            self._held.pop(speaker, None)
        for answer in [key for key, (asker, _) in self._answers.items() if asker.user == user]:
            del self._answers[answer]
