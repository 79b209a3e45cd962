"""Vectors in lists around centroids, of which a search looks into some: for more of them than a scan is quick over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.index.arrays import MAPPED_FROM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_LISTS, _ABOUT = ".lists", ".lists.json"


class InvertedLists:
    """FAISS' lists of half-precision vectors. `probes` is how many lists a search looks into."""

    def __init__(self, index: Any, probes: int) -> None:
        self._index = index
        self._probes = probes

    def save(self, name: Path, about: Mapping[str, float]) -> None:
        """Write the lists under a name without suffix, and beside them what is to be known of them. Raises OSError."""
        import faiss  # noqa: PLC0415

        with name.with_name(name.name + _LISTS).open("wb") as stream:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]
        text = json.dumps({"probes": self._probes, **about})
        name.with_name(name.name + _ABOUT).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, name: Path) -> InvertedLists | None:
        """What `save` wrote under a name without suffix; None where it did not. Raises OSError, RuntimeError."""
        file = name.with_name(name.name + _LISTS)
        if not file.exists():
            return None
        import faiss  # noqa: PLC0415

        about = json.loads(name.with_name(name.name + _ABOUT).read_text(encoding="utf-8"))
        mapped = faiss.IO_FLAG_MMAP_IFC if file.stat().st_size >= MAPPED_FROM else 0
        return cls(faiss.read_index(str(file), mapped), int(about["probes"]))

    def search(self, query: Vectors, k: int, selector: Any) -> tuple[NDArray[np.int64], Vectors]:
        """The `k` closest to a query, (dimension,), that a FAISS selector lets through, all for None; best first."""
        import faiss  # noqa: PLC0415

        parameters = faiss.SearchParametersIVF(nprobe=self._probes, sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query[None, :], k, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]


def measured_lists(directory: Path) -> dict[str, dict[str, float]]:
    """Of every array below a directory that is searched through lists, by its name: `lists`, how many of them `probes`
    are looked into, the `recall` that was measured with so many `questions`. Raises OSError, ValueError."""
    files = sorted(directory.rglob(f"*{_ABOUT}"))
    names = [file.relative_to(directory).as_posix().removesuffix(_ABOUT) for file in files]
    return {name: json.loads(file.read_text("utf-8")) for name, file in zip(names, files, strict=True)}
