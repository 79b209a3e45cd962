"""Pictures are real PNG files, and the curve behind one of them is what counting gives."""

from __future__ import annotations

import random
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import PlottingUnavailable
from embeddings.evaluation.metrics import Hit, Judged, Question, Reply, judge
from embeddings.evaluation.plots import draw, refusal_curve
from embeddings.evaluation.report import Report, report_of


def judged_of(good: int, bad: int) -> tuple[Judged, ...]:
    chance = random.Random(3)
    questions = [Question(str(n), "fact", "问", ("a.md",) if n < good else (), ("答案",)) for n in range(good + bad)]

    def ask(question: Question) -> Reply:
        confidence = chance.random() ** (0.5 if question.answerable else 2)
        return Reply((Hit("a.md", "答案"),), "答案", "answered" if confidence > 0.4 else "refused", confidence, 30)

    return judge(questions, ask, lambda q, r: {"fused": chance.randrange(1, 9), "lexical": None, "new_leg": 3})


def report(judged: tuple[Judged, ...]) -> Report:
    return report_of(judged, sets=["q"], generation="g", answer_at=0.42, unsure_at=0.33)


def test_four_pictures_are_drawn(tmp_path: Path) -> None:
    files = draw(report(judged_of(30, 20)), tmp_path / "new" / "plots")
    assert [file.name for file in files] == ["refusal.png", "recall.png", "confidence.png", "latency.png"]
    for file in files:
        data = file.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", data[16:24]) == (1008, 672)


@pytest.mark.parametrize(("good", "bad"), [(5, 0), (0, 5), (1, 1), (0, 0)])
def test_a_picture_without_data_is_left_out(good: int, bad: int, tmp_path: Path) -> None:
    names = {file.stem for file in draw(report(judged_of(good, bad)), tmp_path)}
    assert ("refusal" in names) == bool(good and bad)
    assert ("recall" in names) == bool(good)
    assert ("latency" in names) == bool(good + bad)


def test_the_refusal_curve_is_what_counting_gives() -> None:
    recall, precision = refusal_curve(np.array([0.9, 0.6, 0.6]), np.array([0.6, 0.1]))
    assert recall.tolist() == pytest.approx([1 / 3, 1, 1])
    assert precision.tolist() == pytest.approx([1, 3 / 4, 3 / 5])


def test_without_the_drawing_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PlottingUnavailable, match="pip install matplotlib"):
        draw(report(judged_of(3, 3)), tmp_path / "plots")
    assert not (tmp_path / "plots").exists()
