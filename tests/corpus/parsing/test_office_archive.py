"""Word archives are looked over before they are unpacked."""

from __future__ import annotations

import io
import zipfile

import pytest

from corpus.errors import UnreadableFile
from corpus.parsing.office_archive import WORD_ARCHIVE, check_archive
from corpus.parsing.word import parse_docx
from tests.corpus.samples import docx, word_paragraph

TYPES = "[Content_Types].xml"
DOCUMENT = "word/document.xml"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in {TYPES: b"<Types/>", **members}.items():
            made.writestr(name, data)
    return stream.getvalue()


def test_an_ordinary_file_passes() -> None:
    check_archive(docx(word_paragraph("一段话。")), WORD_ARCHIVE)
    check_archive(archive({DOCUMENT: b"<x/>", "word/media/photo.jpg": b"\xff" * 900_000}), WORD_ARCHIVE)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({DOCUMENT: b" " * 20_000_000}, "解压后太大"),
        ({DOCUMENT: b"<x/>", "word/media/a.bmp": b"\0" * 50_000_000}, "解压后太大"),
        ({f"word/part{n}.xml": bytes(range(256)) * 20_000 for n in range(7)}, "解压后太大"),
        ({f"a{n}": b"" for n in range(2001)}, "解压后太大"),
        ({DOCUMENT: LAUGHS.encode()}, "不允许的声明"),
        ({DOCUMENT: LAUGHS.encode("utf-16")}, "不允许的声明"),
        ({"word/_rels/document.xml.rels": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}, "不允许的声明"),
    ],
)
def test_bombs_are_refused(members: dict[str, bytes], reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_docx(archive(members))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int) -> None:
    with pytest.raises(UnreadableFile, match="不是有效的 Word 文件"):
        parse_docx(archive({DOCUMENT: b"<x/>"}, method))


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    data = archive({DOCUMENT: b" " * 20_000_000})
    honest = (20_000_000).to_bytes(4, "little")
    assert data.count(honest) == 2
    with pytest.raises(UnreadableFile, match="不是有效的 Word 文件"):
        parse_docx(data.replace(honest, (1000).to_bytes(4, "little")))


def test_two_thousand_members_pass() -> None:
    check_archive(archive({DOCUMENT: b"<x/>", **{f"a{n}": b"" for n in range(1998)}}), WORD_ARCHIVE)
