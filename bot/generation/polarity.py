"""Whether two texts about the same say the opposite."""

from __future__ import annotations


def negations(text: str) -> int:
    """How many words of a text negate: 不可以 has one, 不是不可以 two, 不仅 and 不同 none."""
    raise NotImplementedError
