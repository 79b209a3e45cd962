"""Word files, workbooks and electronic books are zip archives: looked over before anything unpacks them."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from corpus.errors import UnreadableFile

_MEBIBYTE = 1024 * 1024

_MOST_MEMBERS = 2000
_LARGEST_UNPACKED = 256 * _MEBIBYTE
# The parser builds a tree of all XML, which takes many times its size. A book of a million characters has half of this.
_LARGEST_XML = 32 * _MEBIBYTE
# Deflate makes prose and its markup 5 to 40 times smaller, and a bomb 1000 times.
_HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM = _MEBIBYTE
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1

ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What Python's zip reader raises for damaged archives."""

_MEMBER_MARK = b"PK\x01\x02"
_XML = (".xml", ".rels", ".opf", ".ncx")
_PAGES = (".xhtml", ".html", ".htm")


@dataclass(frozen=True, slots=True)
class ArchiveKind:
    """What an archive must be: its `name` and `suffix` for people, and the members of which it has one at least.

    `forbidden` is the declaration that its XML never holds: entity bombs need one. `remedy` says what to do about a
    file that is too large.
    """

    name: str
    suffix: str
    members: frozenset[str]
    forbidden: bytes
    remedy: str


# Office never writes document types.
WORD_ARCHIVE = ArchiveKind(
    "Word 文件",
    ".docx",
    frozenset({"word/document.xml", "[Content_Types].xml"}),
    b"<!DOCTYPE",
    "请删去图片或拆成几个文件",
)


def check_archive(data: bytes, kind: ArchiveKind) -> None:
    """Raises `UnreadableFile` for what is no such archive, for zip bombs and for XML that declares entities.

    Sizes are those that the archive declares; Python's zip reader never gives out more than them.
    """
    # Counted before the directory is read, which alone would take a hundred bytes for each byte of it.
    if data.count(_MEMBER_MARK) > _MOST_MEMBERS:
        raise UnreadableFile(_too_large(kind))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if not {member.filename for member in members} & kind.members:
                raise UnreadableFile(f"不是 {kind.name}，只是后缀名为 {kind.suffix}")
            _check_sizes(members, kind)
            for member in members:
                if _ends(member, _XML) and kind.forbidden in archive.read(member).replace(b"\0", b""):
                    raise UnreadableFile(f"{kind.name}里有不允许的声明，请打开后另存一份")
    except ARCHIVE_ERRORS as error:
        raise UnreadableFile(_broken(kind)) from error


def _check_sizes(members: list[zipfile.ZipInfo], kind: ArchiveKind) -> None:
    unpacked = sum(member.file_size for member in members)
    xml = sum(member.file_size for member in members if _ends(member, _XML + _PAGES))
    if unpacked > _LARGEST_UNPACKED or xml > _LARGEST_XML:
        raise UnreadableFile(_too_large(kind))
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableFile(f"{kind.name}加了密码，请去掉密码后再放进来")
        if member.compress_type not in _METHODS:
            raise UnreadableFile(_broken(kind))
        if member.file_size > _RATIO_COUNTS_FROM and member.file_size > _HIGHEST_RATIO * member.compress_size:
            raise UnreadableFile(_too_large(kind))


def _ends(member: zipfile.ZipInfo, suffixes: tuple[str, ...]) -> bool:
    return member.filename.lower().endswith(suffixes)


def _too_large(kind: ArchiveKind) -> str:
    return f"{kind.name}解压后太大，{kind.remedy}"


def _broken(kind: ArchiveKind) -> str:
    return f"不是有效的 {kind.name}，可能没有下载完整"
