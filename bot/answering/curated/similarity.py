"""How likely two questions ask the same, by a logistic model over a few plain features of the pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.curated.phrasing import Phrasing
from embeddings.logistic import logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# Cosines of single words: below the first they share nothing, from the second on they are as good as the same.
_STRANGE, _SAME = 0.25, 0.95


@dataclass(frozen=True, slots=True)
class Features:
    """What tells about a pair of questions, both in plain words.

    `similar`: cosine of the encoder's vectors, from which the typical question was subtracted; `swapped`: known things
    that each has and the other lacks (0 to 2), `missing`: whether there are any at all; `actions`: share of the actions
    that only one names, a half where the other names none; `unmatched`: mean share of the words that the other question
    does not have in some form, of the side with more of it; `substituted`: the worst matched word, of the side where it
    is better, times the share of terms in common: much for questions that differ in one word only; `number`,
    `unclear`, `negated`: whether one names a number, one no aspect, one negates, and the other does not.
    """

    similar: float
    swapped: float
    missing: float
    actions: float
    unmatched: float
    substituted: float
    number: float
    unclear: float
    negated: float


# Fitted by `python -m tests.evaluation.fit_curated_matching` with the default models on the development questions, 135
# with four phrasings and three near misses each, and 545 other questions. `same_at` is a compromise: lower finds more
# phrasings and takes more near misses for the same question. docs/evaluation.md tells how well it does on questions it
# has not seen.
_BIAS = -3.77
_WEIGHTS = MappingProxyType(
    {
        "similar": 9.81,
        "swapped": -1.03,
        "missing": -0.37,
        "actions": -0.51,
        "unmatched": -2.12,
        "substituted": -6.64,
        "number": -1.30,
        "unclear": -1.03,
        "negated": -0.14,
    }
)
_SAME_AT = 0.3


@dataclass(frozen=True, slots=True)
class ParaphraseModel:
    """probability = sigmoid(bias + sum of weight * feature); at or above `same_at` two questions are taken for one."""

    bias: float
    weights: Mapping[str, float]
    same_at: float = _SAME_AT

    @classmethod
    def default(cls) -> ParaphraseModel:
        """The built-in model."""
        return cls(_BIAS, _WEIGHTS)

    def probability(self, features: Features) -> float:
        """From 0 to 1."""
        values = asdict(features)
        return logistic(self.bias + sum(weight * values[name] for name, weight in self.weights.items()))


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question taken apart, with its vectors, (dimension,) each, and its search terms."""

    phrasing: Phrasing
    vector: Vectors
    companion: Vectors
    terms: frozenset[str]


def compare(one: EncodedQuestion, other: EncodedQuestion, word_vectors: Callable[[Sequence[str]], Vectors]) -> Features:
    """The features of a pair; `word_vectors` gives unit rows for words."""
    a, b = one.phrasing, other.phrasing
    lacking = len(b.lacks(a)), len(a.lacks(b))
    unmatched = _unmatched(a, b, word_vectors), _unmatched(b, a, word_vectors)
    worst = min(unmatched[0][1], unmatched[1][1])
    common = len(one.terms & other.terms) / max(1, len(one.terms | other.terms))
    return Features(
        similar=float(one.vector @ other.vector),
        swapped=float(min(*lacking, 2)),
        missing=float(any(lacking)),
        actions=_apart(a.actions, b.actions),
        unmatched=max(unmatched)[0],
        substituted=common * worst,
        number=float(bool(a.numbers) != bool(b.numbers)),
        unclear=float(not a.aspects or not b.aspects),
        negated=float(a.negated != b.negated),
    )


def _apart(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets differ, from 0 to 1; one that is empty leaves it open."""
    if not one or not other:
        return 0.5 * (bool(one) != bool(other))
    return 1 - len(one & other) / len(one | other)


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
