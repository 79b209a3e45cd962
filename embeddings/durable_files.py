"""Files and directories that are there whole or not at all, also after a kill or a power cut."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def written_aside(file: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A stream whose bytes take the file's place at once when the block ends; by an error they are lost instead.

    They lie beside it as `.NAME.new` meanwhile, where the next write finds what a kill has left: one file has one
    writer at a time. `mode` is that of a new file, less the process's umask. Raises OSError.
    """
    aside = file.with_name(f".{file.name}.new")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(file)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync(file.parent)


def write_bytes(file: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Replace a file's content; see `written_aside`."""
    with written_aside(file, mode=mode) as stream:
        stream.write(data)


def write_text(file: Path, text: str) -> None:
    """Replace a file's content by UTF-8; see `written_aside`."""
    write_bytes(file, text.encode("utf-8"))


def write_json(file: Path, document: Any, **options: Any) -> None:
    """Replace a file's content by JSON, in UTF-8; the options are `json.dumps`'s. See `written_aside`."""
    write_text(file, json.dumps(document, ensure_ascii=False, **options))


def publish(built: Path, directory: Path) -> None:
    """Move a directory to its place, with everything in it on the disk first. Raises OSError where one stands there."""
    for path in (*built.rglob("*"), built):
        sync(path)
    built.rename(directory)
    sync(directory.parent)


def sync(path: Path) -> None:
    """Have the disk know a file's content, or what was renamed in a directory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
