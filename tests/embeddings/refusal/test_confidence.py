"""From signals to an outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index.background_similarity import background_similarity
from embeddings.index.whitening import Whitening
from embeddings.refusal.confidence import Calibration, RefusalDecision, Signals

SIGNALS = Signals(
    excess=2.0,
    white_excess=1.0,
    log_length=2.5,
    missing_names=0.0,
    asks=1.0,
    orders=0.0,
    terms=1.0,
    agreement=0.0,
    passage_excess=3.0,
    words=0.6,
)


def test_outcomes_follow_the_thresholds() -> None:
    calibration = Calibration(0, {}, answer_at=0.6, unsure_at=0.4)
    assert [calibration.outcome(c) for c in (0.6, 0.5, 0.4, 0.39)] == [
        RefusalDecision.ANSWERED,
        RefusalDecision.UNSURE,
        RefusalDecision.UNSURE,
        RefusalDecision.REFUSED,
    ]


def test_from_a_half_on_it_is_sure_and_down_to_an_eighth_unsure_where_nothing_else_is_said() -> None:
    assert [Calibration(0, {}).outcome(c) for c in (0.5, 0.49, 0.12, 0.11)] == [
        RefusalDecision.ANSWERED,
        RefusalDecision.UNSURE,
        RefusalDecision.UNSURE,
        RefusalDecision.REFUSED,
    ]


def test_confidence_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = Calibration(-1, {"excess": 0.5})
    assert calibration.confidence(SIGNALS) == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["excess", "white_excess", "agreement", "passage_excess", "words", "holds", "read"])
def test_better_signals_never_lower_the_default_confidence(name: str) -> None:
    calibration = Calibration.default()
    better = replace(SIGNALS, **{name: getattr(SIGNALS, name) + 1})
    assert calibration.confidence(better) >= calibration.confidence(SIGNALS)


def test_only_the_probed_default_looks_at_the_wording() -> None:
    covered = replace(SIGNALS, covered=3.0)
    probed, plain = Calibration.default(probed=True), Calibration.default()
    assert probed.confidence(covered) > probed.confidence(SIGNALS)
    assert plain.confidence(covered) == plain.confidence(SIGNALS)


def test_an_order_to_the_bot_is_not_answered_however_near_it_is() -> None:
    near = replace(SIGNALS, excess=4.0, agreement=1.0)
    assert Calibration.default().outcome(Calibration.default().confidence(near)) is RefusalDecision.ANSWERED
    ordered = Calibration.default().confidence(replace(near, orders=1.0, asks=0.0))
    assert Calibration.default().outcome(ordered) is not RefusalDecision.ANSWERED


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8))
def test_confidence_is_always_a_probability(values: list[float]) -> None:
    assert 0 <= Calibration.default().confidence(Signals(*values)) <= 1


def test_noise_is_what_unrelated_questions_get() -> None:
    windows = np.eye(3, dtype=np.float32)
    queries = np.array([[0.6, 0.8, 0], [1, 0, 0]], dtype=np.float32)
    whitening = Whitening.learn(windows)
    plain, white = background_similarity(queries, [whitening.whitened(windows)], whitening)
    assert (plain.mean, plain.spread) == pytest.approx((0.9, 0.1))
    assert plain.excess(1.2) == pytest.approx(3.0)
    assert -1 <= white.mean <= 1
    assert white.spread > 0
