"""Whether the corpus answers a question at all: signals of a search to a calibrated confidence.

A logistic model over a few plain signals. The keyword score by itself is no signal of refusal: a rare word in common
says little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Signals:
    """What a search tells about whether it found an answer.

    `excess`: by how many standard deviations the best window's cosine exceeds what unrelated questions get from the
    same generation; `top_score`: the best passage's sum of legs; `log_length`: ln(1 + characters of the question),
    since cosines fall with length. Shares of covered terms, margins and peaks of single legs add nothing to these.
    """

    excess: float
    top_score: float
    log_length: float


class Outcome(StrEnum):
    """What is done with a question, decided before any sentence is chosen."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    REFUSED = "refused"


# Fitted on the development questions over two corpora (258 answerable, 97 not), both corpora predicting each other
# with AUC 0.89; the README tells how well it does on questions it has not seen.
_DEFAULT_BIAS = -13.011
_DEFAULT_WEIGHTS = MappingProxyType({"excess": 2.3126, "top_score": 0.2396, "log_length": 2.3757})


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of "the corpus answers this": confidence = sigmoid(bias + sum of weight * signal).

    At or above `answer_at` a question is answered, at or above `unsure_at` it is shown the closest material as no
    more than that, below it is declined.
    """

    bias: float
    weights: Mapping[str, float]
    answer_at: float = 0.42
    unsure_at: float = 0.33

    @classmethod
    def default(cls) -> Calibration:
        """The built-in calibration."""
        return cls(_DEFAULT_BIAS, _DEFAULT_WEIGHTS)

    def confidence(self, signals: Signals) -> float:
        """Probability, 0 to 1, that the passages found answer the question."""
        values = asdict(signals)
        total = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def outcome(self, confidence: float) -> Outcome:
        """What to do at this confidence."""
        if confidence >= self.answer_at:
            return Outcome.ANSWERED
        return Outcome.UNSURE if confidence >= self.unsure_at else Outcome.REFUSED
