"""Whether an answer gives away what it was written by."""

from __future__ import annotations

from collections.abc import Sequence

from bot.generation.names import squeezed

_LENGTH = 12


class LeakGuard:
    """Knows the instructions of a request by every twelve characters in a row, without spaces and marks; what the
    sources hold as well is no secret. A shorter secret is known as a whole."""

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
    return [secret[at : at + _LENGTH] for at in range(max(1, len(secret) - _LENGTH + 1))]
