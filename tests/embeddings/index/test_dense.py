"""FAISS against numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from embeddings.index.dense import DenseIndex


def test_scores_are_cosines_in_order_and_survive_saving(tmp_path: Path) -> None:
    vectors = np.random.default_rng(7).normal(size=(500, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = DenseIndex.index(vectors)
    index.save(tmp_path / "x.faiss")
    loaded = DenseIndex.load(tmp_path / "x.faiss")
    assert (loaded.count, loaded.dimension) == (500, 32)
    for query in vectors[:5]:
        np.testing.assert_allclose(loaded.scores(query), vectors @ query, atol=1e-5)


def test_a_full_disk_is_an_error_of_the_machine() -> None:
    """Scenario 33."""
    index = DenseIndex.index(np.eye(64, dtype=np.float32))
    with pytest.raises(OSError, match="No space left"):
        index.save(Path("/dev/full"))
