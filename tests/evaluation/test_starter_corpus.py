"""The real model over the starter articles: does a merchant get the right answer, and an honest no?

The floors stand a little below what was measured (see docs/evaluation.md), so that only a real loss fails. The
development sets may be tuned on; the test sets only decide.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.terminal.evaluate import assess
from embeddings.evaluation.metrics import Judged, measure, read_questions

SETS = Path(__file__).parent

pytestmark = pytest.mark.model


def judged(service: Service, *names: str) -> tuple[Judged, ...]:
    questions = [q for name in names for q in read_questions(SETS / f"{name}.jsonl") if not q.context]
    return assess(service, questions)


@pytest.mark.timeout(1800)
def test_every_starter_article_is_read(starter_service: Service) -> None:
    manifest = starter_service.indexer.store.manifest()
    assert not manifest.skipped
    assert manifest.articles >= 150


@pytest.mark.timeout(1800)
def test_questions_that_were_never_tuned_on(starter_service: Service) -> None:
    metrics = measure(judged(starter_service, "test", "test_unanswerable"))
    assert metrics.article_recall[3] >= 0.90
    assert metrics.passage_recall[5] >= 0.90
    assert metrics.lead_accuracy >= 0.66
    assert metrics.refusal_f1 >= 0.92
    assert metrics.wrongly_answered["near"] <= 0.16
    assert metrics.declined["near"] >= 0.65
    assert metrics.declined["far"] >= 0.9
    assert metrics.declined["chitchat"] >= 0.9
    assert metrics.declined["injection"] == 1


@pytest.mark.timeout(1800)
def test_very_short_questions_are_questions_too(starter_service: Service) -> None:
    metrics = measure(judged(starter_service, "short_development", "short_development_unanswerable"))
    assert metrics.article_recall[3] >= 0.85
    assert metrics.answered >= 0.87
    assert metrics.declined["near"] >= 0.7
    assert metrics.declined["far"] >= 0.9
    assert metrics.declined["chitchat"] >= 0.9


@pytest.mark.timeout(1800)
def test_the_questions_that_merchants_really_ask(starter_service: Service) -> None:
    metrics = measure(judged(starter_service, "merchant"))
    assert metrics.answerable == 132
    assert metrics.article_recall[3] >= 0.89
    assert metrics.passage_recall[5] >= 0.89
    assert metrics.lead_accuracy >= 0.71


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("小红书怎么合规地把客户引到微信？", "社媒名片"),
        ("企业微信群发一个月几次", "当月天数"),
        ("什么是活码", "二维码"),
        ("加V会不会封号", "封号"),
    ],
)
def test_a_newcomers_first_questions_are_answered(starter_service: Service, question: str, words: str) -> None:
    answer = starter_service.ask(question)
    assert answer.status.value == "answered"
    assert any(words in quote.text for quote in answer.quotes)
    assert all(source.date or not source.passage for source in answer.sources)
