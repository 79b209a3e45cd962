"""The units that would most likely lead an answer, read together with the question by a model.

Search compares vectors of question and text, the reader sees both at once: it tells whether anything answers, and which
unit does.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bot.answering.candidates import Question, candidates
from corpus.model import Span
from embeddings.reader.reader import Reader, in_context
from embeddings.search.retriever import Retrieved

UNITS_READ = 6
_FEWEST = 3  # of fewer the best says nothing


def with_reading(found: Retrieved, question: Question, reader: Reader) -> Retrieved:
    """What was found with the log-odds of its likeliest units, and the signal `read`; as it is where too few could be
    read in time."""
    likeliest = sorted(candidates(found.ranked, question), key=lambda each: -each.score)[:UNITS_READ]
    texts = [in_context(each.cut(each.unit.span), each.hit.article.title, each.unit.headings) for each in likeliest]
    odds = reader.read(found.canonical, texts) if texts else []
    if len(odds) < min(_FEWEST, len(texts)) or not odds or not all(map(math.isfinite, odds)):
        return found
    read: dict[str, list[tuple[Span, float]]] = {}
    for each, value in zip(likeliest, odds, strict=False):
        read.setdefault(each.hit.passage.id, []).append((each.unit.span, value))
    ranked = tuple(replace(hit, read=tuple(read.get(hit.passage.id, ()))) for hit in found.ranked)
    signal = 0.0 if reader.neutral is None else max(odds) - reader.neutral
    return replace(found, ranked=ranked, signals=replace(found.signals, read=signal))
