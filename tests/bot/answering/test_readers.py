"""`retrieval.reranker` in the configuration: what cannot be loaded is told once, and questions are answered anyway."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.refusal.confidence import Calibration
from tests.embeddings.helpers import write_articles
from tests.support.fakes import FakeEncoder


def test_a_reranker_that_is_missing_costs_one_warning_and_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_articles(tmp_path / "articles")
    file = tmp_path / "config.yaml"
    file.write_text("corpus:\n  articles: articles\ndata_dir: data\n", encoding="utf-8")
    service = Service(
        load_settings(file, [f"retrieval.reranker={tmp_path / 'nowhere'}"]),
        encoder_factory=FakeEncoder,
        identity=FakeEncoder.identity,
        calibration=Calibration(0, {}, answer_at=0, unsure_at=0),
    )
    with caplog.at_level(logging.WARNING):
        for full in (False, True):
            service.reindex(full=full)
            assert service.ask("企业微信群发每天几条").passages[0].article == "qiwei.md"
    assert [record.name for record in caplog.records].count("embeddings.reader.cross_encoder") == 1
