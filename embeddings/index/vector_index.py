"""What finds passages by vectors and terms: the seam behind which FAISS in process or a server stands.

In: a question as `IndexQuery`, made by the retriever. Out: for each leg of the search the best passages, and the exact
values of passages that are asked for. What they say is kept elsewhere (`embeddings.index.generation`): here a passage
is a row number, a window a row number of its own with the row of its passage.

How a search runs over it (`embeddings.search.retriever`):

1. `statistics`: mean and spread of every leg, over a sample that is drawn when the index is built.
2. `search`: the best passages of every leg, 100 of each. A corpus of up to `SAMPLE` passages is asked for all of them.
3. `values`: what each of their union has in every leg, exactly; then the same for the other passages of the articles
   that are best by then.
4. `windows`: the vectors and values of the windows of the ten best, for dates, sentences and refusal.

Fields that an engine stores, all of them unit vectors unless another thing is said:

- of a passage: its vector; its terms as a sparse vector (`SparseRows`), whose weights hold the term frequency and the
  length of the passage but no rarity, which comes with the question and so may change without a write; the companion's
  vector, where the generation has one.
- of a window: its whitened vector and the length that it had before it was made a unit vector, with which the raw one
  is got back (`IndexQuery.raw_direction`); the companion's vector; the row of its passage; its first and last sentence.

Scores are inner products. An engine may find the best approximately; values are exact up to the precision of what is
stored. All methods may be called by several threads. An engine that cannot answer (a server that is gone, or too slow)
raises an `embeddings.errors.EmbeddingsError`, whose text tells a person what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    Vectors = NDArray[np.float32]
    Scores = NDArray[np.float32]
    Rows = NDArray[np.int64]

SAMPLE = 2_000
"""How many passages means and spreads are told from; a corpus that is no larger is scored whole."""


class Leg(StrEnum):
    """One way of scoring passages; the names are those of `embeddings.search.fusion.Weights`.

    PASSAGE: cosine of the passage. WINDOW: whitened cosine of its best window. LEXICAL: BM25 sum. COMPANION_PASSAGE and
    COMPANION_WINDOW: the same cosines, not whitened, by the second encoder.
    """

    PASSAGE = "passage"
    WINDOW = "window"
    LEXICAL = "lexical"
    COMPANION_PASSAGE = "companion_passage"
    COMPANION_WINDOW = "companion_window"


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A question as an engine sees it.

    `dense`, (dimension,): the unit vector that passages are compared with. `white`, (dimension,): the unit vector that
    whitened windows are compared with. `raw_direction`, (dimension,), and `raw_offset`: the cosine of a window before
    whitening is `length * (whitened window . raw_direction) + raw_offset`. `terms`, (terms,) ascending, and
    `term_weights`, (terms,): the sparse vector of the question, rarity times how often a term is in it. `companion`,
    (companion dimension,): the second encoder's unit vector, None where there is none.
    """

    dense: Vector
    white: Vector
    raw_direction: Vector
    raw_offset: float
    terms: Rows
    term_weights: Scores
    companion: Vector | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """The best passages of one leg, best first: `rows`, (hits,), without repetition, and their `scores`, (hits,)."""

    rows: Rows
    scores: Scores


@dataclass(frozen=True, slots=True)
class Values:
    """What passages have in every leg, exactly: `rows`, (passages,) ascending, and each leg's scores, (passages,).

    `cosines`, (passages,): the cosine of the best window before whitening, which refusal and dates go by.
    """

    rows: Rows
    legs: Mapping[Leg, Scores]
    cosines: Scores


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation of scores."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, scores: Scores) -> Spread:
        """Of these scores, (n,); of none at all 0 and 0."""
        return cls(float(scores.mean()), float(scores.std())) if len(scores) else cls(0.0, 0.0)

    def standardised(self, scores: Scores) -> Scores:
        """Scores less the mean, divided by the deviation; all 0 where every score is the same."""
        if self.deviation < 1e-9:
            return np.zeros_like(scores)
        return np.asarray((scores - self.mean) / self.deviation, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the scores of one question lie: of passages in every leg, and of single windows in the two window legs.

    Told from min(count, SAMPLE) passages with all their windows: exact for a corpus that is no larger.
    """

    legs: Mapping[Leg, Spread]
    windows: Mapping[Leg, Spread]


@dataclass(frozen=True, slots=True)
class PassageWindows:
    """The windows of one passage in their order, with a question's scores.

    `first` and `last`, (windows,): numbers of the sentences of the passage that a window reaches over. `vectors`,
    (windows, dimension): unit vectors before whitening. `white` and `companion`, (windows,): the cosines of the window
    legs; `companion` is None where there is none.
    """

    row: int
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    vectors: Vectors
    white: Scores
    companion: Scores | None


class VectorIndex(Protocol):
    """The vectors and terms of one generation, ready for questions; never changed."""

    @property
    def count(self) -> int:
        """How many passages can be found."""
        ...

    def search(self, query: IndexQuery, k: int) -> Mapping[Leg, Hits]:
        """The `k` best passages of every leg, fewer where there are fewer; legs without a vector are left out.

        In the window legs a passage counts with its best window. Where `k` is `count` or more, all passages come. In
        the lexical leg only passages that share a term have to come.
        """
        ...

    def values(self, query: IndexQuery, rows: Rows) -> Values:
        """What these passages have in every leg that the query has. `rows`, (passages,): any order, no repetition."""
        ...

    def statistics(self, query: IndexQuery) -> Statistics:
        """Means and spreads for one question."""
        ...

    def windows(self, query: IndexQuery, rows: Rows) -> Sequence[PassageWindows]:
        """The windows of a few passages, in the order of `rows`."""
        ...


@dataclass(frozen=True, slots=True)
class SparseRows:
    """Sparse vectors, one after the other: that of row i is `terms[starts[i]:starts[i + 1]]` with as many `weights`.

    `terms` are numbers from 0, ascending within a row; the lexical score is the sum over the terms that a question
    shares of `IndexQuery.term_weights` times these weights.
    """

    starts: Rows
    terms: NDArray[np.int32]
    weights: Scores


@dataclass(frozen=True, slots=True)
class PassageRows:
    """Consecutive passages as an engine stores them: `rows`, (n,), `vectors`, (n, dimension), and so on in that order.

    `companion` is (n, companion dimension), or None.
    """

    rows: Rows
    vectors: Vectors
    sparse: SparseRows
    companion: Vectors | None


@dataclass(frozen=True, slots=True)
class WindowRows:
    """Consecutive windows as an engine stores them, in the order of `rows`, (n,).

    `passages`, `first`, `last`, `lengths`: (n,). `white`: (n, dimension), unit vectors. `companion`: (n, companion
    dimension), or None.
    """

    rows: Rows
    passages: Rows
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    white: Vectors
    lengths: Scores
    companion: Vectors | None


class IndexRows(Protocol):
    """All that an engine is filled with, in blocks that fit into memory; the index in process gives it."""

    def passage_rows(self, block: int = 4096) -> Iterator[PassageRows]:
        """All passages that can be found, at most `block` at a time."""
        ...

    def window_rows(self, block: int = 4096) -> Iterator[WindowRows]:
        """All windows of those, at most `block` at a time."""
        ...

    def sample(self) -> Rows:
        """The rows of the passages that statistics are told from, ascending."""
        ...
