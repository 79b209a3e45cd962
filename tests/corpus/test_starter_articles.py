"""The starter knowledge base: every article keeps the rules that a merchant's trust hangs on."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2] / "corpus" / "articles"
FILES = sorted(ROOT.glob("*.md"))
TOPICS = {
    "小红书规则", "小红书获客", "微信与企业微信", "漏斗与指标", "转化与复购", "内容与投放", "法律合规", "案例",
    "行业打法", "起步与工具",
}  # fmt: skip
PLATFORM_TOPICS = {"小红书规则", "小红书获客", "微信与企业微信"}
SHINGLE = 30
COPIED = 25
LINK = re.compile(r"\]\(([^)\s]+)\)")


class Page:
    """An article's front matter and body as its file has them."""

    def __init__(self, file: Path) -> None:
        match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", file.read_text(encoding="utf-8"), re.DOTALL)
        assert match, f"{file.name} has no front matter"
        self.name = file.name
        self.meta: dict[str, Any] = yaml.safe_load(match[1])
        self.body = match[2]
        self.headings = re.findall(r"^#+ +(.+)$", self.body, re.MULTILINE)


def letters(text: str) -> str:
    """Only letters and digits, link targets left out: how copied text is recognised."""
    return re.sub(r"[^\w%]+", "", LINK.sub("]", text))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(request.param)


def test_there_is_enough_to_read() -> None:
    assert len(FILES) >= 64
    assert sum(len(re.sub(r"\s", "", Page(file).body)) for file in FILES) >= 130_000
    assert {Page(file).meta["topic"] for file in FILES} == TOPICS


def test_front_matter_is_complete(page: Page) -> None:
    meta = page.meta
    assert 6 <= len(meta["title"]) <= 45
    assert meta["topic"] in TOPICS
    assert meta["confidence"] in {"高", "中", "低"}
    assert 2 <= len(meta["tags"]) <= 8
    assert isinstance(meta["date"], datetime.date)
    assert datetime.date(2026, 1, 1) <= meta["date"] <= meta["updated"]
    if page.meta["topic"] in PLATFORM_TOPICS - {"小红书规则"}:
        assert isinstance(meta.get("expires"), datetime.date), (
            "platform rules and prices change: say until when to trust"
        )
    if "expires" in meta:
        assert meta["expires"] > meta["updated"]


def test_sources_are_named(page: Page) -> None:
    assert page.meta["sources"]
    for source in page.meta["sources"]:
        assert set(source) <= {"name", "url"}
        assert len(source["name"]) >= 4
        if "url" in source:
            assert re.fullmatch(r"https?://[^\s…]+", source["url"])


def test_headings_and_length_are_within_bounds(page: Page) -> None:
    assert 1200 <= len(re.sub(r"\s", "", page.body)) <= 3000
    assert not re.search(r"^# ", page.body, re.MULTILINE), "the title is in the front matter"
    assert 4 <= len(page.headings) <= 14
    assert len(set(page.headings)) == len(page.headings)
    assert all(4 <= len(heading) <= 34 for heading in page.headings)
    assert not page.body.lstrip().startswith("#"), "the answer comes before the first heading"


def test_paragraphs_stand_alone(page: Page) -> None:
    for paragraph in re.split(r"\n\s*\n", page.body):
        text = paragraph.strip()
        if not re.match(r"[-|\d#]", text):
            assert len(text) <= 330, text[:40]
        assert not re.match(r"(它|上述|如上|前面说|综上)", text), text[:40]


def test_internal_links_are_alive(page: Page) -> None:
    for target in LINK.findall(page.body):
        assert target.startswith(("http://", "https://")) or (ROOT / target).is_file(), target


def test_nothing_of_the_writing_process_is_left(page: Page) -> None:
    assert not re.search(r"\bS\d{3}\b|事实表|TODO|本文由", page.body)


def test_platform_figures_are_dated(page: Page) -> None:
    """An article about a platform's rules or prices says as of when, more than once."""
    if page.meta["topic"] in PLATFORM_TOPICS:
        assert len(re.findall(r"20\d\d(?:-\d\d)?", page.body)) >= 3


def test_no_two_articles_say_the_same() -> None:
    def shingles(text: str) -> set[str]:
        return {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE)}

    taken = {file.name: shingles(letters(Page(file).body)) for file in FILES}
    for (one, mine), (other, theirs) in combinations(taken.items(), 2):
        assert len(mine & theirs) <= 8, f"{one} and {other}: {sorted(mine & theirs)[0]}"


def sampled_runs(text: str) -> Iterator[tuple[str, str]]:
    """Digest and text of the runs of 25 letters in a sentence; of all runs those whose digest falls on one in six.

    A copied sentence of 40 letters has sixteen runs, so nearly every copy meets the sample.
    """
    for sentence in re.split(r"[。！？；\n|]", text):
        plain = letters(sentence)
        for start in range(len(plain) - COPIED + 1):
            run = plain[start : start + COPIED]
            digest = hashlib.sha256(run.encode()).hexdigest()[:10]
            if int(digest, 16) % 6 == 0:
                yield digest, run


def test_no_sentence_is_copied_from_the_fact_sheet(page: Page) -> None:
    """The fact sheet itself is not here, only digests of runs of its sentences."""
    digests = set((Path(__file__).parent / "fact_sheet_runs.txt").read_text(encoding="ascii").split())
    assert len(digests) > 1000
    for digest, run in sampled_runs(page.body):
        assert digest not in digests, run
