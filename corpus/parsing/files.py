"""Finding the article files below the corpus roots, and reading their bytes."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ArticlesMissing, UnreadableFile
from corpus.parsing.formats import format_of

logger = logging.getLogger(__name__)

_MEBIBYTE = 1024 * 1024
_MAXIMUM_SIZE = 64 * _MEBIBYTE
_LONGEST_NOTE = 20_000


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An article file: where it lies, and the POSIX path below its root by which everything else names it."""

    path: str
    file: Path


def find_files(roots: Sequence[Path]) -> tuple[FoundFile, ...]:
    """All article files below the roots, sorted by path.

    Hidden files and folders, Word's lock files and links that lead out of their root are passed over. Where two
    roots hold the same relative path, the later one carries its root's name in front. Raises `ArticlesMissing`.
    """
    found: dict[str, FoundFile] = {}
    seen_roots: set[Path] = set()
    for root in roots:
        if not root.is_dir():
            raise ArticlesMissing(root)
        resolved = root.resolve()
        if resolved in seen_roots:
            continue
        seen_roots.add(resolved)
        for file in _walk(root, resolved):
            path = _unused(_readable(file.relative_to(root).as_posix()), resolved.name, found)
            found[path] = FoundFile(path, file)
    return tuple(found[path] for path in sorted(found))


def note_of(file: Path) -> Path:
    """Where front matter for a file lies that cannot or should not carry its own: `price.pdf.yaml` for `price.pdf`."""
    return file.with_name(f"{file.name}.yaml")


def file_digest(file: Path) -> str:
    """SHA-256 of the file's bytes and of its note's where it has one, hexadecimal."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(read_note(file))
    return digest.hexdigest()


def read_note(file: Path) -> bytes:
    """The note beside a file, empty where there is none that can be read."""
    try:
        note = note_of(file)
        return note.read_bytes() if note.is_file() and note.stat().st_size <= _LONGEST_NOTE else b""
    except OSError:
        return b""


def read_bytes(file: Path) -> bytes:
    """The file's bytes; raises `UnreadableFile` when it is gone, forbidden or too large."""
    try:
        if file.stat().st_size > _MAXIMUM_SIZE:
            raise UnreadableFile(f"文件太大（超过 {_MAXIMUM_SIZE // _MEBIBYTE} MB），请拆成几个小文件")
        return file.read_bytes()
    except PermissionError as error:
        raise UnreadableFile("没有读取权限，请检查文件的权限设置") from error
    except OSError as error:
        raise UnreadableFile("文件打不开，可能已被移走或磁盘出错") from error


def _walk(root: Path, resolved: Path) -> Iterator[Path]:
    visited: set[Path] = set()
    for folder, folders, names in os.walk(root, followlinks=True, onerror=_log_unlisted):
        here = Path(folder).resolve()
        if here in visited or not here.is_relative_to(resolved):
            folders.clear()
            continue
        visited.add(here)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith((".", "~$")) or format_of(file.suffix) is None:
                continue
            if file.resolve().is_relative_to(resolved) and file.is_file():
                yield file


def _log_unlisted(error: OSError) -> None:
    logger.warning("folder cannot be listed: %s", error)


def _readable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _unused(path: str, root_name: str, taken: dict[str, FoundFile]) -> str:
    candidate, count = path, 1
    while candidate in taken:
        candidate = f"{root_name}/{path}" if count == 1 else f"{root_name}-{count}/{path}"
        count += 1
    return candidate
