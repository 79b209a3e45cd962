"""How likely two questions ask the same, by a logistic model over a few plain features of the pair."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.phrasing import Phrasing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# Cosines of single words: below the first they share nothing, from the second on they are as good as the same.
_STRANGE, _SAME = 0.25, 0.95


@dataclass(frozen=True, slots=True)
class Features:
    """What tells about a pair of questions, both in plain words.

    `similar` and `companion`: cosines of the two encoders, of vectors from which the typical question was subtracted;
    `swapped`: known things that each has and the other lacks (0 to 2), `missing`: whether there are any at all;
    `actions`: 1 for other actions, a half where only one names any; `unmatched`: mean share of the words that the other
    question does not have in some form, of the side with more of it, `unmatched_both` of the one with less;
    `substituted`: the worst matched word of both sides, times the share of terms in common: a question that differs in
    one word only; `place`, `number`, `unclear`: whether one names a platform, a number, an aspect, and the other none;
    `negated`: whether only one negates.
    """

    similar: float
    companion: float
    swapped: float
    missing: float
    actions: float
    unmatched: float
    unmatched_both: float
    substituted: float
    place: float
    number: float
    unclear: float
    negated: float


# Fitted by `python -m tests.curated_questions` on the development questions; see there.
_BIAS = -3.06
_WEIGHTS = MappingProxyType(
    {
        "similar": 8.94,
        "swapped": -1.33,
        "missing": -0.62,
        "actions": -0.96,
        "unmatched": -2.37,
        "substituted": -5.23,
        "number": -3.2,
        "unclear": -1.06,
        "negated": -0.14,
    }
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """probability = sigmoid(bias + sum of weight * feature); at or above `same_at` two questions are taken for one."""

    bias: float
    weights: Mapping[str, float]
    same_at: float = 0.25

    @classmethod
    def default(cls) -> Likeness:
        """The built-in model."""
        return cls(_BIAS, _WEIGHTS)

    def probability(self, features: Features) -> float:
        """From 0 to 1."""
        values = asdict(features)
        total = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Sounding:
    """A question taken apart, with its vectors, (dimension,) each, and its search terms."""

    phrasing: Phrasing
    vector: Vectors
    companion: Vectors
    terms: frozenset[str]


def compare(one: Sounding, other: Sounding, word_vectors: Callable[[Sequence[str]], Vectors]) -> Features:
    """The features of a pair; `word_vectors` gives unit rows for words."""
    a, b = one.phrasing, other.phrasing
    lacking = len(b.lacks(a)), len(a.lacks(b))
    unmatched = _unmatched(a, b, word_vectors), _unmatched(b, a, word_vectors)
    common = len(one.terms & other.terms) / max(1, len(one.terms | other.terms))
    return Features(
        similar=float(one.vector @ other.vector),
        companion=float(one.companion @ other.companion),
        swapped=float(min(*lacking, 2)),
        missing=float(any(lacking)),
        actions=1.0
        if a.actions and b.actions and not a.actions & b.actions
        else 0.5 * (bool(a.actions) != bool(b.actions)),
        unmatched=max(unmatched)[0],
        unmatched_both=min(unmatched)[0],
        substituted=common * min(unmatched[0][1], unmatched[1][1]),
        place=float(bool(a.places) != bool(b.places)),
        number=float(bool(a.numbers) != bool(b.numbers)),
        unclear=float(not a.aspects or not b.aspects),
        negated=float(a.negated != b.negated),
    )


def _unmatched(one: Phrasing, other: Phrasing, word_vectors: Callable[[Sequence[str]], Vectors]) -> tuple[float, float]:
    """Mean and greatest share of its words that a question has and the other one has not; 0 for one without words."""
    if not one.words:
        return 0.0, 0.0
    best = np.zeros(len(one.words), np.float32)
    if other.words:
        cosines = word_vectors(one.words) @ word_vectors(other.words).T
        best = np.clip((cosines.max(axis=1) - _STRANGE) / (_SAME - _STRANGE), 0, 1)
    best[[word in other.plain for word in one.words]] = 1
    return float(1 - best.mean()), float(1 - best.min())
