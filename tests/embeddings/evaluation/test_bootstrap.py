"""Intervals and differences: they agree with the plain metrics, and only what is beyond noise is called so."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from embeddings.evaluation.bootstrap import Result, compare, intervals
from embeddings.evaluation.metrics import Hit, Question, Reply, Shown, judge, measure
from embeddings.evaluation.report import result_of


def results(count: int, rank: int | None, *, answerable: bool = True, kind: str = "fact") -> list[Result]:
    status = "answered" if rank else "refused"
    return [
        Result(f"{kind}{n}", kind, f"问{n}", answerable, rank, rank, bool(rank), status, 0.5, 10.0)
        for n in range(count)
    ]


def test_figures_are_those_of_the_metrics() -> None:
    draw = random.Random(7)
    questions = [Question(str(n), "fact", f"问{n}", ("a.md",) if n < 60 else (), ("答案",)) for n in range(90)]

    def ask(question: Question) -> Reply:
        hits = [Hit("b.md", "无")] * draw.randrange(12) + [Hit("a.md", "答案")]
        status = draw.choice(["answered", "unsure", "refused"])
        shown = tuple(Shown(draw.choice(["答案", "无"]), draw.choice(hits)) for _ in range(draw.randrange(3)))
        return Reply(tuple(hits[:10]), draw.choice(["答案", ""]), status, round(draw.random(), 1), 5, shown=shown)

    judged = judge(questions, ask)
    metrics = measure(judged)
    flat = [result_of(j) for j in judged]
    figures = {d.figure: d.before for d in compare(flat, flat).differences}
    assert figures == pytest.approx(
        {
            **{f"article_recall@{k}": metrics.article_recall[k] for k in (1, 3, 5)},
            **{f"passage_recall@{k}": metrics.passage_recall[k] for k in (1, 3, 5, 10)},
            "mrr": metrics.mrr,
            "coverage": metrics.coverage,
            "lead_accuracy": metrics.lead_accuracy,
            "noise": metrics.noise,
            "answered": metrics.answered,
            "refusal_precision": metrics.refusal_precision,
            "refusal_f1": metrics.refusal_f1,
            "refusal_auc": metrics.refusal_auc,
            "declined.fact": metrics.declined["fact"],
        }
    )
    around = intervals(flat)
    assert all(around[name].low <= value <= around[name].high for name, value in figures.items())


def test_an_interval_is_as_wide_as_the_binomial_one() -> None:
    share = intervals(results(80, 1) + results(20, None, kind="why"))["coverage"]
    assert share.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert share.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)
    assert intervals(results(50, 1))["coverage"].low == 1


def test_the_same_seed_gives_the_same_interval() -> None:
    some = [result for rank in range(1, 10) for result in results(11, rank, kind=f"rank {rank}")]
    assert intervals(some) == intervals(some)
    assert intervals(some, seed=1)["mrr"] != intervals(some)["mrr"]


def test_nothing_has_no_figures() -> None:
    assert intervals(()) == {}
    assert compare((), ()).differences == ()


def test_a_clear_loss_is_told_from_noise() -> None:
    before = results(100, 1)
    worse = [replace(r, passage_rank=None, displayed=False) if n < 12 else r for n, r in enumerate(before)]
    found = {d.figure: d for d in compare(before, worse).differences}
    assert found["passage_recall@5"].beyond_noise
    assert found["passage_recall@5"].change.high < 0
    assert not found["article_recall@3"].beyond_noise
    one = [replace(r, passage_rank=None) if n == 0 else r for n, r in enumerate(before)]
    assert not any(d.beyond_noise for d in compare(before, one).differences)


def test_questions_are_paired_and_lost_ones_named() -> None:
    before = results(3, 1) + results(2, None, answerable=False, kind="near")
    after = [
        replace(before[2], displayed=False),
        before[1],
        replace(before[3], status="answered"),
        before[4],
        *results(1, 1, kind="new"),
    ]
    comparison = compare(before, after)
    assert (comparison.shared, comparison.left_out) == (4, 2)
    assert [r.id for r in comparison.lost] == ["fact2", "near0"]
    assert [r.id for r in compare(after, before).gained] == ["fact2", "near0"]
    assert {d.figure: d.after for d in comparison.differences}["declined.near"] == 0.5
