"""Scores of several legs to one: standardised, weighted, summed, and lifted by the evidence of the article.

Standardised sums beat rank fusion on the development sets; docs/evaluation.md gives the figure of every part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.index.vector_index import Leg, Spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each standardised leg counts in the sum; `article` is what an article's evidence counts afterwards."""

    passage: float = 0.75
    window: float = 1.0
    lexical: float = 0.6
    companion_passage: float = 0.4
    companion_window: float = 0.4
    article: float = 0.2


def weighted_sum(legs: Mapping[Leg, Scores], weights: Weights, spreads: Mapping[Leg, Spread]) -> Scores:
    """The weighted sum of standardised legs, each (n,); a leg is named as its weight is.

    `spreads` has mean and deviation of each over the corpus.
    """
    size = len(next(iter(legs.values())))
    fused = np.zeros(size, dtype=np.float32)
    for leg, scores in legs.items():
        fused += float(getattr(weights, leg)) * spreads[leg].standardised(scores)
    return fused


def lifted(fused: Scores, weights: Weights, groups: NDArray[np.int64]) -> Scores:
    """Sums, (n,), with a share of the best sums of each passage's article; `groups`, (n,), numbers those."""
    if not weights.article or not len(fused):
        return fused
    _, own = np.unique(groups, return_inverse=True)
    return np.asarray(fused + weights.article * best_mean(fused, own.astype(np.int32)), dtype=np.float32)


def standardise(scores: Scores) -> Scores:
    """Subtract the mean and divide by the standard deviation; all zero when every score is the same."""
    return Spread.of(scores).standardised(scores)


def best_mean(scores: Scores, groups: NDArray[np.int32], *, best: int = 3) -> Scores:
    """For every element the mean of the `best` highest scores in its group (of fewer where the group is small).

    `scores` and `groups` have shape (n,); groups are numbered from 0.
    """
    order = np.lexsort((-scores, groups))
    starts = np.searchsorted(groups[order], np.arange(groups.max() + 1)) if len(groups) else np.zeros(0, dtype=np.int64)
    place = np.arange(len(scores)) - starts[groups[order]]
    chosen = order[place < best]
    sums = np.bincount(groups[chosen], weights=scores[chosen], minlength=len(starts))
    counts = np.bincount(groups[chosen], minlength=len(starts))
    return np.asarray((sums / np.maximum(counts, 1))[groups], dtype=np.float32)


def mean_direction(vectors: Scores) -> Scores:
    """The mean direction of unit vectors: (n, dimension) to (dimension,)."""
    total = vectors.sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)
