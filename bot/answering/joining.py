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
    cited = {_key(source): source for answer in answers for source in answer.sources}
    keys = [{source.n: _key(source) for source in answer.sources} for answer in answers]
    own = [_lead_only(answer.quotes) for answer in answers]
    shown = [
        names[quote.source]
        for folded in (False, True)
        for names, quotes in zip(keys, own, strict=True)
        for quote in quotes
        if quote.folded is folded
    ]
    number = {key: n for n, key in enumerate(dict.fromkeys((*shown, *cited)), start=1)}
    parts = tuple(
        Part(
            answer.question,
            answer.status,
            tuple(replace(quote, source=number[names[quote.source]]) for quote in quotes),
        )
        for answer, names, quotes in zip(answers, keys, own, strict=True)
    )
    together: list[Quote] = []
    for quote in sorted((quote for part in parts for quote in part.quotes), key=lambda quote: quote.folded):
        together += [] if _said(quote, together) else [quote]
    best = min(answers, key=lambda answer: _BY_WORTH.index(answer.status))
    return replace(
        best,
        question=question,
        quotes=tuple(together),
        sources=tuple(replace(cited[key], n=n) for key, n in number.items()),
        passages=_by_turns([answer.passages for answer in answers]),
        outdated=bool(cited) and all(answer.outdated for answer in answers if answer.sources),
        parts=parts,
    )


def _key(source: Citation) -> str:
    return source.passage or f"{source.article} {source.title}"


def _said(quote: Quote, before: Sequence[Quote]) -> bool:
    return any(quote.source == other.source and quote.text in other.text for other in before)


def _by_turns(ranked: Sequence[Sequence[PassageHit]]) -> tuple[PassageHit, ...]:
    """The best of each, then the second of each, every passage once, as many as the longest of them has."""
    hits = {hit.passage: hit for hit in chain.from_iterable(zip_longest(*ranked)) if hit is not None}
    return tuple(hits.values())[: max(map(len, ranked), default=0)]
