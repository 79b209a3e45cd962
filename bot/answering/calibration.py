"""Which calibration decides whether a question is answered, and where each of its thresholds comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.config import AnsweringSettings
from embeddings.refusal.confidence import Calibration


class CalibrationSource(StrEnum):
    """The configuration, what `calibrate` learnt beside the index, or the program itself."""

    CONFIGURED = "configured"
    CALIBRATED = "calibrated"
    BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True)
class CalibrationInForce:
    """What decides. `source` is that of bias and weights, which no configuration names."""

    calibration: Calibration
    source: CalibrationSource
    answer_at_source: CalibrationSource
    unsure_at_source: CalibrationSource


def in_force(learnt: Calibration | None, chosen: AnsweringSettings, *, probed: bool) -> CalibrationInForce:
    """What was learnt or is built in, with the configuration's thresholds where it names any.

    `probed` tells whether the encoders are those whose questions' wording can be read, see `Probes`.
    """
    known = learnt or Calibration.default(probed=probed)
    source = CalibrationSource.CALIBRATED if learnt else CalibrationSource.BUILT_IN
    return CalibrationInForce(
        replace(
            known,
            answer_at=known.answer_at if chosen.answer_at is None else chosen.answer_at,
            unsure_at=known.unsure_at if chosen.unsure_at is None else chosen.unsure_at,
        ),
        source,
        answer_at_source=source if chosen.answer_at is None else CalibrationSource.CONFIGURED,
        unsure_at_source=source if chosen.unsure_at is None else CalibrationSource.CONFIGURED,
    )
