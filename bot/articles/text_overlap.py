"""Which articles say nearly the same words: shares of overlapping runs of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Ten letters in a row are nearly a sentence's half in Chinese; stock phrases are shorter.
_RUN = 10
_LEAST_SHARE = 0.2
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article and the share (0 to 1) of the new one's text that stands in it as well."""

    title: str
    path: str
    share: float


def neighbours(
    texts: Sequence[str], others: Iterable[tuple[str, Iterable[str]]], titles: dict[str, str]
) -> tuple[Neighbour, ...]:
    """The articles that most repeats are in, at least a fifth of the new one's, the nearest first.

    `others` are paths with texts of theirs; a path may come several times. `titles` names every path.
    """
    mine = {run for text in texts for run in _runs(text)}
    if not mine:
        return ()
    shared: dict[str, set[str]] = {}
    for path, parts in others:
        for part in parts:
            if found := mine.intersection(_runs(part)):
                shared.setdefault(path, set()).update(found)
    counts = Counter({path: len(found) for path, found in shared.items()})
    return tuple(
        Neighbour(titles[path], path, count / len(mine))
        for path, count in counts.most_common(_MOST_NAMED)
        if count >= _LEAST_SHARE * len(mine)
    )


def _runs(text: str) -> Iterable[str]:
    letters = "".join(character for character in text.lower() if character.isalnum())
    return (letters[at : at + _RUN] for at in range(max(1, len(letters) - _RUN + 1)) if letters)
