"""Whitened cosines agree with whitening everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index.whitening import Whitening


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def cosines(whitening: Whitening, vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    white, _ = whitening.whitened(vectors)
    return np.asarray(white @ whitening.whitened(query[None])[0][0])


def obvious(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """The slow way: transform every vector and the query, then take cosines."""
    mean = vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(vectors.T, bias=True).astype(np.float64))
    matrix = directions * (0.5 * variances.mean() + 0.5 * np.maximum(variances, 0)) ** -0.5
    return np.asarray(unit((vectors - mean) @ matrix) @ unit(((query - mean) @ matrix)[None])[0])


@given(st.integers(0, 10_000))
def test_it_is_the_cosine_of_whitened_vectors(seed: int) -> None:
    dice = np.random.default_rng(seed)
    vectors, query = unit(dice.normal(size=(40, 8)) + 2), unit(dice.normal(size=(1, 8)))[0]
    assert cosines(Whitening.learn(vectors), vectors, query) == pytest.approx(obvious(vectors, query), abs=1e-3)


def test_vectors_come_back_and_keep_their_products() -> None:
    dice = np.random.default_rng(5)
    vectors, query = unit(dice.normal(size=(40, 8)) + 2), unit(dice.normal(size=(1, 8)))[0]
    whitening = Whitening.learn(vectors)
    white, lengths = whitening.whitened(vectors)
    assert np.linalg.norm(white, axis=1) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(whitening.raw(white, lengths), vectors, atol=1e-5)
    direction, offset = whitening.raw_direction(query)
    np.testing.assert_allclose(lengths * (white @ direction) + offset, vectors @ query, atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_handful_of_equal_vectors_is_no_trouble(count: int) -> None:
    vectors = np.tile(np.eye(4, dtype=np.float32)[0], (count, 1))
    assert np.isfinite(cosines(Whitening.learn(vectors), vectors, np.eye(4, dtype=np.float32)[1])).all()


def test_what_was_learnt_is_read_back_as_it_was(tmp_path: Path) -> None:
    dice = np.random.default_rng(3)
    vectors, query = unit(dice.normal(size=(40, 8))), unit(dice.normal(size=(1, 8)))[0]
    learnt = Whitening.learn(vectors)
    learnt.save(tmp_path / "whitening.npz")
    read = Whitening.load(tmp_path / "whitening.npz")
    np.testing.assert_array_equal(cosines(read, vectors, query), cosines(learnt, vectors, query))
