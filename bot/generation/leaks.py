"""Whether an answer gives away what it was written by."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.generation.names import squeezed
from corpus.characters import HAN

_LENGTH = {True: 12, False: 24}
"""Characters in a row that are no chance, in Chinese and in other texts. 24 letters are about five words: neither the
name of a section nor the words for "not in the sources" give anything away."""

_CHINESE = re.compile(rf"[{HAN}]")


class LeakGuard:
    """Knows the instructions of a request by every few characters in a row, without spaces and marks; what the sources
    hold as well is no secret. A shorter secret is known as a whole."""

    def __init__(self, secrets: Sequence[str], sources: Sequence[str]) -> None:
        known = "\n".join(map(squeezed, sources))
        parts = {part for secret in map(squeezed, secrets) for part in _parts(secret)}
        self._secret = frozenset(part for part in parts if part and part not in known)
        self._lengths = frozenset(map(len, self._secret))

    def leaks(self, line: str) -> bool:
        """Whether a line holds any of it."""
        said = squeezed(line)
        return any(
            said[at : at + length] in self._secret for length in self._lengths for at in range(len(said) - length + 1)
        )


def _parts(secret: str) -> list[str]:
    length = _LENGTH[_CHINESE.search(secret) is not None]
    return [secret[at : at + length] for at in range(max(1, len(secret) - length + 1))]
