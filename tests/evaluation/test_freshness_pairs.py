"""The real model over pairs of articles that contradict each other, agree, or are asked about as they once were."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from tests.conftest import share
from tests.support.fakes import on

ROOT = Path(__file__).parents[2]
PAIRS = Path(__file__).parent / "freshness"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Service:
    data_dir = tmp_path_factory.mktemp("freshness", numbered=False)
    share(data_dir, models_dir)
    settings = load_settings(ROOT / "config.yaml", [f"corpus.articles={PAIRS / 'articles'}", f"data_dir={data_dir}"])
    service = Service(settings, local_time=on("2026-11-23"))
    service.reindex()
    return service


@pytest.mark.timeout(1800)
def test_newer_first_where_rules_changed_and_only_there(service: Service) -> None:
    first = defaultdict(list)
    for line in (PAIRS / "pairs.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        found = [hit.article for hit in service.ask(pair["question"]).passages]
        places = [found.index(pair[age]) if pair[age] in found else len(found) for age in ("newer", "older")]
        first[pair["kind"]].append(places[0] < places[1])
    assert len(first["contradiction"]) >= 40
    assert sum(first["contradiction"]) >= 0.95 * len(first["contradiction"])
    # Before dates counted, all of the older ones but one came first here, since they say it in the question's words.
    assert not any(first["evergreen"])
    assert sum(first["asks_old"]) <= 1


def test_an_answer_from_old_rules_alone_says_so(service: Service) -> None:
    answer = service.ask("2022 年鲸鱼播开直播要多少粉丝")
    assert answer.outdated == all(source.date and source.date.year < 2026 for source in answer.sources)
