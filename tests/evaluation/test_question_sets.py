"""The sets by the form of a message keep their form: what kind, how many, two halves that share no question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import corpus

SETS = Path(__file__).parent
ARTICLES = Path(corpus.__file__).parent / "articles"
KINDS = {
    "requests": ("request", 60),
    "two_part": ("two_part", 60),
    "stories": ("story", 60),
    "aspects": ("aspect", 120),
}


def entries(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", KINDS)
def test_half_is_for_development_half_decides(name: str) -> None:
    kind, least = KINDS[name]
    development, test = entries(f"{name}_development"), entries(f"{name}_test")
    every = [*development, *test]
    assert abs(len(development) - len(test)) <= 1
    assert len(every) >= least
    assert {entry["kind"] for entry in every} == {kind}
    assert len({entry["id"] for entry in every}) == len({entry["question"] for entry in every}) == len(every)


def test_a_kind_of_message_has_a_prefix_of_its_own() -> None:
    sets = {file.stem: [entry["id"] for entry in entries(file.stem)] for file in sorted(SETS.glob("*.jsonl"))}
    of_kinds = {f"{kind}_{half}" for kind in KINDS for half in ("development", "test")}
    prefixes = {name: {one.rstrip("0123456789") for one in ids} for name, ids in sets.items()}
    for name in of_kinds:
        others = (prefixes[other] for other in prefixes if other.rpartition("_")[0] != name.rpartition("_")[0])
        assert not prefixes[name] & set().union(*others), name


@pytest.mark.parametrize("half", ["development", "test"])
def test_each_kind_has_what_it_is_judged_by(half: str) -> None:
    for entry in (*entries(f"requests_{half}"), *entries(f"stories_{half}"), *entries(f"two_part_{half}")):
        assert entry["gold_articles"], entry["id"]
        assert entry["gold_phrase"], entry["id"]
    assert all(60 <= len(entry["question"]) <= 200 for entry in entries(f"stories_{half}"))
    assert all(len(entry["gold_parts"]) == 2 and all(entry["gold_parts"]) for entry in entries(f"two_part_{half}"))


@pytest.mark.parametrize("half", ["development", "test"])
def test_an_aspect_names_the_article_that_was_read_for_it(half: str) -> None:
    for entry in entries(f"aspects_{half}"):
        article, _, why = entry["note"].partition(": ")
        assert (ARTICLES / article).is_file(), entry["id"]
        assert why
        assert "gold_articles" not in entry
