"""Ways of searching that others take. Each holds its texts and gives rows of them, best first."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Encode = Callable[[str], "Vectors"]
"""A question to its unit vector, (dimension,)."""

_DEPTH = 100  # how far down a list of ranks is read
_K = 60  # Cormack, Clarke and Büttcher 2009


class Way(Protocol):
    """One way of searching."""

    def search(self, question: str, k: int) -> Sequence[int]:
        """The rows of the `k` best texts."""
        ...


class Flat:
    """FAISS' flat index of inner products over unit vectors, (texts, dimension)."""

    def __init__(self, vectors: Vectors, encode: Encode) -> None:
        import faiss

        self._index: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        self._encode = encode

    def search(self, question: str, k: int) -> Sequence[int]:
        """The rows of the `k` best texts."""
        _, rows = self._index.search(self._encode(question)[None, :], min(k, self._index.ntotal))
        return rows[0].tolist()  # type: ignore[no-any-return]


class Keywords:
    """bm25s over words: jieba's dictionary and algorithm, by the implementation that the product has anyway."""

    def __init__(self, texts: Sequence[str]) -> None:
        from bm25s import BM25
        from rjieba import Jieba

        self._jieba: Any = Jieba()
        self._bm25: Any = BM25()
        self._count = len(texts)
        self._bm25.index([self._words(text) for text in texts], show_progress=False)

    def search(self, question: str, k: int) -> Sequence[int]:
        """The rows of the `k` best texts."""
        found = self._bm25.retrieve([self._words(question)], k=min(k, self._count), show_progress=False)
        return found.documents[0].tolist()  # type: ignore[no-any-return]

    def _words(self, text: str) -> list[str]:
        return [word for word in self._jieba.cut(text, True) if word.strip()] or [""]


class ByRanks:
    """Two ways over the same texts, joined by reciprocal ranks: a text's score is the sum of 1 / (60 + rank)."""

    def __init__(self, one: Way, other: Way) -> None:
        self._ways = one, other

    def search(self, question: str, k: int) -> Sequence[int]:
        """The rows of the `k` best texts."""
        scores: dict[int, float] = {}
        for way in self._ways:
            for rank, row in enumerate(way.search(question, _DEPTH), start=1):
                scores[row] = scores.get(row, 0.0) + 1 / (_K + rank)
        return sorted(scores, key=lambda row: -scores[row])[:k]


def has_txtai() -> bool:
    """Whether txtai is there: `make bench` installs it where it can."""
    return find_spec("txtai") is not None


class Txtai:
    """txtai's hybrid of vectors and its own BM25, with its defaults; `vectors` (texts, dimension) are given to it."""

    def __init__(self, texts: Sequence[str], vectors: Vectors, encode: Encode) -> None:
        known = dict(zip(texts, vectors, strict=True))

        def looked_up(wanted: Sequence[str]) -> Vectors:
            return np.stack([known[text] if text in known else encode(text) for text in wanted])

        txtai = importlib.import_module("txtai")
        self._embeddings: Any = txtai.Embeddings(method="external", transform=looked_up, hybrid=True)
        self._embeddings.index(list(enumerate(texts)))

    def search(self, question: str, k: int) -> Sequence[int]:
        """The rows of the `k` best texts."""
        return [int(row) for row, _ in self._embeddings.search(question, k)]
