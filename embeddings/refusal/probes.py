"""What the wording of a question tells by itself, whatever a corpus holds: linear probes over the question's vectors.

Articles that advise answer some sorts of questions (how, why, may I, what is the rule) far more often than others (what
does this tool cost, where is that button, which of two brands), and who orders a bot about words it unlike who asks.
Neither shows in how well passages match. `tests/evaluation/fit_probes.py` fits the probes on development questions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.logistic import logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("probes.json")

BOUND = 3.0
"""Log-odds beyond which wording alone proves no more."""

FORM = 1.5
"""What the form of an order adds to its log-odds."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A logistic model over a question's vectors; `weights`: (first encoder's + second encoder's dimensions,)."""

    bias: float
    weights: NDArray[np.float32]

    def log_odds(self, vectors: NDArray[np.float32]) -> float:
        """Natural logarithm of the odds."""
        return self.bias + float(vectors @ self.weights)


@dataclass(frozen=True, slots=True)
class FormProbe:
    """`covered`: log-odds, -3 to 3, that articles answer questions so worded; `orders`: probability, 0 to 1, that the
    message tells its reader how to behave instead of asking."""

    covered: float
    orders: float


@dataclass(frozen=True, slots=True)
class Probes:
    """The probes that belong to one pair of encoders."""

    covered: Probe
    orders: Probe

    @classmethod
    def fitting(cls, encoder: str, companion: str | None) -> Probes | None:
        """Those for encoders of these identities, None where there are none for them: vectors of another model mean
        something else."""
        document = _document()
        if companion is None or companion.partition("==")[0] != document["companion"]:
            return None
        try:
            named = json.loads(encoder)
        except ValueError:
            return None
        if not isinstance(named, dict) or any(named.get(key) != value for key, value in document["encoder"].items()):
            return None
        return cls(_probe(document["covered"]), _probe(document["orders"]))

    def read(self, first: NDArray[np.float32], second: NDArray[np.float32], *, form_of_order: bool) -> FormProbe:
        """What the wording tells; `first` and `second` are the question's unit vectors from the two encoders."""
        vectors = np.concatenate((first, second))
        orders = self.orders.log_odds(vectors) + FORM * form_of_order
        return FormProbe(
            covered=max(-BOUND, min(BOUND, self.covered.log_odds(vectors))),
            orders=logistic(orders),
        )


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def _probe(document: dict[str, Any]) -> Probe:
    return Probe(float(document["bias"]), np.asarray(document["weights"], dtype=np.float32))
