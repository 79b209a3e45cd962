"""Arrays on disk: written a block at a time, read whole where they are small and mapped where they are not."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

MAPPED_FROM = 64 << 20
"""Bytes of a file from which it is mapped: what is read whole goes on answering whatever becomes of the file."""


class ArrayWriter:
    """Writes a .npy file by appending along the first axis; `row` is the shape of one element of it. Raises OSError."""

    def __init__(self, file: Path, dtype: DTypeLike, row: tuple[int, ...] = ()) -> None:
        self._dtype = np.dtype(dtype)
        self._row = row
        self._count = 0
        self._stream: BinaryIO = file.open("wb")
        self._header()

    def append(self, block: NDArray[Any]) -> None:
        """Write (n, *row) more."""
        np.ascontiguousarray(block, dtype=self._dtype).tofile(self._stream)
        self._count += len(block)

    def _header(self) -> None:
        # numpy leaves room in the header for the first axis to grow, so that it may be written over.
        about = {"descr": self._dtype.str, "fortran_order": False, "shape": (self._count, *self._row)}
        np.lib.format.write_array_header_1_0(self._stream, about)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stream:
            self._stream.seek(0)
            self._header()


def write_array(file: Path, array: NDArray[Any]) -> None:
    """Write a .npy file. Raises OSError."""
    with file.open("wb") as stream:
        np.save(stream, array, allow_pickle=False)


def read_array(file: Path) -> NDArray[Any]:
    """What was written, not to be written to. Raises OSError, ValueError."""
    mapped = file.stat().st_size >= MAPPED_FROM
    array = np.asarray(np.load(file, mmap_mode="r" if mapped else None, allow_pickle=False))
    array.flags.writeable = False
    return array
