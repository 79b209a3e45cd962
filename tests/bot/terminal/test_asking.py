"""The command line with a language model: written where it can be, quoted where it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Shop
from tests.support.scripted_model import ScriptedModel, copying, in_a_thread

QUESTION = "私信发微信号会怎样"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with in_a_thread(ScriptedModel(copying)) as server:
        yield server


def asked(shop: Shop, model: ScriptedModel, scenario: str, *arguments: str, stdin: str | None = None) -> Any:
    """What a command says with the model in a scenario."""
    llm = ["--set", f"answering.llm.base_url={model.base_url}", "--set", f"answering.llm.model='{scenario}'"]
    return shop.run(*llm, "--set", "answering.llm.timeout_s=20", *arguments, stdin=stdin)


def test_json_has_the_statements_and_tells_who_worded_them(shop: Shop, model: ScriptedModel) -> None:
    document = json.loads(asked(shop, model, "ok", "ask", "--json", QUESTION).stdout)
    assert document["mode"] == "written"
    assert document["statements"][0]["sources"] == [1]
    first = document["statements"][0]["text"].rstrip("。")
    assert document["answer"].index(f"{first} [1]。") < document["answer"].index("出处")
    assert "由 AI" in document["answer"]
    assert document["sources"][0]["n"] == 1


@pytest.mark.parametrize("scenario", ["401", "reset", "risk-qwen"])
def test_an_answer_is_quotes_where_the_model_fails(shop: Shop, model: ScriptedModel, scenario: str) -> None:
    document = json.loads(asked(shop, model, scenario, "ask", "--json", QUESTION).stdout)
    assert (document["mode"], document["statements"]) == ("extractive", [])
    assert document["quotes"]


def test_without_a_model_nothing_changes(shop: Shop) -> None:
    document = json.loads(shop.run("ask", "--json", QUESTION).stdout)
    assert (document["mode"], document["statements"]) == ("extractive", [])


def test_lines_of_the_standard_input_are_written_one_after_the_other(shop: Shop, model: ScriptedModel) -> None:
    result = asked(shop, model, "ok", "ask", "--stdin", stdin=f"{QUESTION}\n早上好\n复购率怎么算\n")
    modes = [json.loads(line)["mode"] for line in result.stdout.splitlines()]
    assert modes == ["written", "extractive", "written"]


def test_a_conversation_is_written_and_still_shows_passages_by_number(shop: Shop, model: ScriptedModel) -> None:
    result = asked(shop, model, "ok", "chat", stdin=f"{QUESTION}\n1\n/q\n")
    assert "由 AI" in result.stdout
    assert result.exit_code == 0


def test_a_key_file_that_is_not_there_is_told_in_words(
    shop: Shop, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The runner takes these out of the environment; what is left is the file of the settings.
    monkeypatch.setattr("bot.generation.setup.llm_api_key", _missing)
    result = asked(shop, model, "ok", "ask", QUESTION)
    assert result.exit_code == 2
    assert "SIYU_LLM_API_KEY_FILE" in result.stderr


def _missing() -> str:
    from bot.errors import ConfigurationError

    raise ConfigurationError("SIYU_LLM_API_KEY_FILE 指向的文件读不了：请检查路径和权限")
