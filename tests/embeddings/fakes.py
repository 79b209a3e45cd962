"""An encoder without a model: a text's vector follows from its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.models.encoder import Progress


class FakeEncoder:
    """Deterministic unit vectors; `calls` keeps what was encoded, `fails_at` is the call that raises."""

    def __init__(self, identity: str = "fake", dimension: int = 8, fails_at: int | None = None) -> None:
        self.identity = identity
        self.dimension = dimension
        self.calls: list[list[str]] = []
        self._fails_at = fails_at

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        if len(self.calls) == self._fails_at:
            raise RuntimeError("killed")
        self.calls.append(list(texts))
        if progress is not None:
            progress(len(texts), len(texts))
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            seed = hashlib.sha256(f"{self.identity}\0{text}".encode()).digest()
            vector = np.random.default_rng(int.from_bytes(seed[:8], "little")).normal(size=self.dimension)
            rows[row] = vector / np.linalg.norm(vector)
        return rows
