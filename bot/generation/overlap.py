"""How much of one text's words another one has, by pairs of characters."""

from __future__ import annotations

import re

from corpus.characters import HAN, fold

_PIECE = re.compile(rf"[{HAN}]+|[a-z]+")
_COUNTED = re.compile(r"[零〇一二两三四五六七八九十百千万亿半几]+")


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring Han characters and the words in Latin letters, without numbers and marks."""
    found: set[str] = set()
    for piece in _PIECE.findall(fold(text)):
        if piece[0].isascii():
            found.add(piece)
        else:
            found.update(
                part[at : at + 2] for part in _COUNTED.split(piece) for at in range(max(1, len(part) - 1)) if part
            )
    return frozenset(found)


def share(of: frozenset[str], there: frozenset[str]) -> float:
    """How much of the one is in the other: 0 to 1, and 0 of nothing."""
    return len(of & there) / len(of) if of else 0.0
