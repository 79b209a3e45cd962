"""A report for people and for comparison."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.evaluation.bootstrap import compare
from embeddings.evaluation.metrics import Hit, Question, Reply, Shown, judge
from embeddings.evaluation.report import (
    Report,
    ReportInvalid,
    as_markdown,
    comparison_lines,
    read_results,
    report_document,
    report_lines,
    report_of,
    result_of,
)

QUESTIONS = (
    Question("1", "fact", "群发|一个月\n几次", ("x.md",), ("答案一",)),
    Question("2", "how", "怎么做", ("y.md",), ("答案二",)),
    Question("3", "near", "抖音怎么投"),
    Question("4", "far", "天气"),
)
FIRST, SECOND = Hit("x.md", "答案一"), Hit("y.md", "答案二")
REPLIES = {
    "1": Reply((FIRST,), "没有", "answered", 0.9, 10, shown=(Shown("答案一", FIRST), Shown("没有", SECOND))),
    "2": Reply((SECOND,), "答案二", "answered", 0.8, 20),
    "3": Reply((Hit("y.md", "答案二"),), "答案二", "unsure", 0.4, 30),
    "4": Reply((), "", "refused", 0.1, 40),
}


@pytest.fixture
def report() -> Report:
    judged = judge(QUESTIONS, lambda q: REPLIES[q.id], lambda q, r: {"fused": 1, "lexical": 7})
    return report_of(judged, sets=["a.jsonl", "b.jsonl"], generation="g1", answer_at=0.42, unsure_at=0.33)


def test_the_document_keeps_the_metrics_at_the_top(report: Report) -> None:
    document = json.loads(json.dumps(report_document(report)))
    assert document["article_recall"] == {"1": 1.0, "3": 1.0, "5": 1.0}
    assert (document["coverage"], document["answered"], document["refusal_f1"]) == (0.5, 1.0, 0.8)
    assert (document["lead_accuracy"], document["noise"], document["characters"]) == (0.5, 0.5, 5)
    assert document["declined"] == {"far": 1.0, "near": 0.0}
    assert document["intervals"]["coverage"] == [0.0, 1.0]
    assert list(document["by_kind"]) == ["fact", "how", "near", "far"]
    assert document["leg_recall"]["lexical"] == {"1": 0.0, "3": 0.0, "5": 0.0, "10": 1.0, "20": 1.0, "50": 1.0}
    assert document["faults"]["sentence_not_picked"] == document["faults"]["wrongly_answered"] == 1
    assert document["working_point"] == {"answer_at": 0.42, "unsure_at": 0.33}
    assert document["results"][0]["fault"] == "sentence_not_picked"


def test_several_questions_in_one_are_reported_where_there_are_any(report: Report) -> None:
    assert not any("各问答中" in line for line in report_lines(report))
    two = replace(QUESTIONS[0], gold_parts=(("答案一",), ("答案三",)))
    judged = judge([two, *QUESTIONS[1:]], lambda q: REPLIES[q.id])
    several = report_of(judged, sets=["a.jsonl"], generation="g1", answer_at=0.42, unsure_at=0.33)
    assert "一次问几件：各问答中 0.500（共 2 问）" in report_lines(several)
    assert "| 各问答中 | 0.500 |" in as_markdown(several)
    assert report_document(several)["parts_answered"] == 0.5


def test_results_are_read_back(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report_document(report)), encoding="utf-8")
    assert read_results(file) == tuple(result_of(j) for j in report.judged)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": [{}]}', '{"results": 3}', '{"results": ["x"]}'])
def test_what_is_no_report_is_refused_with_advice(text: str, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReportInvalid, match="--out"):
        read_results(file)


def test_the_page_tells_figures_kinds_legs_and_what_went_wrong(report: Report) -> None:
    page = as_markdown(report, ["plots/refusal.png"])
    assert "题集：a.jsonl、b.jsonl。可答 2 题，不可答 2 题。" in page
    assert "| 答案句显示 | 0.500 | [0.000, 1.000] |" in page
    assert "| near | 1 |  |  |  |  |  |  |  | 0.000 |" in page
    assert "| 关键词 | 0.000 | 0.000 | 0.000 | 1.000 | 1.000 | 1.000 |" in page
    assert "![refusal](plots/refusal.png)" in page
    assert "| 1 | fact | 群发\\|一个月 几次 | 没挑中答案句 | 1 | 1 | 各路相加 1，关键词 7 | answered | 0.90 |" in page
    assert "| 3 | near | 抖音怎么投 | 误答 |  |  |  | unsure | 0.40 |" in page
    assert "| 4 |" not in page


def test_a_few_lines_for_a_terminal(report: Report) -> None:
    lines = report_lines(report)
    assert "  fact：1 题，文章 R@3 1.000，段落 R@5 1.000，首屏 1.000，显示 0.000" in lines
    assert lines[-1] == "出错 2 题：没挑中答案句 1，误答 1"


def test_differences_in_words(report: Report) -> None:
    before = [replace(result_of(report.judged[1]), id=str(n)) for n in range(60)]
    after = [replace(r, displayed=False) if n < 10 else r for n, r in enumerate(before)]
    after[59] = replace(after[59], article_rank=2)
    text = "\n".join(comparison_lines(compare(before, after)))
    assert "两份报告共有 60 题。" in text
    assert "答案句显示 1.000 → 0.833（-0.167，95% 区间 " in text
    assert "：变差" in text
    assert "波动以内（不能下结论）：\n  文章 R@1 1.000 → 0.983" in text
    assert "由对变错 10 题：\n  0 怎么做" in text
    assert comparison_lines(compare(before, before)) == ["两份报告共有 60 题。", "没有超出波动的差别。"]
    assert "没有共同的题" in comparison_lines(compare(before, ()))[-1]


def test_less_noise_is_for_the_better(report: Report) -> None:
    before = [replace(result_of(report.judged[0]), id=str(n)) for n in range(60)]
    text = "\n".join(comparison_lines(compare(before, [replace(r, beside_gold=0) for r in before])))
    assert "无关引用 0.500 → 0.000" in text
    assert "：变好" in text
