"""`evaluate`: a question set put to the whole bot, as a person would ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.answering.answer import Answer
from bot.rendering.plain import plain_text
from bot.service import Service
from embeddings.evaluation import Hit, Judged, Metrics, Question, Reply, judge


def assess(service: Service, questions: Sequence[Question]) -> tuple[Judged, ...]:
    """Ask every question and judge what a person would have seen."""
    service.ask("准备")  # loads model and index, so that no question pays for it

    def ask(question: Question) -> Reply:
        return reply_of(service.ask(question.text))

    return judge(questions, ask)


def reply_of(answer: Answer) -> Reply:
    """An answer as evaluation sees it: the displayed text and the quotes count as shown."""
    shown = "\n".join((plain_text(answer), *(quote.text for quote in answer.quotes)))
    hits = tuple(Hit(hit.article, hit.text) for hit in answer.passages)
    return Reply(hits, shown, answer.status.value, answer.confidence, answer.elapsed_ms)


def metrics_document(metrics: Metrics) -> dict[str, Any]:
    """Metrics as JSON, rounded to what the size of a question set can tell."""
    return _rounded(asdict(metrics))  # type: ignore[no-any-return]


def metrics_lines(metrics: Metrics) -> list[str]:
    """Metrics for a person."""
    article = "  ".join(f"R@{k} {share:.3f}" for k, share in metrics.article_recall.items())
    passage = "  ".join(f"R@{k} {share:.3f}" for k, share in metrics.passage_recall.items())
    lines = [
        f"可答 {metrics.answerable} 题，不可答 {metrics.unanswerable} 题",
        f"文章  {article}",
        f"段落  {passage}  MRR {metrics.mrr:.3f}",
        f"答案句显示 {metrics.coverage:.3f}  作答 {metrics.answered:.3f}",
    ]
    if metrics.unanswerable:
        declined = "  ".join(f"{kind} {share:.3f}" for kind, share in metrics.declined.items())
        lines.append(
            f"拒答：精确率 {metrics.refusal_precision:.3f}  召回率 {metrics.refusal_recall:.3f}  "
            f"F1 {metrics.refusal_f1:.3f}  AUC {metrics.refusal_auc:.3f}"
        )
        lines.append(f"各类被拒的比例：{declined}")
    lines.append(f"每题用时 p50 {metrics.latency_p50:.0f} ms  p95 {metrics.latency_p95:.0f} ms")
    return lines


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value
