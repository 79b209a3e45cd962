"""Vectors on disk against numpy, in single precision and in half."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from embeddings.index import arrays, dense
from embeddings.index.dense import DenseIndex, VectorWriter


def unit(count: int, dimension: int) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.fixture(params=["read", "mapped"])
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "mapped":
        monkeypatch.setattr(arrays, "MAPPED_FROM", 0)
        monkeypatch.setattr(dense, "MAPPED_FROM", 0)
    return str(request.param)


@pytest.mark.usefixtures("where")
@pytest.mark.parametrize(("half", "error"), [(False, 1e-5), (True, 1e-3)])
def test_what_was_written_in_parts_is_found(tmp_path: Path, half: bool, error: float) -> None:
    vectors = unit(500, 32)
    with VectorWriter(tmp_path / "x", 32, half=half) as writer:
        for start in range(0, 500, 130):
            writer.append(vectors[start : start + 130])
    loaded = DenseIndex.load(tmp_path / "x")
    assert (loaded.count, loaded.dimension, loaded.half) == (500, 32, half)
    odd = np.arange(500) % 2 == 1
    for query in vectors[:5]:
        expected = vectors @ query
        np.testing.assert_allclose(loaded.scores(query), expected, atol=error)
        rows, scores = loaded.search(query, 10)
        np.testing.assert_allclose(scores, np.sort(expected)[::-1][:10], atol=error)
        np.testing.assert_allclose(loaded.rows(rows) @ query, scores, atol=error)
        rows, scores = loaded.search(query, 10, odd)
        np.testing.assert_allclose(scores, np.sort(expected[odd])[::-1][:10], atol=error)
        assert (rows % 2 == 1).all()
        assert sorted(loaded.search(query, 600)[0].tolist()) == list(range(500))


@pytest.mark.parametrize("half", [False, True])
def test_a_full_disk_is_an_error_of_the_machine(tmp_path: Path, half: bool) -> None:
    """Scenario 33."""
    for suffix in (".npy", ".faiss"):
        (tmp_path / f"x{suffix}").symlink_to("/dev/full")

    def write() -> None:
        with VectorWriter(tmp_path / "x", 64, half=half) as writer:
            writer.append(np.eye(64, dtype=np.float32))

    with pytest.raises(OSError, match="No space left"):
        write()
