"""From signals to an outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.background import noise_of
from embeddings.refusal import Calibration, Outcome, Signals

SIGNALS = Signals(excess=2.0, top_score=9.0, log_length=2.5)


def test_outcomes_follow_the_thresholds() -> None:
    calibration = Calibration(0, {}, answer_at=0.6, unsure_at=0.4)
    assert [calibration.outcome(c) for c in (0.6, 0.5, 0.4, 0.39)] == [
        Outcome.ANSWERED,
        Outcome.UNSURE,
        Outcome.UNSURE,
        Outcome.REFUSED,
    ]


def test_confidence_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = Calibration(-1, {"excess": 0.5})
    assert calibration.confidence(SIGNALS) == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["excess", "top_score"])
def test_better_signals_never_lower_the_default_confidence(name: str) -> None:
    calibration = Calibration.default()
    better = replace(SIGNALS, **{name: getattr(SIGNALS, name) + 1})
    assert calibration.confidence(better) >= calibration.confidence(SIGNALS)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_confidence_is_always_a_probability(values: list[float]) -> None:
    assert 0 <= Calibration.default().confidence(Signals(*values)) <= 1


def test_noise_is_what_unrelated_questions_get() -> None:
    windows = np.eye(3, dtype=np.float32)
    queries = np.array([[0.6, 0.8, 0], [1, 0, 0]], dtype=np.float32)
    assert noise_of(queries, windows) == pytest.approx((0.9, 0.1))
