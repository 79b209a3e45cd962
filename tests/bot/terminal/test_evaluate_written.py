"""The same questions by quotes and by a scripted model, in figures and in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import Shop
from tests.support.scripted_model import ScriptedModel, copying, in_a_thread

QUESTIONS = [
    {"id": "1", "question": "私信发微信号会怎样", "gold_articles": ["daoliu.md"], "gold_phrase": ["账号可能被禁言"]},
    {"id": "2", "question": "复购率怎么算", "gold_articles": ["fugou.md"], "gold_phrase": ["复购率等于"]},
    {"id": "3", "kind": "chitchat", "question": "早上好"},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"))


def test_both_ways_are_compared_after_the_cost_was_told(shop: Shop, tmp_path: Path) -> None:
    questions, dumped = tmp_path / "q.jsonl", tmp_path / "d.jsonl"
    questions.write_text("".join(json.dumps(each) + "\n" for each in QUESTIONS), encoding="utf-8")
    with in_a_thread(ScriptedModel(copying)) as model:
        llm = ["--set", f"answering.llm.base_url={model.base_url}", "--set", "answering.llm.model=ok"]
        arguments = [*llm, "evaluate", "--questions", str(questions), "--llm"]
        document = json.loads(shop.run(*arguments, "--json", "--dump", str(dumped)).stdout)
        words = shop.run(*arguments, "--llm-sample", "1")
    assert document["asked"] == 2
    assert document["outcomes"] == {"written": 2}
    assert document["quoted"]["coverage"] == document["written"]["coverage"] == 1
    assert document["tokens"]["prompt"] > 0
    records = [json.loads(line) for line in dumped.read_text(encoding="utf-8").splitlines()]
    assert {record["question"] for record in records} == {"私信发微信号会怎样", "复购率怎么算"}
    assert all(record["passages"] for record in records)
    assert "1 题里有" in words.stderr
    assert "摘录" in words.stdout


def test_without_a_model_it_says_what_to_configure(shop: Shop, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(json.dumps(QUESTIONS[0]) + "\n", encoding="utf-8")
    result = shop.run("evaluate", "--questions", str(questions), "--llm")
    assert result.exit_code == 2
    assert "answering.llm.base_url" in result.stderr
