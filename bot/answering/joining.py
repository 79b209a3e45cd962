"""The answers to the questions of one message as one answer, each with its own status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from bot.model import Answer, Citation, Part, PassageHit, Quote, Status

_BY_WORTH = (Status.ANSWERED, Status.UNSURE, Status.REFUSED)


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """One answer from those to the questions of a message, in their order.

    It has the status of its best part, and the confidence of that. Quotes are numbered anew, a passage that two parts
    cite is cited once, and what an earlier part quotes is not said again. The passages of all parts take turns by rank.
    """
    sources: dict[str, Citation] = {}
    quotes: list[Quote] = []
    parts: list[Part] = []
    for answer in answers:
        numbers: dict[int, int] = {}
        for source in answer.sources:
            known = sources.setdefault(_key(source), replace(source, n=len(sources) + 1))
            numbers[source.n] = known.n
        own = [replace(quote, source=numbers[quote.source]) for quote in answer.quotes]
        parts.append(Part(answer.question, answer.status, tuple(own)))
        quotes += [quote for quote in own if not _said(quote, quotes)]
    best = min(answers, key=lambda answer: _BY_WORTH.index(answer.status))
    return replace(
        best,
        question=question,
        quotes=tuple(quotes),
        sources=tuple(sources.values()),
        passages=_by_turns([answer.passages for answer in answers]),
        outdated=bool(sources) and all(answer.outdated for answer in answers if answer.sources),
        parts=tuple(parts),
    )


def _key(source: Citation) -> str:
    return source.passage or f"{source.article} {source.title}"


def _said(quote: Quote, before: Sequence[Quote]) -> bool:
    return any(quote.source == other.source and quote.text in other.text for other in before)


def _by_turns(ranked: Sequence[Sequence[PassageHit]]) -> tuple[PassageHit, ...]:
    """The best of each, then the second of each, every passage once, as many as the longest of them has."""
    hits = {hit.passage: hit for hit in chain.from_iterable(zip_longest(*ranked)) if hit is not None}
    return tuple(hits.values())[: max(map(len, ranked), default=0)]
