"""The real model over the starter articles: does a merchant get the right answer, and an honest no?

The floors stand a little below what was measured (see the README), so that only a real loss fails. The development
sets may be tuned on; the test sets only decide.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.assessment import assess
from bot.config import load_settings
from bot.service import Service
from embeddings.evaluation import Judged, measure, read_questions

ROOT = Path(__file__).parents[1]
SETS = Path(__file__).parent / "evaluation"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Service:
    """The bot as it is shipped, with a data directory of its own and the session's unpacked model."""
    data_dir = tmp_path_factory.mktemp("starter")
    (data_dir / "models").symlink_to(models_dir, target_is_directory=True)
    service = Service(load_settings(ROOT / "config.yaml", [f"data_dir={data_dir}"]))
    summary = service.reindex()
    assert not summary.skipped
    assert summary.total_articles >= 64
    return service


def judged(service: Service, *names: str) -> tuple[Judged, ...]:
    questions = [q for name in names for q in read_questions(SETS / f"{name}.jsonl") if not q.context]
    return assess(service, questions)


@pytest.mark.timeout(900)
def test_questions_that_were_never_tuned_on(service: Service) -> None:
    metrics = measure(judged(service, "test", "test_unanswerable"))
    assert metrics.article_recall[3] >= 0.88
    assert metrics.passage_recall[5] >= 0.84
    assert metrics.coverage >= 0.72
    assert metrics.refusal_f1 >= 0.85
    assert metrics.declined["far"] >= 0.9
    assert metrics.declined["chitchat"] >= 0.9


@pytest.mark.timeout(900)
def test_the_questions_that_merchants_really_ask(service: Service) -> None:
    metrics = measure(judged(service, "merchant"))
    assert metrics.answerable == 132
    assert metrics.article_recall[3] >= 0.88
    assert metrics.passage_recall[5] >= 0.85
    assert metrics.coverage >= 0.72


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("小红书怎么合规地把客户引到微信？", "社媒名片"),
        ("企业微信群发一个月几次", "当月天数"),
        ("什么是活码", "二维码"),
        ("加V会不会封号", "封号"),
    ],
)
def test_a_newcomers_first_questions_are_answered(service: Service, question: str, words: str) -> None:
    answer = service.ask(question)
    assert answer.status.value == "answered"
    assert any(words in quote.text for quote in answer.quotes)
    assert all(source.date or not source.passage for source in answer.sources)
