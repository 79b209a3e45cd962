"""What the service tells beside answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.refusal.confidence import Calibration
from tests.embeddings.helpers import write_articles
from tests.support.fakes import FakeEncoder, in_process


@pytest.fixture
def service(tmp_path: Path) -> Service:
    write_articles(tmp_path / "articles")
    config = tmp_path / "config.yaml"
    config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
    settings = load_settings(config)
    service = Service(settings, encoder_factory=FakeEncoder, identity=FakeEncoder.identity, parser=in_process)
    service.reindex()
    return service


def test_signals_tell_a_question_that_the_articles_answer_from_one_that_they_do_not(service: Service) -> None:
    near, far = service.signals("一个人能加多少客户"), service.signals("红烧肉怎么炖")
    assert near.excess > far.excess
    assert service.signals("\u200b一个人能加多少客户 ") == near


def test_a_calibration_that_was_learnt_decides_from_then_on(service: Service) -> None:
    service.learn(Calibration(0, {}, answer_at=1, unsure_at=1))
    assert service.ask("一个人能加多少客户").status == "refused"
    service.learn(Calibration(0, {}, answer_at=0, unsure_at=0))
    assert service.ask("一个人能加多少客户").status == "answered"


def test_a_passage_is_found_by_its_id(service: Service) -> None:
    shown = service.ask("一个人能加多少客户").passages[0]
    found = service.passage(shown.passage)
    assert found is not None
    assert (found[0].text, found[1].path) == (shown.text, "qiwei.md")
    assert service.passage("0" * 16) is None
