"""Vectors in lists around centroids, of which a search looks into some: for more of them than a scan is quick over.

On disk a FAISS file of lists in an array, which FAISS maps. It is written here, one list at a time: FAISS would
hold every vector in memory for it, 5 GB of seven million.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.index.arrays import MAPPED_FROM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_LISTS, _ABOUT = ".lists", ".lists.json"
_ARRAY, _FULL = b"ilar", b"full"  # how FAISS' file names lists in an array, and that the size of each is told


class InvertedLists:
    """FAISS' lists of half-precision vectors. `probes` is how many lists a search looks into."""

    def __init__(self, index: Any, probes: int) -> None:
        self._index = index
        self.probes = probes

    @classmethod
    def load(cls, name: Path) -> InvertedLists | None:
        """What was written under a name without suffix; None where nothing was. Raises OSError, RuntimeError."""
        about = name.with_name(name.name + _ABOUT)
        if not about.exists():
            return None
        return cls.with_probes(name, int(json.loads(about.read_text(encoding="utf-8"))["probes"]))

    @classmethod
    def with_probes(cls, name: Path, probes: int) -> InvertedLists:
        """What `write_in_lists` wrote, of which nothing else is known yet. Raises OSError, RuntimeError."""
        import faiss  # noqa: PLC0415

        file = name.with_name(name.name + _LISTS)
        mapped = faiss.IO_FLAG_MMAP_IFC if file.stat().st_size >= MAPPED_FROM else 0
        return cls(faiss.read_index(str(file), mapped), probes)

    @property
    def count(self) -> int:
        """How many lists there are."""
        return int(self._index.nlist)

    @property
    def centroids(self) -> Vectors:
        """What the lists are around: (lists, dimension)."""
        found: Vectors = self._index.quantizer.reconstruct_n(0, self.count)
        return found

    def search(self, query: Vectors, k: int, selector: Any) -> tuple[NDArray[np.int64], Vectors]:
        """The `k` closest to a query, (dimension,), that a FAISS selector lets through, all for None; best first."""
        import faiss  # noqa: PLC0415

        parameters = faiss.SearchParametersIVF(nprobe=self.probes, sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query[None, :], k, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]


def measured_lists(directory: Path) -> dict[str, dict[str, float]]:
    """Of every array below a directory that is searched through lists, by its name: `lists`, how many of them `probes`
    are looked into, the `recall` that was measured with so many `questions`. Raises OSError, ValueError."""
    files = sorted(directory.rglob(f"*{_ABOUT}"))
    names = [file.relative_to(directory).as_posix().removesuffix(_ABOUT) for file in files]
    return {name: json.loads(file.read_text("utf-8")) for name, file in zip(names, files, strict=True)}


def write_about(name: Path, about: Mapping[str, float]) -> None:
    """Write what is to be known of lists beside them: `probes`, and what else. Raises OSError."""
    name.with_name(name.name + _ABOUT).write_text(json.dumps(about), encoding="utf-8")


def write_in_lists(
    name: Path, empty: Any, lists: NDArray[np.int64], codes: Callable[[NDArray[np.int64]], NDArray[Any]]
) -> None:
    """Write vectors into the lists of an `empty`, trained FAISS index, under a name without suffix. Raises OSError.

    `lists`, (vectors,), tells the list of every vector; `codes` gives some of them by their rows as the index has them.
    """
    import faiss  # noqa: PLC0415

    empty.ntotal = len(lists)
    written: bytes = faiss.serialize_index(empty).tobytes()
    sizes = np.bincount(lists, minlength=empty.nlist)
    with name.with_name(name.name + _LISTS).open("wb") as stream:
        stream.write(written[: written.rindex(_ARRAY)] + _ARRAY)
        np.array([empty.nlist, empty.code_size], dtype="<u8").tofile(stream)
        stream.write(_FULL)
        np.array([len(sizes), *sizes], dtype="<u8").tofile(stream)
        for rows in np.split(np.argsort(lists, kind="stable"), np.cumsum(sizes)[:-1]):
            codes(rows).tofile(stream)
            rows.astype("<i8").tofile(stream)
