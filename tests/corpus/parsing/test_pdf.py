"""PDF files to lines."""

from __future__ import annotations

import zlib

import pytest

from corpus.errors import UnreadableFile
from corpus.parsing.pdf import read_pdf, without_running_heads
from tests.corpus.samples import pdf


def test_pdf_lines_without_running_heads_and_page_numbers() -> None:
    wide = "customers who join the member group on the first visit come back more often"
    shops = ("North", "South", "East", "West")
    pages = [
        [
            "Member day handbook",
            f"{shop} shop.",
            f"In the {shop}, {wide}",
            "than others do.",
            f"So says {shop}.",
            f"- {n} -",
        ]
        for n, shop in enumerate(shops, 1)
    ]
    texts = [line.text for line in read_pdf(pdf(*pages)).lines]
    assert texts[:3] == ["North shop.", f"In the North, {wide} than others do.", "So says North."]
    assert len(texts) == 12


def test_a_paragraph_goes_on_across_pages() -> None:
    first = "This paragraph is so long that the page ends before it does and the next one"
    assert [line.text for line in read_pdf(pdf([first], ["goes on with the rest of it."])).lines] == [
        f"{first} goes on with the rest of it."
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是有效的 PDF"),
        (b"%PDF-1.4 cut off", "不是有效的 PDF"),
        (pdf(["A page that is named and not there"]).replace(b"/Kids [5 0 R]", b"/Kids [9 0 R]"), "不是有效的 PDF"),
        (pdf([]), "扫描件"),
        (pdf(["Secret text of a handbook"], encrypted=True), "密码"),
    ],
)
def test_pdf_files_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_pdf(data)


def test_a_small_pdf_that_unpacks_to_very_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One packed page, shown a hundred times; with a limit that is reached sooner than the real one."""
    monkeypatch.setattr("corpus.parsing.pdf._MOST_CHARACTERS", 50_000)
    plain = pdf([])
    shown = b"BT /F1 4 Tf 20 800 Td " + b"".join(b"(line %d of many) Tj 0 -10 Td " % n for n in range(70)) + b"ET"
    packed = zlib.compress(shown, 9)
    start, end = plain.index(b"<< /Length"), plain.index(b"\nendstream")
    head = b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    one = plain[:start] + head + packed + plain[end:]
    bomb = one.replace(b"/Kids [5 0 R] /Count 1", b"/Kids [" + b"5 0 R " * 100 + b"] /Count 100")
    assert len(bomb) < 3_000
    with pytest.raises(UnreadableFile, match="文字太多"):
        read_pdf(bomb)


def test_page_numbers_in_all_spellings() -> None:
    for number in ("3", "- 3 -", "第 3 页", "第3页 共9页", "3 / 9", "Page 3 of 9"):
        assert without_running_heads([["正文", number]]) == [["正文"]]
    assert without_running_heads([["正文", "3 家店"]]) == [["正文", "3 家店"]]


def test_lines_that_stand_on_one_page_are_no_running_heads() -> None:
    pages = [["甲", "a", "b", "c", "d"], ["乙", "e", "f", "g", "h"], ["丙", "i", "j", "k", "l"]]
    assert without_running_heads(pages) == pages
