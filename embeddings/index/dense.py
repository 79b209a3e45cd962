"""Unit vectors of which the closest to a query are looked for: in memory, or in half precision and mapped.

Small ones are kept in single precision in a .npy file, and their scores are one product of numpy. Large ones are a
FAISS file of half-precision codes: FAISS computes with them as they lie on disk, several times as fast as numpy can.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from embeddings.index.arrays import MAPPED_FROM, ArrayWriter, read_array
from embeddings.index.inverted_lists import InvertedLists

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_SINGLE, _HALF = ".npy", ".faiss"
_BLOCK = 8192


class VectorWriter:
    """Writes vectors a block at a time under a name without suffix, in half precision where `half`. Raises OSError."""

    def __init__(self, name: Path, dimension: int, *, half: bool) -> None:
        self._half = half
        self._dimension = dimension
        self._count = 0
        if half:
            self._stream = name.with_name(name.name + _HALF).open("wb")
            self._stream.write(_faiss_header(dimension, 0))
        else:
            self._array = ArrayWriter(name.with_name(name.name + _SINGLE), np.float32, (dimension,))

    def append(self, vectors: NDArray[Any]) -> None:
        """Write more rows: (n, dimension)."""
        self._count += len(vectors)
        if self._half:
            np.ascontiguousarray(vectors, dtype="<f2").tofile(self._stream)
        else:
            self._array.append(vectors)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._half:
            self._array.__exit__(kind, error, trace)
            return
        with self._stream:
            self._stream.seek(0)
            self._stream.write(_faiss_header(self._dimension, self._count))


def _faiss_header(dimension: int, count: int) -> bytes:
    """What stands before the codes in a FAISS file of half-precision vectors: an empty index that says it has them."""
    index = _empty(dimension)
    index.ntotal = count
    import faiss  # noqa: PLC0415

    written: bytes = faiss.serialize_index(index).tobytes()
    return written[:-8] + (count * dimension * 2).to_bytes(8, "little")


def _empty(dimension: int) -> Any:
    import faiss  # noqa: PLC0415

    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.is_trained = True  # half precision has nothing to learn
    return index


class DenseIndex:
    """`count` vectors of `dimension` numbers, not to be written to.

    `scanner` is the FAISS index over the same rows where they are in half precision; `lists` are searched instead where
    there are so many that scanning takes too long.
    """

    def __init__(self, vectors: NDArray[Any], scanner: Any = None, lists: InvertedLists | None = None) -> None:
        self._vectors = vectors
        self._scanner = scanner
        self._lists = lists

    @classmethod
    def load(cls, name: Path) -> DenseIndex:
        """Read what was written under a name without suffix. Raises OSError, ValueError, RuntimeError."""
        file = name.with_name(name.name + _HALF)
        if not file.exists():
            return cls(read_array(name.with_name(name.name + _SINGLE)))
        import faiss  # noqa: PLC0415

        scanner = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC if file.stat().st_size >= MAPPED_FROM else 0)
        codes = faiss.rev_swig_ptr(scanner.codes.data(), scanner.codes.size())  # type: ignore[attr-defined]
        vectors = codes.view("<f2").reshape(scanner.ntotal, scanner.d)
        vectors.flags.writeable = False
        return cls(vectors, scanner, InvertedLists.load(name))

    @property
    def count(self) -> int:
        """How many vectors are held."""
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return int(self._vectors.shape[1])

    @property
    def half(self) -> bool:
        """Whether they are in half precision."""
        return self._scanner is not None

    @property
    def lists(self) -> InvertedLists | None:
        """The lists that are searched, None where all of the vectors are."""
        return self._lists

    def rows(self, rows: NDArray[np.int64] | slice) -> Vectors:
        """Some of them, in single precision: (rows, dimension)."""
        return np.asarray(self._vectors[rows], dtype=np.float32)

    def as_stored(self, rows: NDArray[np.int64] | slice) -> NDArray[Any]:
        """Some of them, in the precision they have."""
        return self._vectors[rows]

    def blocks(self) -> Iterator[Vectors]:
        """All, in order, a part at a time, in single precision."""
        for start in range(0, self.count, _BLOCK):
            yield self.rows(slice(start, start + _BLOCK))

    def scores(self, query: Vectors) -> Vectors:
        """The inner product of every vector with one query: (dimension,) to (count,), in order."""
        if not self.half:
            return np.asarray(self._vectors @ query, dtype=np.float32)
        return np.concatenate([block @ query for block in self.blocks()] or [np.zeros(0, np.float32)])

    def search(
        self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The `k` closest of those that are `allowed`, (count,), all by default: their rows, best first, and scores."""
        if self.half:
            return self._scan(query, k, allowed)
        scores = self.scores(query)
        rows = np.arange(self.count) if allowed is None else np.flatnonzero(allowed)
        scores = scores[rows]
        best = np.argpartition(-scores, k)[:k] if k < len(scores) else np.arange(len(scores))
        best = best[np.argsort(-scores[best], kind="stable")]
        return rows[best], scores[best]

    def _scan(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> tuple[NDArray[np.int64], Vectors]:
        import faiss  # noqa: PLC0415

        selector = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        if self._lists is not None:
            return self._lists.search(query, min(k, self.count), selector)
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._scanner.search(query[None, :], min(k, self.count), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]
