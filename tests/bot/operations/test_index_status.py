"""What `siyu status` says of the index that answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from bot.operations.index_status import index_status, status_document, status_lines
from embeddings.refusal.confidence import Calibration
from tests.embeddings.helpers import write_articles
from tests.support.fakes import FakeEncoder, in_process

LEARNT = Calibration(bias=-1.2, weights={"excess": 1.0}, answer_at=0.61, unsure_at=0.34)

Open = Callable[..., Service]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Opens the service of one shop, which has an index, with settings of its own."""
    home = tmp_path_factory.mktemp("shop")
    write_articles(home / "articles")
    config = home / "config.yaml"
    config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")

    def open_service(*overrides: str) -> Service:
        settings = load_settings(config, overrides)
        return Service(settings, encoder_factory=FakeEncoder, identity=FakeEncoder.identity, parser=in_process)

    open_service().reindex()
    return open_service


def told(service: Service) -> tuple[dict[str, Any], str]:
    document = status_document(service)
    lines = status_lines(document, service.local_time)
    return document["calibration"], next(line for line in lines if line.startswith("拒答"))


def test_thresholds_are_those_in_force_each_with_its_source(opened: Open) -> None:
    calibration, line = told(opened())
    built_in = {"source": "built-in", "answer_at_source": "built-in", "unsure_at_source": "built-in"}
    assert calibration == built_in | {"answer_at": 0.5, "unsure_at": 0.12}
    assert line == "拒答：内置校准，作答线 0.50（内置），不确定线 0.12（内置）"

    calibration, line = told(opened("answering.answer_at=0.73"))
    assert calibration == built_in | {"answer_at": 0.73, "answer_at_source": "configured", "unsure_at": 0.12}
    assert line == "拒答：内置校准，作答线 0.73（配置），不确定线 0.12（内置）"


def test_what_was_learnt_goes_before_what_is_built_in_and_the_configuration_before_both(opened: Open) -> None:
    opened().learn(LEARNT)
    assert told(opened())[1] == "拒答：按自己的题校准，作答线 0.61（校准），不确定线 0.34（校准）"
    configured = opened("answering.unsure_at=0.2")
    assert told(configured)[1] == "拒答：按自己的题校准，作答线 0.61（校准），不确定线 0.20（配置）"
    assert (configured.calibration().answer_at, configured.calibration().unsure_at) == (0.61, 0.2)


def test_the_hour_of_building_is_that_of_the_configured_zone(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    for zone in ("Asia/Shanghai", "Pacific/Honolulu"):
        service = opened(f"timezone={zone}")
        created = service.indexer.store.manifest().created.astimezone(ZoneInfo(zone))
        assert f"（建于 {created:%Y-%m-%d %H:%M}）" in status_lines(status_document(service), service.local_time)[1]
        assert index_status(service).created == f"{created:%Y-%m-%d %H:%M}"
    monkeypatch.undo()
    time.tzset()


def test_what_encodes_and_where_is_searched_is_said_with_the_recall_of_lists(opened: Open) -> None:
    service = opened()
    document = status_document(service)
    assert document["encoded_by"] == "FakeEncoder"
    assert document["index_engine"] == {"name": "faiss", "state": "ready", "finding": None, "lists": {}}
    assert "检索：本机，逐条比" in status_lines(document, service.local_time)

    about = {"probes": 64, "lists": 1024, "recall": 0.9871, "questions": 64}
    file = service.indexer.store.directory() / "base" / "window-vectors.lists.json"
    file.write_text(json.dumps(about), encoding="utf-8")
    document = status_document(service)
    file.unlink()
    assert document["index_engine"]["lists"] == {"base/window-vectors": about}
    line = "检索：本机，用倒排列表的有 base/window-vectors（1024 个里查 64 个，召回率 0.987）"
    assert line in status_lines(document, service.local_time)
