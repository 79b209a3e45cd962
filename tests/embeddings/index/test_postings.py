"""Postings of several segments joined: what comes out is what all passages that stayed would have given at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from embeddings.index import postings
from embeddings.index.postings import Postings, write_joined

WORDS = [f"{first}{second}" for first in "引流加微朋友" for second in "群聊标题红书"]


def passages(seed: int, count: int, words: list[str] = WORDS) -> list[list[str]]:
    dice = np.random.default_rng(seed)
    return [list(dice.choice(words, size=dice.integers(0, 9))) for _ in range(count)]


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_joined_is_what_is_built_of_those_that_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(postings, "_BLOCK", block)
    parts = [passages(1, 80), passages(2, 30, [*WORDS[:9], "私域"]), passages(3, 5)]
    kept = [np.random.default_rng(seed).random(len(part)) < 0.7 for seed, part in enumerate(parts)]
    kept[0][[WORDS[3] in passage for passage in parts[0]]] = False  # a term that only the others have
    write_joined(tmp_path / "joined", [(Postings.of(part), flags) for part, flags in zip(parts, kept, strict=True)])
    stay = [
        terms for part, flags in zip(parts, kept, strict=True) for terms, flag in zip(part, flags, strict=True) if flag
    ]
    made, expected = Postings.load(tmp_path / "joined"), Postings.of(stay)
    for name in ("terms", "starts", "rows", "counts", "lengths"):
        np.testing.assert_array_equal(getattr(made, name), getattr(expected, name))
        assert getattr(made, name).dtype == getattr(expected, name).dtype
    assert made.words == expected.words


def test_nothing_that_stays_gives_no_terms(tmp_path: Path) -> None:
    write_joined(tmp_path / "joined", [(Postings.of(passages(1, 4)), np.zeros(4, dtype=np.bool_))])
    made = Postings.load(tmp_path / "joined")
    assert (len(made.terms), len(made.rows), len(made.lengths), dict(made.words)) == (0, 0, 0, {})
