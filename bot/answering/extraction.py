"""Ranked passages to quotes: the sentences that answer, in reading order, nothing made up.

Works without any LLM. Each quote is one contiguous run of sentences of one passage: a run reads well and nothing
between its sentences is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Quote
from corpus.model import Passage, Span
from embeddings.search.retriever import Ranked

# Passages whose score is below this share of the first one's are more likely beside the point than a second answer.
_WEAK = 0.6
_NONE = float("-inf")

_LIST_ROOM = 1.5
_ITEM = re.compile(r"\s*(?:[-•·]|[(（]?\d{1,2}[.、)）](?!\d)|[①-⑳]|第[一二三四五六七八九十]+[步，、：])")
_LEAD_IN = (":", "：")


@dataclass(frozen=True, slots=True)
class Extract:
    """The quotes of an answer; quote `source` numbers count `passages` from 1."""

    quotes: tuple[Quote, ...]
    passages: tuple[Ranked, ...]


def extract(ranked: Sequence[Ranked], *, quotes: int, length: int) -> Extract:
    """Choose at most `quotes` runs of sentences of together about `length` characters from the best passages.

    The first passage may fill up to two fifths of the room, the others share the rest by rank. A run that another quote
    already contains is left out.
    """
    chosen: list[tuple[Ranked, str]] = []
    room = length
    for place, hit in enumerate(ranked):
        if len(chosen) == quotes or room < length // 8 or hit.score < _WEAK * ranked[0].score:
            break
        share = max(length * 2 // 5 if place == 0 else room // max(1, quotes - len(chosen)), length // 6)
        text = best_run(hit, share)
        if not text or any(_same(text, other) for _, other in chosen):
            continue
        chosen.append((hit, text))
        room -= len(text)
    return Extract(
        quotes=tuple(Quote(text, n) for n, (_, text) in enumerate(chosen, start=1)),
        passages=tuple(hit for hit, _ in chosen),
    )


def best_run(hit: Ranked, room: int) -> str:
    """The run of sentences around a passage's best one that fits into `room` characters (one sentence always does).

    Grows from the best sentence to the neighbour with the better score, so a list item brings its lead-in and the
    items after it. A list or steps are shown whole where they take up to half as much again.
    """
    sentences = hit.passage.sentences
    if not sentences:
        return ""
    best = max(range(len(sentences)), key=lambda i: (hit.sentences[i], -i))
    first, last = _list_around(hit.passage, best, room * _LIST_ROOM)
    while True:
        left = hit.sentences[first - 1] if first > 0 else _NONE
        right = hit.sentences[last + 1] if last + 1 < len(sentences) else _NONE
        for towards_left in sorted((True, False), key=lambda is_left: -(left if is_left else right)):
            score = left if towards_left else right
            span = Span(
                sentences[first - 1].start if towards_left and first else sentences[first].start,
                sentences[last + 1].end if not towards_left and last + 1 < len(sentences) else sentences[last].end,
            )
            if score > _NONE and span.end - span.start <= room:
                first, last = (first - 1, last) if towards_left else (first, last + 1)
                break
        else:
            return hit.passage.text[sentences[first].start : sentences[last].end]


def _list_around(passage: Passage, at: int, room: float) -> tuple[int, int]:
    """The sentences of the list that one belongs to, with its lead-in; that one alone where it is in none or too long.

    Not only the best items: half of some steps, or three of five conditions, would mislead.
    """
    text, sentences = passage.text, passage.sentences
    if not _is_item(text, sentences[at]):
        return at, at
    first = last = at
    while first > 0 and _is_item(text, sentences[first - 1]):
        first -= 1
    while last + 1 < len(sentences) and _is_item(text, sentences[last + 1]):
        last += 1
    if first > 0 and text[sentences[first - 1].start : sentences[first - 1].end].rstrip().endswith(_LEAD_IN):
        first -= 1
    return (first, last) if sentences[last].end - sentences[first].start <= room else (at, at)


def _is_item(text: str, sentence: Span) -> bool:
    """Whether a sentence stands in a line that begins with a list's mark."""
    line = text.rfind("\n", 0, sentence.start + 1) + 1
    return _ITEM.match(text, line) is not None


def _same(text: str, other: str) -> bool:
    mine, theirs = "".join(text.split()), "".join(other.split())
    return mine in theirs or theirs in mine
