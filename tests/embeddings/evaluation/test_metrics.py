"""Metrics on replies whose figures can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.errors import QuestionSetInvalid
from embeddings.evaluation.metrics import (
    Fault,
    Hit,
    Judged,
    Question,
    Reply,
    Shown,
    area_under_curve,
    judge,
    leg_ranks,
    leg_recall,
    measure,
    measure_by_kind,
    percentile,
    read_questions,
)
from tests.embeddings.helpers import Bench

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
    assert metrics.wrongly_answered == {"far": 0.0, "near": 1.0}
    assert (metrics.latency_p50, metrics.latency_p95) == (30, 50)


def test_the_first_screen_is_judged_by_what_it_shows_first() -> None:
    gold, other = Hit("x.md", "这里有答案 一"), Hit("x.md", "别的")
    replies = {
        "leads": (Shown("这里有答\n案一", gold), Shown("别的", other)),
        "ends in time": (Shown("字" * 197 + "答案一", gold),),
        "buried": (Shown("字" * 200, other), Shown("答案一", gold)),
        "elsewhere": (Shown("答案一", Hit("y.md", "答案一")),),
        "declined": (),
    }
    questions = [Question(name, "fact", name, ("x.md",), ("没有", "答案一")) for name in replies]
    judged = judge(questions, lambda q: Reply((), "", "answered", 1, 1, shown=replies[q.id]))
    assert [j.question.id for j in judged if j.leads] == ["leads", "ends in time", "elsewhere"]
    metrics = measure(judged)
    assert metrics.lead_accuracy == pytest.approx(3 / 5)
    assert metrics.noise == pytest.approx(3 / 6)
    assert metrics.characters == 9  # of 3, 9, 200 and 203; nothing shown has no length


def test_what_must_be_declined_has_no_first_screen_to_judge() -> None:
    reply = Reply((), "", "answered", 1, 1, shown=(Shown("无关", Hit("x.md", "无关")),))
    metrics = measure(judge([Question("1", "near", "d")], lambda q: reply))
    assert (metrics.lead_accuracy, metrics.noise, metrics.characters) == (0, 0, 0)


def test_of_several_questions_in_one_each_is_judged_by_what_is_shown_at_once() -> None:
    gold = Hit("x.md", "要 600 元。三天。")
    parts = (("600 元", "六百"), ("三 天",))
    replies = {
        "both": (Shown("字" * 300, gold), Shown("要 600 元。", gold), Shown("三天。", gold)),
        "one": (Shown("要六百。", gold),),
        "folded": (),
    }
    questions = [
        Question(name, "two_part", name, ("x.md",), ("600 元", "六百", "三 天"), (), parts) for name in replies
    ]
    judged = judge(questions, lambda q: Reply((), "三天", "answered", 1, 1, shown=replies[q.id]))
    assert [j.parts_answered for j in judged] == [2, 1, 0]
    metrics = measure([*judged, *judge(QUESTIONS, lambda q: REPLIES[q.id])])
    assert metrics.parts == 6
    assert metrics.parts_answered == pytest.approx(3 / 6)
    assert measure(judge(QUESTIONS, lambda q: REPLIES[q.id])).parts == 0


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
    file.write_text('{"id": 1, "question": "q", "gold_parts": [["p"], ["r", "s"]]}', encoding="utf-8")
    assert read_questions(file)[0].gold_parts == (("p",), ("r", "s"))
    file.write_text('{"id": 1, "question": "q"}\nnonsense\n', encoding="utf-8")
    with pytest.raises(QuestionSetInvalid, match="第 2 行"):
        read_questions(file)


def judged_of(question: Question, reply: Reply, **legs: int | None) -> Judged:
    return judge([question], lambda q: reply, lambda q, r: legs)[0]


QUESTION = Question("q", "fact", "问", ("x.md",), ("答案",))
FOUND, OTHER = Hit("x.md", "这是答案"), Hit("y.md", "无关")


@pytest.mark.parametrize(
    ("question", "reply", "legs", "fault"),
    [
        (QUESTION, Reply((FOUND,), "答案", "answered", 1, 1), {}, None),
        (QUESTION, Reply((FOUND,), "答案", "unsure", 1, 1), {}, None),
        (QUESTION, Reply((OTHER,), "", "answered", 1, 1), {}, Fault.NOT_A_CANDIDATE),
        (QUESTION, Reply((OTHER,), "", "refused", 1, 1), {"fused": 21}, Fault.NOT_A_CANDIDATE),
        (QUESTION, Reply((OTHER,), "", "answered", 1, 1), {"fused": 20}, Fault.RANKED_LOW),
        (QUESTION, Reply((*[OTHER] * 5, FOUND), "", "answered", 1, 1), {}, Fault.RANKED_LOW),
        (QUESTION, Reply((FOUND,), "别的", "answered", 1, 1), {}, Fault.SENTENCE_NOT_PICKED),
        (QUESTION, Reply((FOUND,), "", "refused", 0, 1), {}, Fault.WRONGLY_DECLINED),
        (Question("n", "near", "问"), Reply((OTHER,), "无关", "unsure", 1, 1), {}, Fault.WRONGLY_ANSWERED),
        (Question("n", "near", "问"), Reply((OTHER,), "", "smalltalk", 0, 1), {}, None),
    ],
)
def test_the_first_stage_that_failed_is_named(
    question: Question, reply: Reply, legs: dict[str, int | None], fault: Fault | None
) -> None:
    assert judged_of(question, reply, **legs).fault is fault


def test_ranks_of_each_leg_alone(bench: Bench) -> None:
    bench.indexer().reindex()
    question = Question("1", "fact", "小红书私信里发微信号会怎样", ("daoliu.md",), ("账号可能被 禁言",))
    ranked = bench.retriever().retrieve(question.text).ranked
    ranks = leg_ranks(question, ranked)
    assert set(ranks) == {"fused", "passage", "window", "lexical"}
    gold = next(hit for hit in ranked if "禁言" in hit.passage.text)
    assert ranks["fused"] == ranked.index(gold) + 1 == 1
    assert ranks["lexical"] == 1 + sum(hit.legs.lexical > gold.legs.lexical for hit in ranked)
    missing = Question("2", "fact", question.text, ("daoliu.md",), ("没有这句",))
    assert leg_ranks(missing, ranked) == dict.fromkeys(ranks)


def test_recall_by_leg_counts_the_questions_that_were_looked_up() -> None:
    reply = Reply((FOUND,), "", "answered", 1, 1)
    judged = [
        judged_of(QUESTION, reply, fused=1, lexical=4),
        judged_of(QUESTION, reply, fused=2, lexical=None),
        judged_of(QUESTION, reply),
        judged_of(Question("n", "near", "问"), reply),
    ]
    assert leg_recall(judged, (1, 5)) == {"fused": {1: 0.5, 5: 1.0}, "lexical": {1: 0.0, 5: 0.5}}


def test_each_kind_is_measured_by_itself() -> None:
    kinds = measure_by_kind(judge(QUESTIONS, lambda q: REPLIES[q.id]))
    assert list(kinds) == ["fact", "how", "near", "far"]
    assert (kinds["fact"].answerable, kinds["fact"].coverage) == (2, 0.5)
    assert kinds["near"].declined == {"near": 0.0}
