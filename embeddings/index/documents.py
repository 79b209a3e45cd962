"""Documents on disk by number: JSON texts one after the other, and where each begins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from embeddings.index.arrays import MAPPED_FROM, ArrayWriter, read_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


class DocumentWriter:
    """Writes `NAME.jsonl` and `NAME.starts.npy` into a directory. Raises OSError."""

    def __init__(self, directory: Path, name: str) -> None:
        self._stack = ExitStack()
        self._stream = self._stack.enter_context((directory / f"{name}.jsonl").open("wb"))
        self._starts = self._stack.enter_context(ArrayWriter(directory / f"{name}.starts.npy", np.int64))
        self._starts.append(np.zeros(1, dtype=np.int64))
        self._end = 0

    def append(self, documents: Iterable[Any]) -> None:
        """Write some more; each must be what JSON can hold."""
        ends = []
        for document in documents:
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            self._end += self._stream.write(text.encode("utf-8", "surrogatepass") + b"\n")
            ends.append(self._end)
        self._starts.append(np.array(ends, dtype=np.int64))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


class Documents:
    """What `DocumentWriter` wrote; a document is read when it is asked for."""

    def __init__(self, directory: Path, name: str) -> None:
        """Raises OSError, ValueError."""
        file = directory / f"{name}.jsonl"
        size = file.stat().st_size
        self._starts: NDArray[np.int64] = read_array(directory / f"{name}.starts.npy")
        self._bytes: NDArray[np.uint8] = (
            np.asarray(np.memmap(file, dtype=np.uint8, mode="r"))
            if size >= MAPPED_FROM
            else np.frombuffer(file.read_bytes(), dtype=np.uint8)
        )
        if not len(self._starts) or self._starts[-1] != size:
            raise ValueError(f"{name} has another length than was written")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> Any:
        """The document of a number from 0."""
        start, end = self._starts[number], self._starts[number + 1]
        return json.loads(self._bytes[start:end].tobytes().decode("utf-8", "surrogatepass"))
