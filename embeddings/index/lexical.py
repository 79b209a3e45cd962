"""The keyword leg: BM25 over words and character bigrams (Lucene's variant).

Score of a passage = sum over the question's terms of idf(t) * tf / (tf + k1 * (1 - b + b * length / mean length)), with
idf(t) = ln(1 + (n - df(t) + 0.5) / (df(t) + 0.5)); Robertson and Zaragoza 2009. As in Lucene, passages that are gone
count in n, df and the mean length until their segment is merged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from embeddings.index.postings import Postings
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_index import SparseRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Rows = NDArray[np.int64]

_K1, _B = 1.5, 0.75


class LexicalIndex:
    """BM25 over the terms of passages in one or more segments, one after the other. `count` is their number."""

    def __init__(self, segments: Sequence[Postings], segmenter: Segmenter) -> None:
        self._segments = tuple(segments)
        self.segmenter = segmenter
        self.count = sum(len(segment.lengths) for segment in segments)
        total = sum(int(segment.lengths.sum(dtype=np.int64)) for segment in segments)
        mean = total / max(1, self.count)
        self._norms: list[Scores] = [
            np.asarray(_K1 * (1 - _B + _B * part.lengths / max(mean, 1)), dtype=np.float32) for part in segments
        ]
        rarest = min((int(np.diff(part.starts).min()) for part in segments if len(part.terms)), default=0)
        self._rarest = self._idf_of(rarest) if rarest else 1.0

    @classmethod
    def index(cls, texts: Sequence[str], segmenter: Segmenter) -> LexicalIndex:
        """Index texts in order."""
        return cls([Postings.of(map(segmenter.terms, texts))], segmenter)

    def scores(self, question: str) -> Scores:
        """BM25 of every passage for a question: shape (count,), zero where no term is shared."""
        return self.all_scores(*self.sparse(question))

    def sparse(self, question: str) -> tuple[Rows, Scores]:
        """A question as a sparse vector: the numbers of its terms that any passage has, ascending, and their weights.

        A weight is the rarity of a term times how often it is in the question.
        """
        weights: dict[int, float] = {}
        for term in self.segmenter.terms(question):
            if (number := self._number(term)) is not None:
                weights[number] = weights.get(number, 0.0) + self.idf(term)
        numbers = np.array(sorted(weights), dtype=np.int64)
        return numbers, np.array([weights[int(number)] for number in numbers], dtype=np.float32)

    def all_scores(self, numbers: Rows, weights: Scores) -> Scores:
        """The inner product of every passage with a sparse vector: (count,)."""
        parts = [np.zeros(len(segment.lengths), dtype=np.float32) for segment in self._segments]
        for number, weight in zip(numbers, weights, strict=True):
            for index, place in self._places(int(number)):
                rows, counts = self._segments[index].passages(place)
                parts[index][rows] += weight * _saturated(counts, self._norms[index][rows])
        return np.concatenate(parts)

    def scores_of(self, rows: Rows, numbers: Rows, weights: Scores) -> Scores:
        """The same of some passages only, ascending: (rows,) to (rows,)."""
        scores = np.zeros(len(rows), dtype=np.float32)
        starts = np.cumsum([0, *(len(segment.lengths) for segment in self._segments)])
        parts = [slice(*np.searchsorted(rows, starts[index : index + 2])) for index in range(len(self._segments))]
        for number, weight in zip(numbers, weights, strict=True):
            for index, place in self._places(int(number)):
                own = rows[parts[index]] - starts[index]
                having, counts = self._segments[index].passages(place)
                at = np.minimum(np.searchsorted(having, own), len(having) - 1)
                shared = having[at] == own
                found = weight * _saturated(counts[at[shared]], self._norms[index][own[shared]])
                scores[parts[index]][shared] += found
        return scores

    def sparse_rows(self, rows: Rows) -> SparseRows:
        """Some passages, ascending, as sparse vectors, for another engine; goes through all postings."""
        of, terms, weights = [], [], []
        offset = 0
        for index, (segment, norms) in enumerate(zip(self._segments, self._norms, strict=True)):
            wanted = np.zeros(len(segment.lengths), dtype=np.bool_)
            own = rows[slice(*np.searchsorted(rows, (offset, offset + len(wanted))))] - offset
            wanted[own] = True
            inside = np.flatnonzero(wanted[segment.rows])
            places = np.searchsorted(segment.starts, inside, side="right") - 1
            of.append(segment.rows[inside] + offset)
            terms.append(self._numbers(index, places))
            weights.append(_saturated(segment.counts[inside], norms[segment.rows[inside]]))
            offset += len(wanted)
        row, term = np.concatenate(of), np.concatenate(terms)
        order = np.lexsort((term, row))
        starts = np.searchsorted(row[order], rows)
        starts = np.append(starts, len(row)).astype(np.int64)
        return SparseRows(starts, term[order].astype(np.int32), np.concatenate(weights)[order])

    def idf(self, term: str) -> float:
        """Rarity of a term; a term that no passage has is as rare as the rarest."""
        frequency = self._frequency(term)
        return self._idf_of(frequency) if frequency else self._rarest

    @cached_property
    def words(self) -> Mapping[str, int]:
        """The words of two to six Han characters that more than one passage has, and in how many they stand."""
        named = {word for segment in self._segments for word in segment.words}
        return {word: self._frequency(word) for word in named}

    def has(self, term: str) -> bool:
        """Whether any passage has a term."""
        return self._frequency(term) > 0

    def matches(self, text: str) -> bool:
        """Whether any passage has any term of a text."""
        return any(self.has(term) for term in self.segmenter.terms(text))

    def coverage(self, question: str, texts: Sequence[str]) -> float:
        """Share of the question's terms, weighted by rarity, that the texts together contain: 0 to 1."""
        return self.wanted(question).covered(texts)

    def wanted(self, question: str) -> Wanted:
        """What `coverage` looks for, for a question about which it is asked many times."""
        return Wanted(self.segmenter, {term: self.idf(term) for term in self.segmenter.terms(question)})

    def _frequency(self, term: str) -> int:
        return sum(segment.frequency(segment.place(term)) for segment in self._segments)

    def _idf_of(self, frequency: int) -> float:
        return float(np.log(1 + (self.count - frequency + 0.5) / (frequency + 0.5)))

    def _number(self, term: str) -> int | None:
        """The number of a term over all segments: those of the first, then what each further one has beside them."""
        offset = 0
        for segment in self._segments:
            if (place := segment.place(term)) >= 0:
                return offset + place
            offset += len(segment.terms)
        return None

    def _numbers(self, index: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those numbers for terms of one segment."""
        numbers = places + sum(len(segment.terms) for segment in self._segments[:index])
        offset = 0
        unseen = np.ones(len(places), dtype=np.bool_)
        hashes = self._segments[index].terms[places]
        for segment in self._segments[:index]:
            at = np.minimum(np.searchsorted(segment.terms, hashes), max(0, len(segment.terms) - 1))
            same = unseen & (segment.terms[at] == hashes) if len(segment.terms) else np.zeros_like(unseen)
            numbers[same] = offset + at[same]
            unseen &= ~same
            offset += len(segment.terms)
        return numbers

    def _places(self, number: int) -> list[tuple[int, int]]:
        """The segments that have the term of a number, and where."""
        for segment in self._segments:
            if number < len(segment.terms):
                wanted = segment.terms[number]
                places = ((index, other.place_of(wanted)) for index, other in enumerate(self._segments))
                return [(index, place) for index, place in places if place >= 0]
            number -= len(segment.terms)
        return []


def _saturated(counts: NDArray[np.uint16], norms: Scores) -> Scores:
    many = counts.astype(np.float32)
    return many / (many + norms)


class Wanted:
    """The terms of one question with their rarity."""

    def __init__(self, segmenter: Segmenter, terms: Mapping[str, float]) -> None:
        self._segmenter = segmenter
        self._terms = terms
        self._total = sum(terms.values())

    def covered(self, texts: Sequence[str]) -> float:
        """Share of them, weighted by rarity, that the texts together contain: 0 to 1."""
        if not self._total:
            return 0.0
        present = set().union(*(self._segmenter.terms(text) for text in texts)) if texts else set()
        return sum(rarity for term, rarity in self._terms.items() if term in present) / self._total
