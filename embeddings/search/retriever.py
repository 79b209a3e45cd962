"""Questions to ranked passages: the legs of a search, standardised and summed.

score = 0.75 z(dense passage) + z(best whitened dense window) + 0.6 z(BM25) + 0.4 z(companion passage) + 0.4 z(best
companion window), where z subtracts a leg's mean over all passages and divides by its standard deviation; then 0.2 of
the mean of the article's three best sums is added to each of its passages. Of passages about the same thing the newer
comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.model import Passage, Span
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.spoken_words import SpokenWords
from corpus.vocabulary.terms import Term
from embeddings.blas_threads import one_blas_thread
from embeddings.index.generation import ArticleRecord, Generation
from embeddings.index.lexical import Wanted
from embeddings.refusal.confidence import Signals
from embeddings.refusal.probes import FormProbe, Probes
from embeddings.refusal.question_form import asks, gives_orders, missing_names, tells_of_trouble
from embeddings.search.freshness import COMPARED, Dated, Freshness
from embeddings.search.fusion import Weights, fuse, mean_direction, standardise
from embeddings.search.homophones import Homophones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.models.encoder import Encoder

    Scores = NDArray[np.float32]


# Which sentence of a passage answers: the companion reads windows without their heading and so tells them apart better
# than it ranks passages; a sentence that holds the question's own terms gains by it.
_COMPANION_SENTENCES = 0.6
_SENTENCE_TERMS = 1.0

_ORDERS_BY_FORM = 0.8
"""How likely a message orders the bot about by its form alone: who asks may write tags and addresses too."""

_LOOKED_AT = 5  # best passages in which the names of a question are looked for
_TERMS_COUNTED = 3
# Characters of a question, in plain words, below which cosines do not rise and beyond which they do not fall any more.
_SHORT, _LONG = 14, 80


@dataclass(frozen=True, slots=True)
class LegScores:
    """One passage's raw score in each leg: cosines (whitened for the window) and a BM25 sum.

    The companion's are 0 where there is none.
    """

    passage: float
    window: float
    lexical: float
    companion_passage: float = 0.0
    companion_window: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """One passage for one question. `sentences` tells for each sentence how likely it is the one that answers.

    `score` is the sum of the legs; a passage that its date moved has the score of its new place. `read`: ranges of its
    text that a reader has read with the question, and the log-odds that each answers.
    """

    passage: Passage
    article: ArticleRecord
    score: float
    legs: LegScores
    sentences: tuple[float, ...]
    read: tuple[tuple[Span, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for a question, best first, and the signals from which refusal is decided.

    `canonical` is the question in the trade's plain words.
    """

    question: str
    canonical: str
    ranked: tuple[Ranked, ...]
    signals: Signals


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question as typed but folded, with its homophones put right, and in the trade's plain words; its unit vectors
    from the encoder and the companion, None where there is none."""

    folded: str
    corrected: str
    canonical: str
    first: Scores
    second: Scores | None


class Retriever:
    """Searches one generation with the encoders that made it. One question at a time."""

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        *,
        companion: Encoder | None = None,
        glossary: Glossary | None = None,
        spoken_words: SpokenWords | None = None,
        weights: Weights | None = None,
        freshness: Freshness | None = None,
    ) -> None:
        self._generation = generation
        self._encoder = encoder
        self._companion = companion
        self._glossary = glossary
        self._spoken_words = spoken_words
        self._weights = weights or Weights()
        self._freshness = freshness
        names = [name for term in glossary.terms for name in (term.name, *term.synonyms)] if glossary else []
        self._homophones = Homophones(generation.lexical, names)
        identity = companion.identity if companion and generation.companion else None
        self._probes = Probes.fitting(encoder.identity, identity)

    @property
    def generation(self) -> Generation:
        """The generation that is searched."""
        return self._generation

    @property
    def probed(self) -> bool:
        """Whether the signals tell of a question's wording, too."""
        return self._probes is not None

    def retrieve(self, question: str, *, limit: int = 10) -> Retrieved:
        """The `limit` best passages for a question."""
        with one_blas_thread():
            return self._retrieved(question, limit)

    def _retrieved(self, question: str, limit: int) -> Retrieved:
        generation = self._generation
        reading = self._reading(question)
        canonical, query, second = reading.canonical, reading.first, reading.second
        cosines = generation.dense_windows.scores(query)
        white = self._white(query)
        legs = {
            "passage": generation.dense.scores(query),
            "window": self._best_windows(white),
            "lexical": generation.lexical.scores(" ".join(self._keywords(reading))),
        }
        sentence_scores = standardise(white)
        if second is not None and generation.companion and generation.companion_passages:
            second_windows = generation.companion.scores(second)
            legs["companion_passage"] = generation.companion_passages.scores(second)
            legs["companion_window"] = self._best_windows(second_windows)
            sentence_scores = sentence_scores + _COMPANION_SENTENCES * standardise(second_windows)
        fused = fuse(legs, self._weights, generation.article_of)
        answers = self._best_windows(cosines)
        placed = self._best(fused, max(limit, COMPARED))
        placed = self._refreshed(question, canonical, placed, answers)[:limit]
        wanted = generation.lexical.wanted(canonical)
        ranked = tuple(
            Ranked(
                passage=(passage := generation.passages[row]),
                article=generation.articles[passage.article],
                score=score,
                legs=LegScores(**{name: float(scores[row]) for name, scores in legs.items()}),
                sentences=self._sentence_scores(int(row), sentence_scores, wanted),
            )
            for row, score in placed
        )
        wording = self._wording(reading)
        return Retrieved(question, canonical, ranked, self._signals(canonical, wording, cosines, white, legs, ranked))

    def vectors(self, question: str) -> Scores:
        """A question's unit vectors from both encoders, as the probes of its wording see them: (dimensions of both,).

        Raises ValueError where there is no companion.
        """
        reading = self._reading(question)
        if reading.second is None:
            raise ValueError("this generation has no companion")
        return np.concatenate((reading.first, reading.second))

    def nearness(self, text: str) -> Scores:
        """How near a text is in meaning to every passage, as it stands: the whitened cosine of the passage's best window,
        (passages,). From any thread."""
        return self._best_windows(self._white(self._encoder.encode_queries([text])[0]))

    def _reading(self, question: str) -> _Reading:
        """A question in the words of the trade, and its vectors."""
        folded = self._generation.lexical.segmenter.normalise(question)
        corrected = self._homophones.corrected(folded)
        canonical = self._glossary.canonical(corrected) if self._glossary else corrected
        first = mean_direction(self._encoder.encode_queries(list(dict.fromkeys((corrected, canonical)))))
        second = None
        if self._companion and self._generation.companion:
            second = self._companion.encode_queries([canonical])[0]
        return _Reading(folded, corrected, canonical, first, second)

    def _wording(self, reading: _Reading) -> FormProbe:
        """What the question's wording tells by itself; without probes only whether it has the form of an order."""
        order = gives_orders(reading.canonical)
        if self._probes is None or reading.second is None:
            return FormProbe(covered=0.0, orders=_ORDERS_BY_FORM if order else 0.0)
        return self._probes.read(reading.first, reading.second, form_of_order=order)

    def _signals(
        self,
        canonical: str,
        wording: FormProbe,
        cosines: Scores,
        white: Scores,
        legs: Mapping[str, Scores],
        ranked: Sequence[Ranked],
    ) -> Signals:
        manifest = self._generation.manifest
        found = [self._whole(self._generation.rows[hit.passage.id]) for hit in ranked[:_LOOKED_AT]]
        terms = {mention.term.name for mention in self._glossary.find(canonical)} if self._glossary else set()
        windows = legs.get("companion_window")
        return Signals(
            excess=manifest.noise.excess(float(cosines.max())),
            white_excess=manifest.white_noise.excess(float(white.max())),
            log_length=math.log1p(min(max(len(canonical), _SHORT), _LONG)),
            missing_names=missing_names(canonical, found),
            asks=float(asks(canonical) or tells_of_trouble(canonical)),
            orders=wording.orders,
            terms=float(min(len(terms), _TERMS_COUNTED)),
            agreement=0.5 if windows is None else float(int(legs["window"].argmax()) == int(windows.argmax())),
            covered=wording.covered,
            passage_excess=manifest.noise.excess(float(legs["passage"].max())),
        )

    def _keywords(self, reading: _Reading) -> tuple[str, ...]:
        """What the keyword leg looks for: the question as typed and as meant, in plain words, in those of articles."""
        written = self._spoken_words.written(reading.corrected) if self._spoken_words else ()
        return tuple(dict.fromkeys((reading.folded, reading.corrected, reading.canonical, *written)))

    def _white(self, query: Scores) -> Scores:
        """The whitened cosine of every window with a query: (windows,)."""
        whitening = self._generation.whitening
        direction, offset = whitening.direction(query)
        return whitening.cosines(self._generation.dense_windows.scores(direction), offset)

    def _best_windows(self, window_scores: Scores) -> Scores:
        """The best window of every passage: (windows,) to (passages,)."""
        best = np.full(len(self._generation.passages), -1.0, dtype=np.float32)
        np.maximum.at(best, self._generation.window_passage, window_scores)
        return best

    def _best(self, fused: Scores, count: int) -> list[tuple[int, float]]:
        """The rows of the best passages and their scores."""
        return [(int(row), float(fused[row])) for row in np.argsort(-fused, kind="stable")[:count]]

    def _refreshed(
        self, question: str, canonical: str, placed: list[tuple[int, float]], windows: Scores
    ) -> list[tuple[int, float]]:
        """The same with newer passages before the older ones they supersede; those take over the score there."""
        generation = self._generation
        top = placed[:COMPARED]
        articles = [generation.articles[generation.passages[row].article] for row, _ in top]
        judge = self._freshness
        if judge is None or not judge.may_matter(articles):
            return placed
        years = judge.past_years(question)
        if judge.asks_for_past(question) and not years:
            return placed
        vectors, stats = generation.dense_windows.vectors(), generation.manifest.window_similarity
        background = generation.manifest.noise
        terms = {mention.term for mention in self._glossary.find(canonical)} if self._glossary else set()
        hits = [
            Dated(
                article=article,
                score=score,
                answers=background.excess(float(windows[row])),
                windows=vectors[slice(*np.searchsorted(generation.window_passage, (row, row + 1)))],
                names=_mentioned(terms, self._whole(row)),
                known=_mentioned(terms, self._article_text(article)) if terms else frozenset(),
            )
            for article, (row, score) in zip(articles, top, strict=True)
        ]
        order = judge.order(hits, stats, years)
        moved: list[tuple[int, float]] = []
        for number in reversed(order):
            row, score = top[number]
            moved.append((row, max([score, *(later for _, later in moved[-1:])])))
        return moved[::-1] + placed[len(top) :]

    def _whole(self, row: int) -> str:
        """A passage below its title and headings."""
        passage = self._generation.passages[row]
        return passage.below(self._generation.articles[passage.article].title)

    def _article_text(self, article: ArticleRecord) -> str:
        """An article's title, tags and passages."""
        generation = self._generation
        rows = np.flatnonzero(generation.article_of == generation.article_numbers[article.path])
        return "\n".join((article.title, *article.tags, *(generation.passages[row].text for row in rows)))

    def _sentence_scores(self, row: int, window_scores: Scores, wanted: Wanted) -> tuple[float, ...]:
        """For each sentence its best window's score, plus the share of the question's terms that it holds itself."""
        generation = self._generation
        passage = generation.passages[row]
        best = np.full(len(passage.sentences), -9.0, dtype=np.float32)
        first, last = np.searchsorted(generation.window_passage, (row, row + 1))
        for window in range(int(first), int(last)):
            span = slice(int(generation.window_first[window]), int(generation.window_last[window]) + 1)
            best[span] = np.maximum(best[span], window_scores[window])
        return tuple(
            float(score) + _SENTENCE_TERMS * wanted.covered([passage.text[span.start : span.end]])
            for score, span in zip(best, passage.sentences, strict=True)
        )


def _mentioned(terms: Iterable[Term], text: str) -> frozenset[str]:
    """The names of those terms that a text mentions in whatever spelling."""
    lower = text.lower()
    return frozenset(term.name for term in terms if any(spelling.lower() in lower for spelling in term.spellings))
