"""`evaluate` from the questions to the files that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from bot.terminal.evaluate import assess, report_on, save
from embeddings.evaluation.metrics import Question
from tests.embeddings.helpers import write_articles
from tests.support.command_line import Shop, run
from tests.support.fakes import FakeEncoder, in_process

QUESTIONS = (
    Question("1", "fact", "企业微信单个成员可以添加多少客户", ("qiwei.md",), ("五千名客户",)),
    Question("2", "fact", "复购率等于什么", ("fugou.md",), ("没有这句话",)),
    Question("3", "chitchat", "你好"),
)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    write_articles(tmp_path / "articles")
    config = tmp_path / "config.yaml"
    config.write_text("corpus: {articles: articles}\ndata_dir: data\nanswering: {answer_at: 0.1, unsure_at: 0.05}\n")
    service = Service(
        load_settings(config), encoder_factory=FakeEncoder, identity=FakeEncoder.identity, parser=in_process
    )
    service.reindex()
    return service


def test_questions_are_asked_and_legs_looked_up(service: Service) -> None:
    first, second, third = assess(service, QUESTIONS, legs=True)
    assert first.passage_rank == first.leg_ranks["fused"] == 1
    assert set(first.leg_ranks) == {"fused", "passage", "window", "lexical"}
    assert (second.article_rank, second.passage_rank) == (1, None)
    assert (third.reply.status, third.leg_ranks) == ("smalltalk", {})


def test_a_question_follows_its_context(service: Service) -> None:
    alone = Question("1", "ellipsis", "要多少个", ("qiwei.md",), ("五千名客户",))
    after = Question("2", "ellipsis", "要多少个", ("qiwei.md",), ("五千名客户",), ("企业微信能加的客户",))
    first, second = assess(service, [alone, after], legs=True)
    assert first.reply.searched == ""
    assert "企业微信" in second.reply.searched
    assert second.leg_ranks["fused"] == 1


def test_progress_is_told_after_each_question(service: Service) -> None:
    told: list[None] = []
    assess(service, QUESTIONS, progress=lambda: told.append(None))
    assert len(told) == 3


def test_a_report_is_written_as_asked(service: Service, tmp_path: Path) -> None:
    report = report_on(service, assess(service, QUESTIONS, legs=True), ["q.jsonl"])
    assert (report.answer_at, report.unsure_at) == (0.1, 0.05)
    assert report.generation == service.indexer.store.current_id()
    page, data = tmp_path / "out" / "report.md", tmp_path / "out" / "report.json"
    save(report, plots=tmp_path / "plots", page=page, data=data)
    assert "](../plots/refusal.png)" in page.read_text(encoding="utf-8")
    assert json.loads(data.read_text(encoding="utf-8"))["answerable"] == 2
    save(report)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.json", "report.md"]


def test_the_whole_command(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    questions = tmp_path / "q.jsonl"
    lines = [
        {
            "id": "1",
            "question": "企业微信单个成员可以添加多少客户",
            "gold_articles": ["qiwei.md"],
            "gold_phrase": ["五千名"],
        },
        {
            "id": "2",
            "question": "那个人号呢",
            "context": ["什么"],
            "gold_articles": ["qiwei.md"],
            "gold_phrase": ["五千名"],
        },
    ]
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (data, page, plots) = (str(tmp_path / "out" / name) for name in ("a.json", "a.md", "plots"))
    files = ("--out", data, "--report", page, "--plots", plots)
    result = shop.run("evaluate", "--questions", str(questions), "--json", *files)
    assert result.exit_code == 0, result.stderr
    assert "跳过 1 道带上文的题" in result.stderr
    document = json.loads(result.stdout)
    assert (document["answerable"], document["article_recall"]["3"]) == (1, 1.0)
    assert "results" not in document
    assert sorted(path.name for path in Path(plots).iterdir()) == ["confidence.png", "latency.png", "recall.png"]
    compared = shop.run("evaluate", "--compare", data, data)
    assert compared.stdout == "两份报告共有 1 题。\n没有超出波动的差别。\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["--questions", "README.md", "--compare", "README.md", "README.md"], ["--compare", "README.md"]],
)
def test_bad_usage_is_told(arguments: list[str]) -> None:
    result = run("evaluate", *arguments)
    assert result.exit_code == 2
