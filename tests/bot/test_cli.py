"""The command line, with a small real model from a registry package; what only a process shows, by real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.embeddings.helpers import ARTICLES
from tests.support.command_line import Shop

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop whose index is built by its first question."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    result = shop.run("ask", "企业微信群发每天几条")
    assert result.exit_code == 0, result.stderr
    assert "还没有索引" in result.stderr
    assert "出处：\n[1] " in result.stdout
    return shop


def lines(text: str) -> Sequence[str]:
    return text.strip().splitlines()


def test_stdin_gives_one_json_object_a_line_in_order(shop: Shop) -> None:
    questions = ["私信发微信号会怎样", "早上好", "复购率怎么算"]
    result = shop.run("ask", "--stdin", stdin="\n".join([*questions, "", ""]))
    assert result.exit_code == 0
    documents = [json.loads(line) for line in lines(result.stdout)]
    assert [document["question"] for document in documents] == questions
    assert [document["status"] for document in documents] == ["answered", "smalltalk", "answered"]
    assert documents[0]["generation"]


def test_json_prints_one_object(shop: Shop) -> None:
    document = json.loads(shop.run("ask", "--json", "私信发微信号会怎样").stdout)
    assert document["quotes"]
    assert document["sources"][0]["article"] in ARTICLES


def test_a_conversation_shows_passages_by_number(shop: Shop) -> None:
    result = shop.run("chat", stdin="复购率怎么算\n1\n9\n/q\n")
    assert result.exit_code == 0
    assert "复购率等于" in result.stdout


def test_reindex_status_and_rollback_tell_the_same_story(tmp_path: Path, shop: Shop) -> None:
    mine = Shop(tmp_path)
    first = json.loads(mine.run("reindex", "--json").stdout)
    assert first["articles"] == {"added": 3, "changed": 0, "removed": 0, "unchanged": 0}
    assert json.loads(mine.run("status", "--json").stdout)["state"] == "ready"
    (mine.articles / "neu.txt").write_text(
        "快闪群\n\n" + "快闪群只开三天，活动结束就解散，免得打扰客人。" * 3, encoding="utf-8"
    )
    assert json.loads(mine.run("status", "--json").stdout)["state"] == "changed"
    told = mine.run("reindex").stdout
    assert "文章 4 篇：新增 1，修改 0，删除 0，未变 3" in told
    status = json.loads(mine.run("status", "--json").stdout)
    assert status["articles"] == 4
    assert len(status["kept"]) == 2
    back = mine.run("rollback")
    assert first["generation"] in back.stdout
    assert json.loads(mine.run("status", "--json").stdout)["generation"] == first["generation"]
    again = mine.run("rollback")
    assert (again.exit_code, len(lines(again.stderr))) == (1, 1)
    stale = mine.run("--set", "corpus.passage_length=200", "status")
    assert "不可用" in stale.stdout


def test_explaining_a_file_lists_what_goes_and_builds_nothing(tmp_path: Path) -> None:
    mine = Shop(tmp_path)
    credit = "本文由 @小满 原创发布于某某社区，未经许可，禁止转载"
    (mine.articles / "群规.md").write_text(f"群规只写三条，多了没有人看。\n\n{credit}\n", encoding="utf-8")
    result = mine.run("reindex", "--explain", "群规.md")
    assert lines(result.stdout) == ["群规.md：收录", "去掉 1 行：", f"  - [页面结尾之后的内容] {credit}"]
    assert json.loads(mine.run("reindex", "--json", "--explain", "群规.md").stdout)["removed"][0]["text"] == credit
    assert not mine.data_dir.exists()
    assert mine.run("reindex", "--explain", "没有.md").exit_code == 1


def test_doctor_explains_what_is_missing(shop: Shop) -> None:
    result = shop.run("doctor")
    assert result.exit_code == 1
    for name in ("文章", "磁盘", "模型", "索引"):
        assert f"✓ {name}" in result.stdout
    assert "✗ Telegram：没有设置 token" in result.stdout
    assert "@BotFather" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--config", "none.yaml", "status"], 2, "none.yaml"),
        (["--set", "answering.lengt=3", "status"], 2, "answering.lengt"),
        (["--set", "index.keep=many", "status"], 2, "index.keep"),
        (["run"], 2, "TELEGRAM_BOT_TOKEN"),
        (["--set", "corpus.articles=/nowhere", "reindex"], 1, "/nowhere"),
        (["--set", "data_dir=/dev/null/x", "reindex"], 1, "/dev/null/x"),
        (["--set", "embeddings.model=./no-model", "ask", "问"], 1, "no-model"),
        (["evaluate", "--questions", str(ROOT / "LICENSE")], 1, "LICENSE"),
    ],
)
def test_trouble_is_one_line_that_says_what_to_do(shop: Shop, arguments: list[str], code: int, words: str) -> None:
    result = shop.run(*arguments)
    assert result.exit_code == code, result.stderr
    assert "Traceback" not in result.stderr
    assert words in lines(result.stderr)[-1]
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments", [["ask"], ["ask", " "], ["ask", "x", "--stdin"], ["frobnicate"], ["ask", "--nope"]]
)
def test_bad_usage_exits_with_two(shop: Shop, arguments: list[str]) -> None:
    result = shop.run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_an_empty_corpus_is_named_and_loses_nothing(tmp_path: Path) -> None:
    mine = Shop(tmp_path)
    assert mine.run("reindex").exit_code == 0
    for file in mine.articles.iterdir():
        file.unlink()
    result = mine.run("reindex")
    assert result.exit_code == 1
    assert len(lines(result.stderr)) == 1
    assert "没有可用的文章" in result.stderr
    assert json.loads(mine.run("ask", "--json", "群发").stdout)["quotes"]


def test_a_damaged_index_is_named_and_rebuilt_on_demand(tmp_path: Path) -> None:
    mine = Shop(tmp_path)
    generation = json.loads(mine.run("reindex", "--json").stdout)["generation"]
    (mine.data_dir / "generations" / generation / "base" / "window-vectors.npy").write_bytes(b"junk")
    asked = mine.run("ask", "群发")
    assert asked.exit_code == 1
    assert "window-vectors.npy" in asked.stderr
    assert "siyu reindex" in asked.stderr
    assert json.loads(mine.run("reindex", "--json").stdout)["switched"]
    assert mine.run("ask", "群发").exit_code == 0


# -- what only a process of its own shows


def process(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TELEGRAM_", "SIYU_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        env={**environment, "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )


def test_help_answers_at_once_names_every_command_and_imports_nothing_heavy() -> None:
    started = time.monotonic()
    result = process("-X", "importtime", "-m", "bot", "--help")
    assert time.monotonic() - started < 5  # a second on a quiet machine; `make bench` measures
    assert result.returncode == 0
    for command in ("ask", "backup", "chat", "doctor", "evaluate", "reindex", "restore", "rollback", "run", "status"):
        assert re.search(rf"^  {command} ", result.stdout, re.MULTILINE)
    imported = {line.rpartition("|")[2].strip() for line in lines(result.stderr)}
    assert "bot.cli" in imported
    assert not imported & {"torch", "faiss", "telegram", "numpy", "rich"}


def test_trouble_ends_a_process_with_its_code_and_one_line() -> None:
    result = process("-m", "bot", "run")
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = lines(result.stderr)
    assert "TELEGRAM_BOT_TOKEN" in line


def test_a_reader_that_leaves_early_is_no_error(shop: Shop) -> None:
    """As `siyu status --json | true` does."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = process("-m", "bot", "--config", str(shop.config), "status", "--json", stdout=writer)
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (0, "")
