"""Learning where to decline, and keeping it beside the index."""

from __future__ import annotations

import random
from dataclasses import fields
from pathlib import Path

import pytest

from embeddings.errors import TooFewQuestions
from embeddings.evaluation.calibrate import fit
from embeddings.index.generation import calibration_damaged, read_calibration, write_calibration
from embeddings.refusal.confidence import Calibration, RefusalDecision, Signals
from tests.embeddings.helpers import Bench
from tests.support import dictionaries

segmenter = dictionaries.segmenter()


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
    assert calibration.outcome(calibration.confidence(signals(4, dice))) is RefusalDecision.ANSWERED
    assert calibration.outcome(calibration.confidence(signals(-2, dice))) is RefusalDecision.REFUSED


def test_where_the_two_sorts_mix_there_is_a_middle_that_is_only_close() -> None:
    dice = random.Random(4)
    good, bad = [signals(1, dice) for _ in range(400)], [signals(0.2, dice) for _ in range(400)]
    learnt = fit(good, bad).calibration
    surely, wrongly = (
        sum(learnt.outcome(learnt.confidence(each)) is RefusalDecision.ANSWERED for each in some) / len(some)
        for some in (good, bad)
    )
    assert learnt.answer_at > learnt.unsure_at + 0.1
    assert surely >= 0.7
    assert wrongly <= 0.3


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


def test_no_flipped_bit_changes_a_threshold_unnoticed(tmp_path: Path) -> None:
    learnt = Calibration(bias=-1.25, weights={"excess": 1.5, "asks": 0.25}, answer_at=0.61, unsure_at=0.43)
    write_calibration(tmp_path, learnt)
    file = tmp_path / "calibration.json"
    data = file.read_bytes()
    for place in range(len(data)):
        for bit in range(8):
            file.write_bytes(data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :])
            assert read_calibration(tmp_path) in (None, learnt)
            assert calibration_damaged(tmp_path) == (read_calibration(tmp_path) is None)
    file.write_bytes(data)
    assert read_calibration(tmp_path) == learnt
    file.unlink()
    assert not calibration_damaged(tmp_path)


def test_one_of_an_earlier_program_has_no_seal_and_must_be_made_of_numbers(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text('{"bias": 1, "weights": {"excess": 2.0}, "answer_at": 0.6, "unsure_at": 0.5}', encoding="utf-8")
    assert read_calibration(tmp_path) == Calibration(1, {"excess": 2.0}, 0.6, 0.5)
    for bias in ("NaN", "Infinity", "null", '"1"'):
        file.write_text(f'{{"bias": {bias}, "weights": {{"excess": 2.0}}}}', encoding="utf-8")
        assert read_calibration(tmp_path) is None


def test_where_one_is_damaged_the_next_generation_takes_the_one_before(bench: Bench) -> None:
    learnt = Calibration(bias=-1.25, weights={"excess": 1.5})
    bench.indexer().reindex()
    store = bench.indexer().store
    write_calibration(store.directory(), learnt)
    bench.indexer().reindex(full=True)
    (store.directory() / "calibration.json").write_text("{", encoding="utf-8")
    bench.indexer().reindex(full=True)
    assert store.load(segmenter).calibration == learnt
