"""What the likeliest sentences of the passages found tell of whether the question is answered in them.

The signals of a search compare vectors; these read: does the sentence hold the question's words, and the kind of thing
that is asked for, and is it about the same platform?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.asked.reading import Asked, Fit, QuestionReader
from bot.answering.asked.subject import SubjectFit
from embeddings.index.lexical import LexicalIndex
from embeddings.refusal.confidence import Signals
from embeddings.search.retriever import Ranked, Retrieved

_PASSAGES = 5
_BY_PASSAGE = 0.3
"""What a passage's score counts beside the score of a sentence in it."""

_FIRST, _FEW = 3, 8
"""Of so many sentences the subject is looked at, and of so many the kind of thing that they hold."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    hit: Ranked
    score: float


def signals_with_evidence(
    found: Retrieved, lexical: LexicalIndex, asked: Asked | None = None, reader: QuestionReader | None = None
) -> Signals:
    """The signals of a search with what its likeliest sentences tell; without a reader only of their words."""
    likeliest = _likeliest(found.ranked[:_PASSAGES])
    if not likeliest:
        return found.signals
    best = likeliest[0]
    words = lexical.coverage(found.canonical, [best.hit.passage.below(best.hit.article.title, best.text)])
    if asked is None or reader is None:
        return replace(found.signals, words=words)
    fits = [_fit(asked, sentence, reader) for sentence in likeliest[:_FEW]]
    return replace(
        found.signals,
        words=words,
        holds=max((fit.aspect for fit in fits if fit.subject is not SubjectFit.OTHER), default=0.0),
        elsewhere=sum(fit.subject is SubjectFit.OTHER for fit in fits[:_FIRST]) / len(fits[:_FIRST]),
    )


def _likeliest(ranked: Sequence[Ranked]) -> list[_Sentence]:
    """The sentences of the passages, the likeliest first."""
    sentences = [
        _Sentence(hit.passage.text[span.start : span.end], hit, score + _BY_PASSAGE * (hit.score - ranked[0].score))
        for hit in ranked
        for span, score in zip(hit.passage.sentences, hit.sentences, strict=True)
    ]
    return sorted(sentences, key=lambda sentence: -sentence.score)


def _fit(asked: Asked, sentence: _Sentence, reader: QuestionReader) -> Fit:
    return reader.fit(asked, sentence.text, sentence.hit.passage.headings, sentence.hit.article.title)
