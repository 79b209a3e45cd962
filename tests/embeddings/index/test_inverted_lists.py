"""Lists of vectors: chosen by questions, searched like a scan, and what is gone stays away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.index import arrays, dense, inverted_lists, list_building
from embeddings.index.dense import DenseIndex, VectorWriter
from embeddings.index.list_building import RECALL, write_lists


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(params=["read", "mapped"])
def listed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three thousand vectors of sixteen numbers in lists, with questions that lie elsewhere."""
    if request.param == "mapped":
        for module in (arrays, dense, inverted_lists):
            monkeypatch.setattr(module, "MAPPED_FROM", 1)
    monkeypatch.setattr(list_building, "LISTS_FROM", 2000)
    dice = np.random.default_rng(2)
    with VectorWriter(tmp_path / "x", 16, half=True) as writer:
        writer.append(unit(dice.normal(size=(3000, 16)) + 0.5))
    write_lists(tmp_path / "x", DenseIndex.load(tmp_path / "x"), unit(dice.normal(size=(20, 16))))
    return tmp_path / "x"


def test_other_questions_find_what_a_scan_finds(listed: Path) -> None:
    about = json.loads(listed.with_name("x.lists.json").read_text(encoding="utf-8"))
    assert about["recall"] >= RECALL
    assert 1 < about["probes"] <= about["lists"]
    vectors = DenseIndex.load(listed)
    shares = []
    for question in unit(np.random.default_rng(3).normal(size=(20, 16))):
        rows, scores = vectors.search(question, 100)
        closest = np.argsort(-vectors.scores(question))[:100]
        shares.append(len(np.intersect1d(rows, closest)) / 100)
        np.testing.assert_allclose(scores, vectors.rows(rows) @ question, atol=1e-3)
        assert (np.diff(scores) <= 0).all()
    assert np.mean(shares) >= 0.95


def test_what_may_not_be_found_is_not(listed: Path) -> None:
    allowed = np.arange(3000) % 3 == 0
    rows, _ = DenseIndex.load(listed).search(unit(np.ones((1, 16)))[0], 50, allowed)
    assert len(rows) == 50
    assert (rows % 3 == 0).all()


def test_a_later_version_of_the_vectors_is_put_around_the_same_centroids(listed: Path) -> None:
    before = DenseIndex.load(listed)
    assert before.lists is not None
    later = listed.with_name("later")
    with VectorWriter(later, 16, half=True) as writer:
        writer.append(before.as_stored(slice(100, None)))
    write_lists(later, DenseIndex.load(later), unit(np.random.default_rng(2).normal(size=(20, 16))), before.lists)
    lists = DenseIndex.load(later).lists
    assert lists is not None
    np.testing.assert_array_equal(lists.centroids, before.lists.centroids)
    question = unit(np.random.default_rng(3).normal(size=(1, 16)))[0]
    found = [before.search(question, 100)[0].tolist(), DenseIndex.load(later).search(question, 90)[0].tolist()]
    assert len({row - 100 for row in found[0]}.intersection(found[1])) >= 85


def test_few_vectors_and_no_questions_give_no_lists(tmp_path: Path) -> None:
    with VectorWriter(tmp_path / "x", 16, half=True) as writer:
        writer.append(unit(np.random.default_rng(2).normal(size=(300, 16))))
    vectors = DenseIndex.load(tmp_path / "x")
    write_lists(tmp_path / "x", vectors, vectors.rows(slice(0, 5)))
    assert [file.name for file in tmp_path.iterdir()] == ["x.faiss"]
