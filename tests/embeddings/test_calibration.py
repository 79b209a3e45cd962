"""Learning where to decline, and keeping it beside the index."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from embeddings.calibration import fit
from embeddings.errors import TooFewQuestions
from embeddings.generation import write_calibration
from embeddings.refusal import Outcome, Signals
from embeddings.segmentation import Segmenter
from tests.embeddings.helpers import Bench

segmenter = Segmenter()


def signals(excess: float, dice: random.Random) -> Signals:
    """Signals of which only the first tells anything."""
    return Signals(**{field.name: dice.random() for field in fields(Signals)} | {"excess": excess + dice.gauss(0, 0.5)})


def test_a_clear_signal_is_learnt_and_the_working_point_keeps_what_was_asked() -> None:
    dice = random.Random(1)
    good, bad = [signals(3, dice) for _ in range(200)], [signals(0, dice) for _ in range(100)]
    learnt = fit(good, bad, keep=0.95)
    assert learnt.auc > 0.98
    assert learnt.kept == pytest.approx(0.95, abs=0.01)
    assert learnt.declined > 0.9
    calibration = learnt.calibration
    assert calibration.unsure_at <= calibration.answer_at
    assert calibration.outcome(calibration.confidence(signals(4, dice))) is Outcome.ANSWERED
    assert calibration.outcome(calibration.confidence(signals(-2, dice))) is Outcome.REFUSED


def test_too_few_questions_are_refused_in_words() -> None:
    dice = random.Random(2)
    with pytest.raises(TooFewQuestions, match="20"):
        fit([signals(1, dice)] * 30, [signals(0, dice)] * 5)


def test_a_calibration_stays_with_its_generation_and_its_successors(bench: Bench) -> None:
    dice = random.Random(3)
    learnt = fit([signals(3, dice) for _ in range(30)], [signals(0, dice) for _ in range(30)]).calibration
    bench.indexer().reindex()
    store = bench.indexer().store
    assert store.load(segmenter).calibration is None
    write_calibration(store.directory(), learnt)
    assert store.load(segmenter).calibration == learnt
    (bench.articles / "fugou.md").unlink()
    assert bench.indexer().reindex().switched
    assert store.load(segmenter).calibration == learnt
    (store.directory() / "calibration.json").write_text('{"bias": 1, "weights": {"gone": 2.0}}', encoding="utf-8")
    assert store.load(segmenter).calibration is None
    bench.indexer(passage_length=200).reindex()
    assert store.load(segmenter).calibration is None
