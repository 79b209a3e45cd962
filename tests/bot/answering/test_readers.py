"""A reader in the configuration: what cannot be loaded is told once, and questions are answered anyway."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.answering.models import reader_line
from bot.answering.service import Service
from bot.config import load_settings
from embeddings.models import bundled_model
from embeddings.refusal.confidence import Calibration
from tests.embeddings.helpers import write_articles
from tests.support.fakes import FakeEncoder


@pytest.mark.parametrize(
    ("key", "told"),
    [("reranker", "embeddings.reader.cross_encoder"), ("reader", "embeddings.reader.trained_reader")],
)
def test_a_reader_that_is_missing_costs_one_warning_and_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, told: str
) -> None:
    write_articles(tmp_path / "articles")
    file = tmp_path / "config.yaml"
    file.write_text(
        f"corpus:\n  articles: articles\ndata_dir: data\nretrieval:\n  {key}: {tmp_path / 'nowhere'}\n",
        encoding="utf-8",
    )
    service = Service(
        load_settings(file),
        encoder_factory=FakeEncoder,
        identity=FakeEncoder.identity,
        calibration=Calibration(0, {}, answer_at=0, unsure_at=0),
    )
    with caplog.at_level(logging.WARNING):
        for full in (False, True):
            service.reindex(full=full)
            assert service.ask("企业微信群发每天几条").passages[0].article == "qiwei.md"
    assert [record.name for record in caplog.records].count(told) == 1


def test_the_weights_lie_where_the_configuration_says_and_status_tells_whether_they_fit(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("retrieval:\n  reader: own.safetensors\n", encoding="utf-8")
    settings = load_settings(file)
    assert settings.retrieval.reader == str(tmp_path / "own.safetensors")
    encoder = json.dumps({"model": "own"})
    assert "own.safetensors" in (line := reader_line(settings, encoder))
    assert "不用" in line
    save_file({"one": np.zeros(1)}, tmp_path / "own.safetensors", metadata={"encoder": "own"})
    assert reader_line(settings, encoder) == "own.safetensors"
    file.write_text("retrieval: {}\n", encoding="utf-8")
    assert reader_line(load_settings(file), encoder).startswith("不用")
    assert reader_line(load_settings(file), json.dumps({"model": bundled_model.MODEL})) == "随程序附带"
    assert reader_line(load_settings(file, ["retrieval.reader=none"]), encoder) == "没有"
