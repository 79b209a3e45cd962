"""Finding the article files below the corpus roots, and turning their bytes into text."""

from __future__ import annotations

import codecs
import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ArticlesMissing, UnreadableFile

logger = logging.getLogger(__name__)

SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm", ".txt", ".docx", ".pdf"})

_MEBIBYTE = 1024 * 1024
_MAXIMUM_SIZE = 64 * _MEBIBYTE
_LONGEST_NOTE = 20_000

# UTF-32 is looked for first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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


def decode(data: bytes) -> str:
    """Text of unknown encoding: byte order marks first, then UTF-8, then GB18030.

    UTF-8 with a few damaged bytes is still read as UTF-8, because GB18030 would turn all of it into nonsense.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _without_binary(_strictly(data, encoding))
    try:
        return _without_binary(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    patched = data.decode("utf-8", "replace")
    damaged = patched.count("\ufffd")
    sound = sum(character > "\x7f" for character in patched) - damaged
    if damaged * 20 < sound:
        return _without_binary(patched.replace("\ufffd", ""))
    return _without_binary(_strictly(data, "gb18030"))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile("文字编码认不出来，请另存为 UTF-8 编码") from error


def _without_binary(text: str) -> str:
    controls = sum(character < " " and character not in "\t\n\r\f\v" for character in text)
    if controls * 20 > len(text):
        raise UnreadableFile("内容不是文字（可能是图片或其他格式改了后缀名）")
    return text


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
            if name.startswith((".", "~$")) or file.suffix.lower() not in SUFFIXES:
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
