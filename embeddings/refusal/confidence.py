"""Whether the corpus answers a question at all: signals of a search to a calibrated confidence.

A logistic model over a few plain signals. The keyword score by itself is no signal of refusal: a rare word in common
says little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType

from embeddings.logistic import logistic


@dataclass(frozen=True, slots=True)
class Signals:
    """What a search tells about whether it found an answer.

    `excess` and `white_excess`: by how many standard deviations the best window's cosine, plain and whitened,
    exceeds what unrelated questions get from the same generation; `log_length`: ln(1 + characters of the question,
    14 at least and 80 at most), since cosines fall with length between these; `missing_names`: share of the
    question's Latin names that the best passages lack; `asks`: 1 where it has the form of a question or tells of
    trouble; `orders`: 0 to 1, how likely it orders the bot about; `terms`: how many terms of the trade it names, up to
    3; `agreement`: 1 where both encoders find the same best passage, a half where there is only one; `covered`:
    log-odds, -3 to 3, that articles answer questions worded like it, 0 where nothing tells (see `probes`).
    `passage_excess`: as `excess`, of the best passage as a whole. The rest is read in the likeliest sentences: `words`,
    the share of the question's terms, by rarity, that the first holds together with its headings; `holds`, 0 to 1, how
    far they hold the kind of thing that is asked for; `elsewhere`, the share of them that are about another platform.
    `read`: log-odds of the likeliest text that a reader of question and text gives, less its neutral point; 0 where
    nothing was read.
    Margins, sums and peaks of other legs add nothing to these.
    """

    excess: float
    white_excess: float
    log_length: float
    missing_names: float
    asks: float
    orders: float
    terms: float
    agreement: float
    covered: float = 0.0
    passage_excess: float = 0.0
    words: float = 0.0
    holds: float = 0.5
    elsewhere: float = 0.0
    read: float = 0.0


class RefusalDecision(StrEnum):
    """What is done with a question, decided before any sentence is chosen."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    REFUSED = "refused"


# Fitted on development questions over the starter corpus, ordinary, very short and hard ones, each sort weighing the
# same within a set. docs/evaluation.md tells how well it does on sets that were left out, other corpora among them. The
# plain one is for other encoders than the default pair, whose vectors the probes of wording do not fit.
_DEFAULT_BIAS = -19.760
_DEFAULT_WEIGHTS = MappingProxyType(
    {
        "excess": 1.0964,
        "white_excess": 0.2470,
        "log_length": 5.2219,
        "missing_names": -1.0516,
        "asks": 1.1648,
        "orders": -3.9726,
        "terms": -0.5825,
        "agreement": 0.1668,
        "passage_excess": 0.9861,
        "words": 4.2295,
        "holds": 0.4998,
        "elsewhere": -2.3938,
        "read": 0.75,
    }
)
_PROBED_BIAS = -18.011
_PROBED_WEIGHTS = MappingProxyType(
    {
        "excess": 1.0072,
        "white_excess": 0.2978,
        "log_length": 4.4752,
        "missing_names": -0.6413,
        "asks": 1.6543,
        "orders": -3.1494,
        "terms": -0.4383,
        "agreement": 0.2378,
        "covered": 1.1360,
        "passage_excess": 0.6740,
        "words": 4.5867,
        "holds": 0.7451,
        "elsewhere": -2.1185,
        "read": 0.75,
    }
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of "the corpus answers this": confidence = sigmoid(bias + sum of weight * signal).

    At or above `answer_at` a question is answered, at or above `unsure_at` it is shown the closest material as no
    more than that, below it is declined.
    """

    bias: float
    weights: Mapping[str, float]
    answer_at: float = 0.50
    unsure_at: float = 0.12

    @classmethod
    def default(cls, *, probed: bool = False) -> Calibration:
        """The built-in calibration, for signals with or without `covered`; both have the same working point."""
        return cls(_PROBED_BIAS, _PROBED_WEIGHTS) if probed else cls(_DEFAULT_BIAS, _DEFAULT_WEIGHTS)

    def confidence(self, signals: Signals) -> float:
        """Probability, 0 to 1, that the passages found answer the question."""
        values = asdict(signals)
        return logistic(self.bias + sum(weight * values[name] for name, weight in self.weights.items()))

    def outcome(self, confidence: float) -> RefusalDecision:
        """What to do at this confidence."""
        if confidence >= self.answer_at:
            return RefusalDecision.ANSWERED
        return RefusalDecision.UNSURE if confidence >= self.unsure_at else RefusalDecision.REFUSED
