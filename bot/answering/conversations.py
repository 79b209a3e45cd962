"""What each person asked last in each place, for a while and in memory only."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.model import Answer, Status


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
        # By chat and message: whose questions led to an answer.
        self._answers: OrderedDict[tuple[int, int], tuple[Speaker, tuple[str, ...]]] = OrderedDict()

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
        self._hold(speaker, (*self.history(speaker), asked)[-self._keep :])

    def answered(self, speaker: Speaker, messages: Sequence[int]) -> None:
        """Tell which messages of the chat answer the speaker's last question."""
        for message in messages:
            self._answers[speaker.chat, message] = (speaker, self.history(speaker))
        while len(self._answers) > self._bound:
            self._answers.popitem(last=False)

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
        self._hold(speaker, self.history(speaker))

    def forget(self, speaker: Speaker) -> bool:
        """Begin anew; whether anything was under way."""
        self._drop_expired()
        return self._held.pop(speaker, None) is not None

    def forget_user(self, user: int) -> None:
        """Drop what a person asked anywhere."""
        for speaker in [held for held in self._held if held.user == user]:
            del self._held[speaker]
        for answer in [key for key, (asker, _) in self._answers.items() if asker.user == user]:
            del self._answers[answer]

    def _hold(self, speaker: Speaker, questions: tuple[str, ...]) -> None:
        self._held[speaker] = _Conversation(questions, self._clock() + self._expiry)
        self._held.move_to_end(speaker)
        while len(self._held) > self._bound:
            self._held.popitem(last=False)

    def _drop_expired(self) -> None:
        now = self._clock()
        while self._held and next(iter(self._held.values())).until <= now:
            self._held.popitem(last=False)
