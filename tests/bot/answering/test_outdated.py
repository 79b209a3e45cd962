"""An answer whose sources are all past their age says so; one fresh source is enough to say nothing."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from bot.answering.answerer import Answerer, AnswerStyle
from bot.answering.service import Service
from bot.config import load_settings
from bot.model import Answer
from bot.terminal.plain_text import plain_text
from embeddings.refusal.confidence import Calibration
from embeddings.search.freshness import Freshness
from tests.embeddings.helpers import Bench
from tests.support.fakes import FakeEncoder, on

ALWAYS = Calibration(0, {}, answer_at=0, unsure_at=0)
NEVER = Calibration(0, {}, answer_at=0.9, unsure_at=0.9)
NOTICE = "以上出处都已过期或较旧"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    bench = Bench(tmp_path_factory.mktemp("aged"))
    bench.indexer().reindex()
    return bench


def ask(
    bench: Bench, day: str, question: str = "小红书私信发微信号", calibration: Calibration = ALWAYS, quotes: int = 1
) -> Answer:
    judge = Freshness(today=lambda: datetime.date.fromisoformat(day))
    return Answerer(bench.retriever(), calibration, AnswerStyle(quotes=quotes), freshness=judge).answer(question)


def test_rules_of_more_than_a_year_ago_are_told_to_be_old(bench: Bench) -> None:
    outdated = ask(bench, "2027-02-01")
    assert outdated.sources[0].article == "daoliu.md"
    assert outdated.outdated
    assert plain_text(outdated).splitlines()[-1].startswith(f"请注意：{NOTICE}")


def test_rules_of_this_year_are_not(bench: Bench) -> None:
    fresh = ask(bench, "2026-03-01")
    assert not fresh.outdated
    assert NOTICE not in plain_text(fresh)


def test_one_source_that_does_not_age_is_enough(bench: Bench) -> None:
    mixed = ask(bench, "2030-01-01", "复购率和微信号", quotes=8)
    assert {"fugou.md", "daoliu.md"} <= {source.article for source in mixed.sources}
    assert not mixed.outdated


def test_english_readers_are_told_in_english(bench: Bench) -> None:
    assert "all of these sources are old" in plain_text(ask(bench, "2027-02-01", "WeChat id?"))


def test_a_declined_question_has_no_sources_to_be_old(bench: Bench) -> None:
    assert not ask(bench, "2030-01-01", calibration=NEVER).outdated


def test_the_configuration_says_what_ages(bench: Bench, tmp_path: Path) -> None:
    def outdated(*overrides: str) -> bool:
        file = tmp_path / "config.yaml"
        file.write_text(f"corpus:\n  articles: {bench.articles}\ndata_dir: {bench.data_dir}\n", encoding="utf-8")
        service = Service(
            load_settings(file, ["answering.quotes=1", *overrides]),
            encoder_factory=FakeEncoder,
            identity=FakeEncoder.identity,
            calibration=ALWAYS,
            local_time=on("2026-03-01"),
        )
        service.reindex()
        return service.ask("小红书私信发微信号").outdated

    assert not outdated()
    assert outdated("freshness.aged_after=30")
    assert not outdated("freshness.aged_after=30", "freshness.rules=[别的]")
