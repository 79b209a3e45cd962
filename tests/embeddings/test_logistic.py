"""The logistic function."""

from __future__ import annotations

import math

import pytest

from embeddings.logistic import logistic


@pytest.mark.parametrize(
    ("log_odds", "probability"), [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (1e300, 1.0), (-1e300, 0.0)]
)
def test_log_odds_are_a_probability(log_odds: float, probability: float) -> None:
    assert logistic(log_odds) == pytest.approx(probability)
