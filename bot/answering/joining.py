"""The answers to the questions of one message as one answer, each with its own status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from bot.model import Answer, Citation, Part, PassageHit, Quote, Status
from embeddings.search.retriever import Retrieved

_BY_WORTH = (Status.ANSWERED, Status.UNSURE, Status.REFUSED)


def in_context(own: Retrieved, whole: Retrieved) -> Retrieved:
    """What was found for one question of a message, in the order of its scores for that and for the whole message.

    A passage that the message as a whole did not find has the lowest score there. Scores are halves of the sums.
    """
    scores = {hit.passage.id: hit.score for hit in whole.ranked}
    lowest = min(scores.values(), default=0.0)
    hits = [replace(hit, score=(hit.score + scores.get(hit.passage.id, lowest)) / 2) for hit in own.ranked]
    return replace(own, ranked=tuple(sorted(hits, key=lambda hit: -hit.score)))


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """One answer from those to the questions of a message, in their order; it has no parts where all have the same.

    It has the status of its best part, and the confidence of that. Of each part the lead is shown, the rest folded.
    Sources are numbered as they are shown, a passage that two parts cite is cited once, and nothing is said twice. The
    passages of all parts take turns by rank.
    """
    answers = _without_echoes(answers)
    parts, sources = _numbered(answers)
    quotes: list[Quote] = []
    for quote in sorted((quote for part in parts for quote in part.quotes), key=lambda quote: quote.folded):
        quotes += [] if _said(quote, quotes) else [quote]
    best = min(answers, key=lambda answer: _BY_WORTH.index(answer.status))
    return replace(
        best,
        question=question,
        quotes=tuple(quotes),
        sources=sources,
        passages=_by_turns([answer.passages for answer in answers]),
        outdated=bool(sources) and all(answer.outdated for answer in answers if answer.sources),
        parts=() if _same_for_all(parts) else parts,
    )


def _without_echoes(answers: Sequence[Answer]) -> list[Answer]:
    """The same, where what is only close to one question and answers another is left to that one."""
    leads = {_lead(answer) for answer in answers if answer.status is Status.ANSWERED}
    return [
        replace(answer, status=Status.REFUSED, quotes=(), sources=())
        if answer.status is Status.UNSURE and _lead(answer) in leads
        else answer
        for answer in answers
    ]


def _lead(answer: Answer) -> tuple[str, str] | None:
    """The passage that an answer quotes first and the first sentence of that; None where it quotes nothing."""
    if not answer.quotes:
        return None
    first = answer.quotes[0]
    return next(_key(source) for source in answer.sources if source.n == first.source), first.text.split("。")[0]


def _numbered(answers: Sequence[Answer]) -> tuple[tuple[Part, ...], tuple[Citation, ...]]:
    """The answers as parts of one, their sources numbered in the order in which quotes show them."""
    cited = {_key(source): source for answer in answers for source in answer.sources}
    keys = [{source.n: _key(source) for source in answer.sources} for answer in answers]
    own = [_lead_only(answer.quotes) for answer in answers]
    quoted = [(quote, names[quote.source]) for names, quotes in zip(keys, own, strict=True) for quote in quotes]
    shown = [key for _, key in sorted(quoted, key=lambda pair: pair[0].folded)]
    number = {key: n for n, key in enumerate(dict.fromkeys((*shown, *cited)), start=1)}
    parts = tuple(
        Part(answer.question, answer.status, tuple(replace(each, source=number[names[each.source]]) for each in quotes))
        for answer, names, quotes in zip(answers, keys, own, strict=True)
    )
    return parts, tuple(replace(cited[key], n=n) for key, n in number.items())


def _same_for_all(parts: Sequence[Part]) -> bool:
    leads = {(part.status, part.quotes[0] if part.quotes else None) for part in parts}
    return len(leads) == 1


def _lead_only(quotes: Sequence[Quote]) -> list[Quote]:
    """All but the first, and what goes on from that, folded."""
    starts = [at for at, quote in enumerate(quotes) if at and not quote.goes_on]
    first = starts[0] if starts else len(quotes)
    return [quote if at < first else replace(quote, folded=True) for at, quote in enumerate(quotes)]


def _key(source: Citation) -> str:
    return source.passage or f"{source.article} {source.title}"


def _said(quote: Quote, before: Sequence[Quote]) -> bool:
    return any(quote.source == other.source and quote.text in other.text for other in before)


def _by_turns(ranked: Sequence[Sequence[PassageHit]]) -> tuple[PassageHit, ...]:
    """The best of each, then the second of each, every passage once, as many as the longest of them has."""
    hits = {hit.passage: hit for hit in chain.from_iterable(zip_longest(*ranked)) if hit is not None}
    return tuple(hits.values())[: max(map(len, ranked), default=0)]
