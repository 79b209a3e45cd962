"""Metrics on replies whose figures can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.errors import QuestionSetInvalid
from embeddings.evaluation import Hit, Question, Reply, area_under_curve, judge, measure, percentile, read_questions

QUESTIONS = (
    Question("1", "fact", "a", ("x.md",), ("答案 一",)),
    Question("2", "fact", "b", ("y.md", "z.md"), ("答案二",)),
    Question("3", "how", "c", ("w.md",), ("答案三",)),
    Question("4", "near", "d"),
    Question("5", "far", "e"),
)
REPLIES = {
    "1": Reply((Hit("x.md", "这里有答案\n一"),), "答案一", "answered", 0.9, 10),
    "2": Reply((Hit("x.md", "答案二"), Hit("z.md", "别的"), Hit("z.md", "答案二在这")), "没显示", "unsure", 0.6, 20),
    "3": Reply((Hit("x.md", "答案三"),), "", "refused", 0.2, 30),
    "4": Reply((Hit("x.md", "无关"),), "无关", "answered", 0.7, 40),
    "5": Reply((), "", "refused", 0.1, 50),
}


def test_metrics_are_what_counting_gives() -> None:
    metrics = measure(judge(QUESTIONS, lambda q: REPLIES[q.id]))
    assert metrics.article_recall == pytest.approx({1: 1 / 3, 3: 2 / 3, 5: 2 / 3})
    assert metrics.passage_recall == pytest.approx({1: 1 / 3, 3: 2 / 3, 5: 2 / 3, 10: 2 / 3})
    assert metrics.mrr == pytest.approx((1 + 1 / 3) / 3)
    assert metrics.coverage == pytest.approx(1 / 3)
    assert (metrics.refusal_precision, metrics.refusal_recall) == pytest.approx((2 / 3, 2 / 3))
    assert metrics.refusal_auc == pytest.approx((2 + 1 + 1) / 6)
    assert metrics.declined == {"far": 1.0, "near": 0.0}
    assert (metrics.latency_p50, metrics.latency_p95) == (30, 50)


def test_nothing_measured_is_zero_not_an_error() -> None:
    metrics = measure(())
    assert metrics.coverage == metrics.refusal_auc == metrics.latency_p95 == 0


def test_percentile_and_area() -> None:
    assert percentile([1, 2, 3, 4], 0.5) == 2
    assert area_under_curve([0.5], [0.5]) == 0.5


def test_a_question_set_is_read_and_a_bad_line_named(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": 1, "question": "q", "gold_articles": ["a.md"], "gold_phrase": ["p"]}\n\n', encoding="utf-8")
    assert read_questions(file) == (Question("1", "", "q", ("a.md",), ("p",)),)
    file.write_text('{"id": 1, "question": "q"}\nnonsense\n', encoding="utf-8")
    with pytest.raises(QuestionSetInvalid, match="第 2 行"):
        read_questions(file)
