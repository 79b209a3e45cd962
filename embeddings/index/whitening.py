"""Cosines after whitening: directions in which all texts of a corpus are alike stop drowning those that tell apart.

The vectors of a small encoder fill a narrow cone, and their few strongest directions carry style and language rather
than subject. Centring them and scaling every principal direction by (s * mean + (1 - s) * variance)^-1/2, s being the
shrinkage (Ledoit and Wolf 2004 shrink a covariance so; Su et al. 2021 whiten sentence vectors), spreads them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.blas_threads import one_blas_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_SHRINKAGE = 0.5
"""Between 0.35 and 0.7 the development sets hardly differ."""

_BLOCK = 8192


class Whitening:
    """Gives the cosines of vectors with a query as if all had been whitened.

    `mean`, (dimension,), is subtracted and `matrix`, (dimension, dimension), multiplied with; `lengths`, (count,), are
    those of the vectors afterwards. The vectors are not stored twice: with A the whitening matrix and m the mean, the
    cosine of query q and vector v is (A A' (q - m)) . (v - m) / (|A' (q - m)| |A' (v - m)|), so one more inner product
    with the vectors themselves and their whitened lengths are enough.
    """

    def __init__(self, mean: Vectors, matrix: Vectors, lengths: Vectors) -> None:
        self._mean = mean
        self._matrix = matrix
        self._lengths = lengths

    @classmethod
    def learn(cls, vectors: Vectors) -> Whitening:
        """From the vectors that it is for: (count, dimension)."""
        mean = vectors.mean(axis=0)
        covariance = np.zeros((vectors.shape[1], vectors.shape[1]), dtype=np.float64)
        with one_blas_thread():
            for block in _blocks(vectors):
                centred = (block - mean).astype(np.float64)
                covariance += centred.T @ centred
            variances, directions = np.linalg.eigh(covariance / max(1, len(vectors)))
            variances = np.maximum(variances, 0.0)
            shrunk = _SHRINKAGE * variances.mean() + (1 - _SHRINKAGE) * variances
            # Vectors that are all equal have no directions to tell apart.
            scales = shrunk**-0.5 if shrunk.min() > 0 else np.ones_like(shrunk)
            matrix = np.asarray(directions * scales, dtype=np.float32)
            lengths = [np.linalg.norm((block - mean) @ matrix, axis=1) for block in _blocks(vectors)]
        return cls(mean, matrix, np.maximum(np.concatenate(lengths), 1e-9))

    @property
    def count(self) -> int:
        """For how many vectors it is."""
        return len(self._lengths)

    def save(self, file: Path) -> None:
        """Write plain arrays. Raises OSError."""
        with file.open("wb") as stream:
            np.savez(stream, mean=self._mean, matrix=self._matrix, lengths=self._lengths)

    @classmethod
    def load(cls, file: Path) -> Whitening:
        """Read what `save` wrote. Raises OSError, ValueError, KeyError."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(arrays["mean"], arrays["matrix"], arrays["lengths"])

    def direction(self, query: Vectors) -> tuple[Vectors, float]:
        """What to multiply the vectors with, (dimension,), and what to subtract from every product."""
        white = (query - self._mean) @ self._matrix
        back = np.asarray(self._matrix @ (white / max(float(np.linalg.norm(white)), 1e-9)), dtype=np.float32)
        return back, float(back @ self._mean)

    def cosines(self, products: Vectors, offset: float) -> Vectors:
        """Whitened cosines, (count,), from the products of all vectors with `direction`."""
        return np.asarray((products - offset) / self._lengths, dtype=np.float32)


def _blocks(vectors: Vectors) -> Iterator[Vectors]:
    for start in range(0, len(vectors), _BLOCK):
        yield vectors[start : start + _BLOCK]
