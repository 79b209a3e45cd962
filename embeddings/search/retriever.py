"""Questions to ranked passages: the legs of a search, standardised and summed.

score = 0.75 z(dense passage) + z(best whitened dense window) + 0.6 z(BM25) + 0.4 z(companion passage) + 0.4 z(best
companion window), where z subtracts a leg's mean over all passages and divides by its standard deviation; then 0.2 of
the mean of the article's three best sums is added to each of its passages. Of passages about the same thing the newer
comes first. A corpus of more than SAMPLE passages is not scored whole: see `embeddings.index.vector_index`.
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
from embeddings.index.generation import Generation
from embeddings.index.lexical import Wanted
from embeddings.index.records import ArticleRecord
from embeddings.index.vector_index import SAMPLE, IndexQuery, Leg, PassageWindows, Statistics, Values
from embeddings.refusal.confidence import Signals
from embeddings.refusal.probes import FormProbe, Probes
from embeddings.refusal.question_form import asks, gives_orders, missing_names, tells_of_trouble
from embeddings.search.freshness import COMPARED, Dated, Freshness
from embeddings.search.fusion import Weights, lifted, mean_direction, weighted_sum
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

_CANDIDATES = 100
"""Passages of each leg that are scored in every leg where a corpus is too large to score them all."""
_ARTICLES = 20
"""Best articles of which the other passages are scored, too, for their articles' evidence."""

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


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates, ascending by row, and their sums, (candidates,)."""

    values: Values
    fused: Scores

    def place(self, row: int) -> int:
        """Where a row is among them."""
        return int(np.searchsorted(self.values.rows, row))


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
        identity = companion.identity if companion and generation.has_companion else None
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
        canonical = reading.canonical
        query = self._query(reading.first, " ".join(self._keywords(reading)), reading.second)
        statistics = generation.index.statistics(query)
        found = self._found(query, statistics)
        placed = self._best(found, max(limit, COMPARED))
        windows = self._windows(query, placed)
        cosines = {row: float(found.values.cosines[found.place(row)]) for row, _ in placed}
        placed = self._refreshed(question, canonical, placed, windows, cosines)[:limit]
        wanted = generation.lexical.wanted(canonical)
        ranked = tuple(
            Ranked(
                passage=(passage := generation.articles.passage(row)),
                article=generation.articles[passage.article],
                score=score,
                legs=LegScores(**{leg: float(scores[found.place(row)]) for leg, scores in found.values.legs.items()}),
                sentences=_sentence_scores(passage, windows[row], statistics, wanted),
            )
            for row, score in placed
        )
        wording = self._wording(reading)
        return Retrieved(question, canonical, ranked, self._signals(canonical, wording, found.values, ranked))

    def _query(self, vector: Scores, words: str = "", companion: Scores | None = None) -> IndexQuery:
        """Unit vectors and words as the index sees them."""
        generation = self._generation
        white, _ = generation.whitening.whitened(vector[None, :])
        direction, offset = generation.whitening.raw_direction(vector)
        return IndexQuery(vector, white[0], direction, offset, *generation.lexical.sparse(words), companion)

    def _found(self, query: IndexQuery, statistics: Statistics) -> _Found:
        """The candidates with their sums: the best of every leg, and the other passages of the articles best by that.

        A corpus of up to SAMPLE passages is scored whole.
        """
        index, articles = self._generation.index, self._generation.articles
        k = _CANDIDATES if index.count > SAMPLE else index.count
        rows = np.unique(np.concatenate([hits.rows for hits in index.search(query, k).values()]))
        values = index.values(query, rows)
        fused = weighted_sum(values.legs, self._weights, statistics.legs)
        numbers = articles.numbers(rows)
        if len(rows) < index.count and len(rows):
            best = list(dict.fromkeys(numbers[np.argsort(-fused, kind="stable")].tolist()))[:_ARTICLES]
            siblings = np.setdiff1d(np.concatenate([articles.rows_of(number) for number in best]), rows)
            if len(siblings):
                values = _joined(values, index.values(query, siblings))
                fused = weighted_sum(values.legs, self._weights, statistics.legs)
                numbers = articles.numbers(values.rows)
        return _Found(values, lifted(fused, self._weights, numbers))

    def _windows(self, query: IndexQuery, placed: Sequence[tuple[int, float]]) -> Mapping[int, PassageWindows]:
        """The windows of the best passages by their rows."""
        rows = np.array([row for row, _ in placed], dtype=np.int64)
        return {windows.row: windows for windows in self._generation.index.windows(query, rows)}

    def vectors(self, question: str) -> Scores:
        """A question's unit vectors from both encoders, as the probes of its wording see them: (dimensions of both,).

        Raises ValueError where there is no companion.
        """
        reading = self._reading(question)
        if reading.second is None:
            raise ValueError("this generation has no companion")
        return np.concatenate((reading.first, reading.second))

    def nearness(self, text: str, passages: Sequence[str]) -> Mapping[str, float]:
        """How near a text is in meaning, as it stands, to passages by their ids: the whitened cosine of the best window
        of what each one says, -1 where it says nothing. From any thread."""
        articles = self._generation.articles
        rows = {row: name for name in passages if (row := articles.row_of(name)) is not None}
        query = self._query(self._encoder.encode_queries([text])[0])
        with one_blas_thread():
            found = self._generation.files.windows(query, np.array(sorted(rows), dtype=np.int64))
        # Questions of its section are no part of what a passage says.
        said = {windows.row: windows.white[windows.first <= windows.last] for windows in found}
        return {rows[row]: float(scores.max(initial=-1)) for row, scores in said.items()}

    def _reading(self, question: str) -> _Reading:
        """A question in the words of the trade, and its vectors."""
        folded = self._generation.lexical.segmenter.normalise(question)
        corrected = self._homophones.corrected(folded)
        canonical = self._glossary.canonical(corrected) if self._glossary else corrected
        first = mean_direction(self._encoder.encode_queries(list(dict.fromkeys((corrected, canonical)))))
        second = None
        if self._companion and self._generation.has_companion:
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
        values: Values,
        ranked: Sequence[Ranked],
    ) -> Signals:
        manifest = self._generation.manifest
        found = [hit.passage.below(hit.article.title) for hit in ranked[:_LOOKED_AT]]
        terms = {mention.term.name for mention in self._glossary.find(canonical)} if self._glossary else set()
        best, second = values.legs[Leg.WINDOW], values.legs.get(Leg.COMPANION_WINDOW)
        return Signals(
            excess=manifest.noise.excess(float(values.cosines.max())),
            white_excess=manifest.white_noise.excess(float(best.max())),
            log_length=math.log1p(min(max(len(canonical), _SHORT), _LONG)),
            missing_names=missing_names(canonical, found),
            asks=float(asks(canonical) or tells_of_trouble(canonical)),
            orders=wording.orders,
            terms=float(min(len(terms), _TERMS_COUNTED)),
            agreement=0.5 if second is None else float(int(best.argmax()) == int(second.argmax())),
            covered=wording.covered,
            passage_excess=manifest.noise.excess(float(values.legs[Leg.PASSAGE].max())),
        )

    def _keywords(self, reading: _Reading) -> tuple[str, ...]:
        """What the keyword leg looks for: the question as typed and as meant, in plain words, in those of articles."""
        written = self._spoken_words.written(reading.corrected) if self._spoken_words else ()
        return tuple(dict.fromkeys((reading.folded, reading.corrected, reading.canonical, *written)))

    def _best(self, found: _Found, count: int) -> list[tuple[int, float]]:
        """The rows of the best passages and their scores."""
        best = np.argsort(-found.fused, kind="stable")[:count]
        return [(int(found.values.rows[place]), float(found.fused[place])) for place in best]

    def _refreshed(
        self,
        question: str,
        canonical: str,
        placed: list[tuple[int, float]],
        windows: Mapping[int, PassageWindows],
        cosines: Mapping[int, float],
    ) -> list[tuple[int, float]]:
        """The same with newer passages before the older ones they supersede; those take over the score there."""
        generation = self._generation
        top = placed[:COMPARED]
        passages = {row: generation.articles.passage(row) for row, _ in top}
        articles = [generation.articles[passages[row].article] for row, _ in top]
        judge = self._freshness
        if judge is None or not judge.may_matter(articles):
            return placed
        years = judge.past_years(question)
        if judge.asks_for_past(question) and not years:
            return placed
        background, stats = generation.manifest.noise, generation.manifest.window_similarity
        terms = {mention.term for mention in self._glossary.find(canonical)} if self._glossary else set()
        hits = [
            Dated(
                article=article,
                score=score,
                answers=background.excess(cosines[row]),
                windows=windows[row].vectors,
                names=_mentioned(terms, passages[row].below(article.title)),
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

    def _article_text(self, article: ArticleRecord) -> str:
        """An article's title, tags and passages."""
        passages = self._generation.articles.passages_of(article.path)
        return "\n".join((article.title, *article.tags, *(passage.text for passage in passages)))


def _joined(one: Values, other: Values) -> Values:
    """Both together, ascending by row."""
    rows = np.concatenate((one.rows, other.rows))
    order = np.argsort(rows)
    legs = {leg: np.concatenate((scores, other.legs[leg]))[order] for leg, scores in one.legs.items()}
    return Values(rows[order], legs, np.concatenate((one.cosines, other.cosines))[order])


def _sentence_scores(
    passage: Passage, windows: PassageWindows, statistics: Statistics, wanted: Wanted
) -> tuple[float, ...]:
    """For each sentence its best window's score, plus the share of the question's terms that it holds itself."""
    spreads = statistics.windows
    scores = spreads[Leg.WINDOW].standardised(windows.white)
    if windows.companion is not None:
        scores = scores + _COMPANION_SENTENCES * spreads[Leg.COMPANION_WINDOW].standardised(windows.companion)
    best = np.full(len(passage.sentences), -9.0, dtype=np.float32)
    for first, last, score in zip(windows.first, windows.last, scores, strict=True):
        best[first : last + 1] = np.maximum(best[first : last + 1], score)
    return tuple(
        float(score) + _SENTENCE_TERMS * wanted.covered([passage.text[span.start : span.end]])
        for score, span in zip(best, passage.sentences, strict=True)
    )


def _mentioned(terms: Iterable[Term], text: str) -> frozenset[str]:
    """The names of those terms that a text mentions in whatever spelling."""
    lower = text.lower()
    return frozenset(term.name for term in terms if any(spelling.lower() in lower for spelling in term.spellings))
