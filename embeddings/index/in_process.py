"""The vector index in the bot's own process: over the files of a generation, mapped where they are large.

One base segment, and beside it, where articles have changed since, a delta segment; articles of the base that are gone
or stand in the delta in a new version are not found. Rows count through base and delta.

Up to `SAMPLE` passages, every passage is scored in every leg by one product of numpy each. Above, FAISS looks for the
best, and means and spreads are told from a sample whose vectors are stored apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.segment import Segment, SegmentVectors
from embeddings.index.vector_index import (
    SAMPLE,
    Hits,
    IndexQuery,
    Leg,
    PassageRows,
    PassageWindows,
    Spread,
    Statistics,
    Values,
    WindowRows,
)
from embeddings.index.whitening import Whitening

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Rows = NDArray[np.int64]

_WINDOWS_A_PASSAGE = 8
"""For k passages the best k times as many windows are looked at; more than one window of a good passage is good."""


class Sample(NamedTuple):
    """Passages that means and spreads are told from: their vectors, and their rows in the base, ascending."""

    vectors: SegmentVectors
    rows: Rows


@dataclass(frozen=True, slots=True)
class _Scored:
    """Passages of one segment with their windows in every leg; `places`, (windows,), numbers each one's passage."""

    passage: Scores
    white: Scores
    raw: Scores
    places: Rows
    companion_passage: Scores | None
    companion: Scores | None

    def best(self, windows: Scores) -> Scores:
        """The best window of every passage, -1 where one has none: (windows,) to (passages,)."""
        best = np.full(len(self.passage), -1.0, dtype=np.float32)
        np.maximum.at(best, self.places, windows)
        return best


class InProcessIndex:
    """A `VectorIndex`, and the `IndexRows` that another engine is filled with.

    `segments` are the base and, where there is one, the delta; `alive`, (rows,), tells which passages are found.
    `sample` is None where the base is no larger than one.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        alive: NDArray[np.bool_],
        lexical: LexicalIndex,
        whitening: Whitening,
        sample: Sample | None,
    ) -> None:
        self._parts = [segment.vectors for segment in segments]
        self._starts = np.cumsum([0, *(part.count for part in self._parts)])
        self._alive = alive
        self._all_alive = bool(alive.all())
        self._lexical = lexical
        self._whitening = whitening
        self._sample = sample
        self._count = int(alive.sum())
        self._window_alive = [
            None if self._all_alive else np.repeat(alive[start : start + part.count], np.diff(part.starts))
            for part, start in zip(self._parts, self._starts, strict=False)
        ]
        # Of a small corpus all is scored at once, for a question that is the same object in search, values and so on.
        self._whole: tuple[IndexQuery, _Scored, Scores] | None = None

    @property
    def count(self) -> int:
        """How many passages can be found."""
        return self._count

    def search(self, query: IndexQuery, k: int) -> Mapping[Leg, Hits]:
        """See `VectorIndex`."""
        if self._is_small:
            values = self.values(query, np.arange(self._count))
            return {leg: _best(values.rows, scores, k) for leg, scores in values.legs.items()}
        legs = {
            Leg.PASSAGE: self._closest([part.passages for part in self._parts], query.dense, k),
            Leg.WINDOW: self._closest_windows([part.windows for part in self._parts], query.white, k),
            Leg.LEXICAL: self._best_terms(query, k),
        }
        if query.companion is not None:
            second = [part.companion_passages for part in self._parts if part.companion_passages]
            smaller = [part.companion_windows for part in self._parts if part.companion_windows]
            legs[Leg.COMPANION_PASSAGE] = self._closest(second, query.companion, k)
            legs[Leg.COMPANION_WINDOW] = self._closest_windows(smaller, query.companion, k)
        return legs

    def values(self, query: IndexQuery, rows: Rows) -> Values:
        """See `VectorIndex`."""
        rows = np.sort(rows)
        if self._is_small:
            scored, lexical = self._scored_whole(query)
            whole = Values(np.arange(self._count), _legs(scored, lexical), scored.best(scored.raw))
            if len(rows) == self._count:
                return whole
            legs = {leg: scores[rows] for leg, scores in whole.legs.items()}
            return Values(rows, legs, whole.cosines[rows])
        scored_parts = [_scored(part, query, own) for part, own in self._apart(rows)]
        lexical = self._lexical.scores_of(rows, query.terms, query.term_weights)
        by_part = [_legs(scored, None) for scored in scored_parts]
        legs = {leg: np.concatenate([legs[leg] for legs in by_part]) for leg in by_part[0]}
        cosines = np.concatenate([scored.best(scored.raw) for scored in scored_parts])
        return Values(rows, {**legs, Leg.LEXICAL: lexical}, cosines)

    def statistics(self, query: IndexQuery) -> Statistics:
        """See `VectorIndex`."""
        if self._is_small:
            scored, lexical = self._scored_whole(query)
        else:
            part, rows = self._sample or Sample(self._parts[0], np.arange(self._parts[0].count))
            scored = _scored(part, query, None)
            lexical = self._lexical.scores_of(rows, query.terms, query.term_weights)
        legs = {leg: Spread.of(scores) for leg, scores in _legs(scored, lexical).items()}
        windows = {Leg.WINDOW: Spread.of(scored.white)}
        if scored.companion is not None:
            windows[Leg.COMPANION_WINDOW] = Spread.of(scored.companion)
        return Statistics(legs, windows)

    def windows(self, query: IndexQuery, rows: Rows) -> Sequence[PassageWindows]:
        """See `VectorIndex`."""
        return [self._windows_of(query, int(row)) for row in rows]

    def passage_rows(self, block: int = 4096) -> Iterator[PassageRows]:
        """See `IndexRows`."""
        for rows in self._blocks(block):
            sparse = self._lexical.sparse_rows(rows)
            parts = list(self._apart(rows))
            vectors = np.concatenate([part.passages.rows(own) for part, own in parts])
            second = [part.companion_passages.rows(own) for part, own in parts if part.companion_passages]
            yield PassageRows(rows, vectors, sparse, np.concatenate(second) if second else None)

    def window_rows(self, block: int = 4096) -> Iterator[WindowRows]:
        """See `IndexRows`."""
        offsets = np.cumsum([0, *(part.windows.count for part in self._parts)])
        for rows in self._blocks(max(1, block // _WINDOWS_A_PASSAGE)):
            for index, (part, own) in enumerate(self._apart(rows)):
                windows, places = part.windows_of(own)
                if not len(windows):
                    continue
                sentences, second = part.sentences[windows], part.companion_windows
                yield WindowRows(
                    rows=windows + offsets[index],
                    passages=own[places] + self._starts[index],
                    first=sentences[:, 0],
                    last=sentences[:, 1],
                    white=part.windows.rows(windows),
                    lengths=part.lengths[windows],
                    companion=None if second is None else second.rows(windows),
                )

    def sample(self) -> Rows:
        """See `IndexRows`."""
        rows = np.arange(self._parts[0].count) if self._sample is None else self._sample.rows
        return np.asarray(rows[self._alive[rows]])

    @property
    def _is_small(self) -> bool:
        return self._all_alive and len(self._parts) == 1 and self._count <= SAMPLE

    def _scored_whole(self, query: IndexQuery) -> tuple[_Scored, Scores]:
        known = self._whole
        if known is None or known[0] is not query:
            lexical = self._lexical.all_scores(query.terms, query.term_weights)
            known = (query, _scored(self._parts[0], query, None), lexical)
            self._whole = known
        return known[1], known[2]

    def _apart(self, rows: Rows) -> Iterator[tuple[SegmentVectors, Rows]]:
        """Rows, ascending, by the part they are in, counted there."""
        for index, part in enumerate(self._parts):
            here = slice(*np.searchsorted(rows, self._starts[index : index + 2]))
            yield part, rows[here] - self._starts[index]

    def _blocks(self, size: int) -> Iterator[Rows]:
        rows = np.flatnonzero(self._alive)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def _closest(self, parts: Sequence[DenseIndex], query: Scores, k: int) -> Hits:
        found = []
        for part, start in zip(parts, self._starts, strict=False):
            allowed = None if self._all_alive else self._alive[start : start + part.count]
            rows, scores = part.search(query, k, allowed)
            found.append((rows + start, scores))
        return _best_of(found, k)

    def _closest_windows(self, parts: Sequence[DenseIndex], query: Scores, k: int) -> Hits:
        found = []
        for index, (part, allowed) in enumerate(zip(parts, self._window_alive, strict=True)):
            windows, scores = part.search(query, k * _WINDOWS_A_PASSAGE, allowed)
            rows = np.searchsorted(self._parts[index].starts, windows, side="right") - 1
            _, first = np.unique(rows, return_index=True)  # the best window of each, since the best come first
            found.append((rows[first] + self._starts[index], scores[first]))
        return _best_of(found, k)

    def _best_terms(self, query: IndexQuery, k: int) -> Hits:
        scores = self._lexical.all_scores(query.terms, query.term_weights)
        rows = np.flatnonzero((scores > 0) & self._alive)
        return _best(rows, scores[rows], k)

    def _windows_of(self, query: IndexQuery, row: int) -> PassageWindows:
        (part, own), *_ = [(part, own) for part, own in self._apart(np.array([row])) if len(own)]
        windows = slice(*part.starts[own[0] : own[0] + 2])
        white, first_last, second = part.windows.rows(windows), part.sentences[windows], part.companion_windows
        return PassageWindows(
            row=row,
            first=first_last[:, 0],
            last=first_last[:, 1],
            vectors=self._whitening.raw(white, part.lengths[windows]),
            white=white @ query.white,
            companion=None if second is None or query.companion is None else second.rows(windows) @ query.companion,
        )


def _scored(part: SegmentVectors, query: IndexQuery, rows: Rows | None) -> _Scored:
    """Passages of a segment, all of them where `rows` is None."""
    windows: Rows | slice
    if rows is None:
        windows, places = slice(None), np.repeat(np.arange(part.count), np.diff(part.starts))
        of_passages: Rows | slice = slice(None)
    else:
        windows, places = part.windows_of(rows)
        of_passages = rows
    both = part.windows.rows(windows) @ np.stack((query.white, query.raw_direction), axis=1)
    second, smaller = part.companion_passages, part.companion_windows
    companion = query.companion
    return _Scored(
        passage=part.passages.rows(of_passages) @ query.dense,
        white=np.ascontiguousarray(both[:, 0]),
        raw=part.lengths[windows] * both[:, 1] + np.float32(query.raw_offset),
        places=places,
        companion_passage=None if second is None or companion is None else second.rows(of_passages) @ companion,
        companion=None if smaller is None or companion is None else smaller.rows(windows) @ companion,
    )


def _legs(scored: _Scored, lexical: Scores | None) -> dict[Leg, Scores]:
    legs = {Leg.PASSAGE: scored.passage, Leg.WINDOW: scored.best(scored.white)}
    if lexical is not None:
        legs[Leg.LEXICAL] = lexical
    if scored.companion_passage is not None and scored.companion is not None:
        legs[Leg.COMPANION_PASSAGE] = scored.companion_passage
        legs[Leg.COMPANION_WINDOW] = scored.best(scored.companion)
    return legs


def _best_of(found: Sequence[tuple[Rows, Scores]], k: int) -> Hits:
    return _best(np.concatenate([rows for rows, _ in found]), np.concatenate([scores for _, scores in found]), k)


def _best(rows: Rows, scores: Scores, k: int) -> Hits:
    best = np.argpartition(-scores, k)[:k] if k < len(scores) else np.arange(len(scores))
    best = best[np.argsort(-scores[best], kind="stable")]
    return Hits(rows[best], scores[best])
