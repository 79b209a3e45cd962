"""Reindexes by the real command line: two at once, and beside a file that no parser survives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.config import load_settings
from tests.corpus.sandbox.test_bounded_parser import bomb
from tests.embeddings.helpers import ARTICLES, write_articles
from tests.support.fake_cli import UNTIL, PacedService

ROOT = Path(__file__).parents[1]


class Shop:
    """A small corpus with an index, and the command line over it."""

    def __init__(self, home: Path) -> None:
        self.articles = write_articles(home / "articles")
        self.config = home / "config.yaml"
        self.config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
        self.data = home / "data"
        PacedService(load_settings(self.config)).reindex()

    def start(self, *arguments: str, until: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.fake_cli", "--config", str(self.config), *arguments],
            cwd=ROOT,
            env={**os.environ, **({UNTIL: str(until)} if until else {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def change(self) -> None:
        text = ARTICLES["fugou.md"] + "\n会员日是每月八号，记得提前三天提醒老客户回来看看。\n"
        (self.articles / "fugou.md").write_text(text, encoding="utf-8")

    def builds(self) -> bool:
        """Whether somebody holds the right to build."""
        lock = self.data / ".reindex.lock"
        return any(str(lock.stat().st_ino) == entry.split(":")[-1].split()[0] for entry in _locks())


def _locks() -> list[str]:
    return Path("/proc/locks").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_of_two_reindexes_at_once_one_is_told_to_wait_and_questions_are_answered(shop: Shop) -> None:
    before = (shop.data / "current").read_text(encoding="utf-8").strip()
    shop.change()
    enough = shop.data / "enough"
    with shop.start("reindex", "--json", until=enough) as first:
        deadline = time.monotonic() + 60
        while not shop.builds():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert PacedService(load_settings(shop.config)).ask("一个人能加多少客户").generation == before
        with shop.start("reindex") as second:
            _, complaint = second.communicate(timeout=60)
        assert second.returncode == 1
        assert complaint.splitlines()[-1] == "siyu: 另一个进程正在更新索引：请等它结束再试。"
        enough.touch()
        said, errors = first.communicate(timeout=60)
        assert first.returncode == 0, errors
    after = json.loads(said)["generation"]
    assert before < after == (shop.data / "current").read_text(encoding="utf-8").strip()


@pytest.mark.skipif("SIYU_SOAK" not in os.environ, reason="a file may take a minute; set SIYU_SOAK=1")
def test_a_file_that_no_reader_survives_is_named_and_the_rest_is_indexed(shop: Shop) -> None:
    bomb(shop.articles / "bomb.pdf")
    shop.change()
    with shop.start("reindex", "--json") as process:
        said, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    summary = json.loads(said)
    (skipped,) = summary["skipped"]
    assert skipped["path"] == "bomb.pdf"
    assert "拆成几个" in skipped["reason"]
    assert summary["total_articles"] == len(ARTICLES)
