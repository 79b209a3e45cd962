"""Question sets to metrics: is the right passage found, is the answer on display, is the rest declined."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import QuestionSetInvalid


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set. Without gold articles it must be declined."""

    id: str
    kind: str
    text: str
    gold_articles: tuple[str, ...] = ()
    gold_phrases: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers it."""
        return bool(self.gold_articles)


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved passage, as evaluation needs it."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the system under test said: retrieved passages by rank, what was displayed, the confidence behind it."""

    hits: tuple[Hit, ...]
    displayed: str
    status: str
    confidence: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its reply, judged. Ranks count from 1; None means not among the retrieved."""

    question: Question
    reply: Reply
    article_rank: int | None
    passage_rank: int | None
    displayed: bool


@dataclass(frozen=True, slots=True)
class Metrics:
    """Shares between 0 and 1, milliseconds for latency.

    `article_recall` and `passage_recall` map k to recall@k; a passage counts when it is of a gold article and holds a
    gold phrase. `refusal_f1` is that of "answer it" among all questions; `declined` is the share of questions that
    must be declined which were, by kind.
    """

    answerable: int
    unanswerable: int
    article_recall: Mapping[int, float]
    passage_recall: Mapping[int, float]
    mrr: float
    coverage: float
    answered: float
    refusal_precision: float
    refusal_recall: float
    refusal_f1: float
    refusal_auc: float
    declined: Mapping[str, float]
    latency_p50: float
    latency_p95: float


def read_questions(file: Path) -> tuple[Question, ...]:
    """Questions from JSON Lines. Raises QuestionSetInvalid naming the line."""
    questions = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            questions.append(
                Question(
                    id=str(entry["id"]),
                    kind=entry.get("kind", ""),
                    text=entry["question"],
                    gold_articles=tuple(entry.get("gold_articles", ())),
                    gold_phrases=tuple(entry.get("gold_phrase", ())),
                    context=tuple(entry.get("context", ())),
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionSetInvalid(file, number) from error
    return tuple(questions)


def judge(questions: Iterable[Question], ask: Callable[[Question], Reply]) -> tuple[Judged, ...]:
    """Ask every question and judge the replies."""
    return tuple(_judge(question, ask(question)) for question in questions)


def measure(judged: Sequence[Judged]) -> Metrics:
    """Metrics over judged questions; shares of nothing are 0."""
    good = [j for j in judged if j.question.answerable]
    bad = [j for j in judged if not j.question.answerable]
    accepted = [j for j in judged if j.reply.status in ("answered", "unsure")]
    right = sum(j.question.answerable for j in accepted)
    precision, recall = _share(right, len(accepted)), _share(right, len(good))
    kinds = sorted({j.question.kind for j in bad})
    latencies = sorted(j.reply.milliseconds for j in judged)
    return Metrics(
        answerable=len(good),
        unanswerable=len(bad),
        article_recall={k: _share(sum(_within(j.article_rank, k) for j in good), len(good)) for k in (1, 3, 5)},
        passage_recall={k: _share(sum(_within(j.passage_rank, k) for j in good), len(good)) for k in (1, 3, 5, 10)},
        mrr=_share(sum(1 / j.passage_rank for j in good if j.passage_rank), len(good)),
        coverage=_share(sum(j.displayed for j in good), len(good)),
        answered=recall,
        refusal_precision=precision,
        refusal_recall=recall,
        refusal_f1=_share(2 * precision * recall, precision + recall),
        refusal_auc=area_under_curve([j.reply.confidence for j in good], [j.reply.confidence for j in bad]),
        declined={
            kind: _share(
                sum(j.question.kind == kind and j not in accepted for j in bad),
                sum(j.question.kind == kind for j in bad),
            )
            for kind in kinds
        },
        latency_p50=percentile(latencies, 0.50),
        latency_p95=percentile(latencies, 0.95),
    )


def area_under_curve(good: Sequence[float], bad: Sequence[float]) -> float:
    """Probability that a good one scores above a bad one, ties counting half (the Mann-Whitney statistic)."""
    wins = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    return _share(wins, len(good) * len(bad))


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of sorted values, 0 for none."""
    return values[max(0, math.ceil(share * len(values)) - 1)] if values else 0.0


def squeeze(text: str) -> str:
    """Text without white space: how gold phrases are compared."""
    return "".join(text.split())


def _judge(question: Question, reply: Reply) -> Judged:
    phrases = [squeeze(phrase) for phrase in question.gold_phrases]
    articles = list(dict.fromkeys(hit.article for hit in reply.hits))
    article_rank = next((n for n, path in enumerate(articles, 1) if path in question.gold_articles), None)
    passage_rank = next(
        (
            n
            for n, hit in enumerate(reply.hits, 1)
            if hit.article in question.gold_articles and any(phrase in squeeze(hit.text) for phrase in phrases)
        ),
        None,
    )
    shown = squeeze(reply.displayed)
    return Judged(question, reply, article_rank, passage_rank, any(phrase in shown for phrase in phrases))


def _within(rank: int | None, k: int) -> bool:
    return rank is not None and rank <= k


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
