"""Word files to lines."""

from __future__ import annotations

import io
import zipfile

import pytest

from corpus.errors import UnreadableFile
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.word import read_docx
from tests.corpus.samples import docx, word_paragraph, word_table


def test_word_headings_paragraphs_and_tables() -> None:
    data = docx(
        word_paragraph("会员日手册", "Title"),
        word_paragraph("一、准备", "H1"),
        word_paragraph("先定日子。"),
        word_paragraph("物料", "H2"),
        word_table(["物料", "数量"], ["立牌", "3"]),
    )
    assert read_docx(data).lines == (
        Line("会员日手册", level=1),
        Line("一、准备", level=1),
        Line("先定日子。"),
        Line("物料", level=2),
        Line("物料：立牌；数量：3", BlockKind.TABLE_ROW),
    )


def archive(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是有效的 Word 文件"),
        (b"\xd0\xcf\x11\xe0 old", "旧版 .doc"),
        (docx(word_paragraph("x"))[:200], "不是有效的 Word 文件"),
        (archive(readme="x"), "只是后缀名"),
        (docx("<w:p>"), "已损坏"),
    ],
)
def test_word_files_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_docx(data)
