"""The vector index of one generation on a Milvus server, in two phases.

First the best of every leg, then the exact values of their union, by searches that are filtered to it, so that no
vector travels. Means and spreads are told from the generation's own files, which hold the sample, and so are the
windows of the few best passages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from embeddings.index.milvus_collections import MOST_HITS, Collections
from embeddings.index.milvus_server import Client
from embeddings.index.vector_index import Hits, IndexQuery, Leg, PassageWindows, Statistics, Values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Rows = NDArray[np.int64]

T = TypeVar("T")

_CANDIDATES = 100
"""Passages of a leg that are enough: asked for all of them, a server would send the whole corpus for each question."""

_WINDOWS_A_PASSAGE = 8
_ROWS_AT_ONCE = 500  # passages of one filter; their windows have to be no more than MOST_HITS


class Ask(Protocol):
    """What `work` makes of a client, in time. Raises EngineUnavailable."""

    def __call__(self, work: Callable[[Client], T], /) -> T: ...


class Local(Protocol):
    """What stays with the generation's own files; see `VectorIndex`."""

    @property
    def count(self) -> int: ...

    def statistics(self, query: IndexQuery) -> Statistics: ...

    def windows(self, query: IndexQuery, rows: Rows) -> Sequence[PassageWindows]: ...


class MilvusIndex:
    """A `VectorIndex`. It finds at most 100 passages a leg, also where all are asked for."""

    def __init__(self, ask: Ask, collections: Collections, local: Local) -> None:
        self._ask = ask
        self._passages = collections.passages
        self._windows = collections.windows
        self._local = local

    @property
    def count(self) -> int:
        """How many passages can be found."""
        return self._local.count

    def statistics(self, query: IndexQuery) -> Statistics:
        """See `VectorIndex`."""
        return self._local.statistics(query)

    def windows(self, query: IndexQuery, rows: Rows) -> Sequence[PassageWindows]:
        """See `VectorIndex`."""
        return self._local.windows(query, rows)

    def search(self, query: IndexQuery, k: int) -> Mapping[Leg, Hits]:
        """See `VectorIndex`."""
        return self._ask(lambda client: self._search(client, query, min(k, _CANDIDATES)))

    def values(self, query: IndexQuery, rows: Rows) -> Values:
        """See `VectorIndex`."""
        rows = np.sort(rows)
        starts = range(0, max(1, len(rows)), _ROWS_AT_ONCE)
        parts = self._ask(
            lambda client: [self._values(client, query, rows[start : start + _ROWS_AT_ONCE]) for start in starts]
        )
        legs = {leg: np.concatenate([part.legs[leg] for part in parts]) for leg in parts[0].legs}
        return Values(rows, legs, np.concatenate([part.cosines for part in parts]))

    def _search(self, client: Client, query: IndexQuery, k: int) -> Mapping[Leg, Hits]:
        legs = {
            Leg.PASSAGE: _hits(self._passages.best(client, "dense", [query.dense], k, ["row"])[0], "row", k),
            Leg.WINDOW: self._best_windows(client, "white", query.white, k),
            Leg.LEXICAL: self._best_terms(client, query, k, None),
        }
        if query.companion is not None:
            found = self._passages.best(client, "companion", [query.companion], k, ["row"])[0]
            legs[Leg.COMPANION_PASSAGE] = _hits(found, "row", k)
            legs[Leg.COMPANION_WINDOW] = self._best_windows(client, "companion", query.companion, k)
        return legs

    def _values(self, client: Client, query: IndexQuery, rows: Rows) -> Values:
        passages, windows = ("row", rows), ("passage", rows)
        most = min(MOST_HITS, max(1, self._windows.count))
        dense = self._passages.best(client, "dense", [query.dense], len(rows), ["row"], passages)[0]
        both = [query.white, query.raw_direction]
        white, raw = self._windows.best(client, "white", both, most, ["passage", "length"], windows)
        cosines = [{**hit, "distance": hit["length"] * hit["distance"] + query.raw_offset} for hit in raw]
        terms = self._best_terms(client, query, len(rows), rows)
        legs = {
            Leg.PASSAGE: _best_of_each(dense, "row", rows),
            Leg.WINDOW: _best_of_each(white, "passage", rows),
            Leg.LEXICAL: _placed(terms, rows),
        }
        if query.companion is not None:
            second = self._passages.best(client, "companion", [query.companion], len(rows), ["row"], passages)[0]
            smaller = self._windows.best(client, "companion", [query.companion], most, ["passage"], windows)[0]
            legs[Leg.COMPANION_PASSAGE] = _best_of_each(second, "row", rows)
            legs[Leg.COMPANION_WINDOW] = _best_of_each(smaller, "passage", rows)
        return Values(rows, legs, _best_of_each(cosines, "passage", rows))

    def _best_windows(self, client: Client, field: str, vector: Scores, k: int) -> Hits:
        limit = min(k * _WINDOWS_A_PASSAGE, MOST_HITS)
        return _hits(self._windows.best(client, field, [vector], limit, ["passage"])[0], "passage", k)

    def _best_terms(self, client: Client, query: IndexQuery, k: int, rows: Rows | None) -> Hits:
        if not len(query.terms):
            return Hits(np.zeros(0, np.int64), np.zeros(0, np.float32))
        wanted = dict(zip(query.terms.tolist(), query.term_weights.tolist(), strict=True))
        among = None if rows is None else ("row", rows)
        return _hits(self._passages.best(client, "terms", [wanted], k, ["row"], among)[0], "row", k)


def _hits(found: Sequence[Mapping[str, Any]], key: str, k: int) -> Hits:
    """The best of each row, best first."""
    best: dict[int, float] = {}
    for hit in found:
        best[hit[key]] = max(best.get(hit[key], -np.inf), hit["distance"])
    ordered = sorted(best, key=lambda row: -best[row])[:k]
    return Hits(np.array(ordered, np.int64), np.array([best[row] for row in ordered], np.float32))


def _best_of_each(found: Sequence[Mapping[str, Any]], key: str, rows: Rows) -> Scores:
    """The best score of each of `rows`, ascending; -1, which is less than any cosine, where there is none."""
    scores = np.full(len(rows), -1.0, np.float32)
    if found:
        places = np.searchsorted(rows, [hit[key] for hit in found])
        np.maximum.at(scores, places, np.array([hit["distance"] for hit in found], np.float32))
    return scores


def _placed(hits: Hits, rows: Rows) -> Scores:
    """Scores of some of `rows`, ascending, as those of all; 0 where there is none."""
    scores = np.zeros(len(rows), np.float32)
    scores[np.searchsorted(rows, hits.rows)] = hits.scores
    return scores
