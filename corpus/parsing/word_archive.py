"""Word files are zip archives: looked over before anything unpacks them."""

from __future__ import annotations

import io
import zipfile

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

_MEMBER_MARK = b"PK\x01\x02"
_XML = (".xml", ".rels")
_TOO_LARGE = "Word 文件解压后太大，请删去图片或拆成几个文件"
_BROKEN = "不是有效的 Word 文件，可能没有下载完整"


def check_word_archive(data: bytes) -> None:
    """Raises `UnreadableFile` for what is no Word file, for zip bombs and for XML that declares entities.

    Sizes are those that the archive declares; Python's zip reader never gives out more than them.
    """
    # Counted before the directory is read, which alone would take a hundred bytes for each byte of it.
    if data.count(_MEMBER_MARK) > _MOST_MEMBERS:
        raise UnreadableFile(_TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if not {"word/document.xml", "[Content_Types].xml"} & names:
                raise UnreadableFile("不是 Word 文件，只是后缀名为 .docx")
            _check_sizes(members)
            for member in members:
                if _is_xml(member) and _declares(archive.read(member)):
                    raise UnreadableFile("Word 文件里有不允许的声明，请用 Word 打开后另存一份")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise UnreadableFile(_BROKEN) from error


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    xml = sum(member.file_size for member in members if _is_xml(member))
    if unpacked > _LARGEST_UNPACKED or xml > _LARGEST_XML:
        raise UnreadableFile(_TOO_LARGE)
    for member in members:
        if member.compress_type not in _METHODS:
            raise UnreadableFile(_BROKEN)
        if member.file_size > _RATIO_COUNTS_FROM and member.file_size > _HIGHEST_RATIO * member.compress_size:
            raise UnreadableFile(_TOO_LARGE)


def _is_xml(member: zipfile.ZipInfo) -> bool:
    return member.filename.lower().endswith(_XML)


def _declares(xml: bytes) -> bool:
    """Whether XML, in whatever Unicode encoding, has a document type: Office's never has, entity bombs need one."""
    return b"<!DOCTYPE" in xml.replace(b"\0", b"")
