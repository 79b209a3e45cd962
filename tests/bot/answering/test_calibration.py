"""What was learnt or is built in, under the thresholds that an operator chose."""

from __future__ import annotations

import pytest

from bot.answering.calibration import CalibrationInForce, CalibrationSource, in_force
from bot.config import AnsweringSettings
from embeddings.refusal.confidence import Calibration

CONFIGURED, CALIBRATED, BUILT_IN = CalibrationSource
LEARNT = Calibration(0, {"excess": 1.0}, answer_at=0.7, unsure_at=0.3)


@pytest.mark.parametrize("probed", [True, False])
def test_what_is_built_in_decides_where_nothing_else_does(probed: bool) -> None:
    default = Calibration.default(probed=probed)
    assert in_force(None, AnsweringSettings(), probed=probed) == CalibrationInForce(
        default, BUILT_IN, BUILT_IN, BUILT_IN
    )


def test_what_was_learnt_goes_before_it() -> None:
    assert in_force(LEARNT, AnsweringSettings(), probed=True) == CalibrationInForce(
        LEARNT, CALIBRATED, CALIBRATED, CALIBRATED
    )


def test_each_threshold_may_be_chosen() -> None:
    first = in_force(LEARNT, AnsweringSettings(answer_at=0.0), probed=True)
    assert (first.calibration.answer_at, first.calibration.unsure_at) == (0.0, 0.3)
    assert (first.source, first.answer_at_source, first.unsure_at_source) == (CALIBRATED, CONFIGURED, CALIBRATED)
    second = in_force(None, AnsweringSettings(unsure_at=0.0), probed=True)
    assert (second.calibration.answer_at, second.calibration.unsure_at) == (Calibration.default().answer_at, 0.0)
    assert (second.source, second.answer_at_source, second.unsure_at_source) == (BUILT_IN, BUILT_IN, CONFIGURED)
