"""Who words an answer: quotes as they were found, or what somebody else makes of the same passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.model import Answer, Statement

Shown = Callable[[Sequence[Statement]], None]
"""Is told what may be shown so far of an answer that is being written, in the order of reading."""


class Composer(Protocol):
    """Makes the answer that is sent out of the one that was found."""

    def composes(self, answer: Answer) -> bool:
        """Whether there is more to do about an answer than to send it; quick."""
        ...

    async def compose(
        self, answer: Answer, *, user: int | None = None, shown: Shown = lambda statements: None
    ) -> Answer:
        """The answer in the composer's words; as it was found where that does not succeed in time. Never raises.

        `user` is who asks, by id; None where nobody's share is counted.
        """
        ...


class Extractive:
    """Leaves answers as they were found."""

    def composes(self, answer: Answer) -> bool:
        """Never."""
        return False

    async def compose(
        self, answer: Answer, *, user: int | None = None, shown: Shown = lambda statements: None
    ) -> Answer:
        """The answer itself."""
        return answer
