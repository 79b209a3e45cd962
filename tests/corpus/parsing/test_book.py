"""Electronic books to lines."""

from __future__ import annotations

import datetime

import pytest

from corpus.errors import UnreadableFile
from corpus.parsing.articles import article_from
from corpus.parsing.book import parse_book
from corpus.parsing.lines import Line
from tests.corpus.samples import epub, zipped

SITE, PRICE = "<h1>一、选址</h1><p>先看人流，再看租金。</p>", "<h1>二、定价</h1><p>青禾店月费 199 元。</p>"
ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
    'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
)


def shown(data: bytes) -> list[tuple[int, str]]:
    return [(line.level, line.text) for line in parse_book(data).lines]


def test_chapters_in_reading_order_without_the_table_of_contents() -> None:
    page = parse_book(epub(SITE, PRICE, contents=("一、选址", "二、定价")))
    assert page.lines == (
        Line("一、选址", level=1),
        Line("先看人流，再看租金。"),
        Line("二、定价", level=1),
        Line("青禾店月费 199 元。"),
    )
    assert page.warnings == ()


def test_what_the_package_says_of_the_book() -> None:
    metadata = (
        "<dc:title>开店手册</dc:title><dc:title>副题</dc:title><dc:creator>小满</dc:creator><dc:creator>老陈</dc:creator>"
        '<dc:date>2026-03-01</dc:date><meta property="dcterms:modified">2026-05-01T00:00:00Z</meta>'
        "<dc:language>zh-CN</dc:language>"
    )
    said = parse_book(epub(SITE, metadata=metadata)).metadata
    assert (said.title, said.author, said.lang) == ("开店手册", "小满、老陈", "zh-CN")
    assert (said.date, said.updated) == (datetime.date(2026, 3, 1), datetime.date(2026, 5, 1))
    older = '<dc:date opf:event="publication">2020</dc:date><dc:date opf:event="modification">2026-05-01</dc:date>'
    assert parse_book(epub(SITE, metadata=older)).metadata.updated == datetime.date(2026, 5, 1)


def test_a_book_without_a_title_is_called_after_its_file() -> None:
    assert article_from("a/开店.epub", parse_book(epub(SITE, metadata="")), b"").title == "开店"


def test_a_chapter_without_a_heading_has_the_one_of_the_contents() -> None:
    text = "<p>先看人流，再看租金。</p>"
    assert shown(epub(text, contents=("一、选址",))) == [(1, "一、选址"), (0, "先看人流，再看租金。")]
    assert shown(epub(f"<p>一、选址</p>{text}", contents=("一、选址",))) == [
        (1, "一、选址"),
        (0, "先看人流，再看租金。"),
    ]
    assert shown(epub(text)) == [(0, "先看人流，再看租金。")]


def test_the_older_kind_of_contents() -> None:
    point = "<navPoint><navLabel><text>一、选址</text></navLabel><content src='text/0.xhtml#a'/></navPoint>"
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{point}</navMap></ncx>'
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        '<item id="list" href="text/list.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="text/0.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="skip" href="text/1.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="map" href="map.png" media-type="image/png"/></manifest><spine toc="toc"><itemref idref="list"/>'
        '<itemref idref="a"/><itemref idref="map"/><itemref idref="skip" linear="no"/><itemref idref="gone"/></spine>'
        '<guide><reference type="toc" href="text/list.xhtml"/></guide></package>'
    )
    members = {"OEBPS/book.opf": package, "OEBPS/toc.ncx": ncx, "OEBPS/text/list.xhtml": "<p>目录：一、选址</p>"}
    data = epub("<p>先看人流，再看租金。</p>", "<p>版权页</p>", members=members)
    assert shown(data) == [(1, "一、选址"), (0, "先看人流，再看租金。")]


def test_a_page_of_links_is_no_text() -> None:
    links = "".join(f'<p><a href="{at}.xhtml">第 {at} 章</a></p>' for at in range(4))
    assert shown(epub(f"<h1>目录</h1>{links}", SITE)) == shown(epub(SITE))


def test_chapters_keep_their_tables_and_lists() -> None:
    table = (
        "<table><tr><th>店名</th><th>月费</th></tr><tr><td>青禾店</td><td>199</td></tr></table><ul><li>停车</li></ul>"
    )
    assert [text for _, text in shown(epub(table))] == ["店名：青禾店；月费：199", "- 停车"]


def test_what_is_missing_is_named() -> None:
    whole = epub(SITE, PRICE)
    page = parse_book(whole.replace(b"OEBPS/text/1.xhtml", b"OEBPS/text/9.xhtml"))
    assert page.warnings == ("有 1 章读不出来（1.xhtml）",)
    assert [line.text for line in page.lines] == ["一、选址", "先看人流，再看租金。"]


def test_fonts_may_be_hidden_and_chapters_may_not() -> None:
    font = ENCRYPTION.format("http://www.idpf.org/2008/embedding")
    assert shown(epub(SITE, members={"META-INF/encryption.xml": font})) == shown(epub(SITE))
    text = ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(UnreadableFile, match="版权保护"):
        parse_book(epub(SITE, members={"META-INF/encryption.xml": text}))


LAUGHS = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><package>&b;</package>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是有效的 EPUB 电子书"),
        (zipped({"a.txt": "x"}), "不是 EPUB 电子书，只是后缀名为 .epub"),
        (epub(SITE)[:-40], "不是有效的 EPUB 电子书"),
        (epub(), "没有文字"),
        (epub("<img src='a.png'/>"), "没有文字"),
        (epub(SITE, members={"OEBPS/book.opf": "<package"}), "已损坏"),
        (epub(SITE, members={"META-INF/container.xml": "<container/>"}), "已损坏"),
        (epub(SITE, members={"OEBPS/book.opf": LAUGHS}), "不允许的声明"),
        (epub(SITE, members={"OEBPS/text/9.xhtml": " " * 40_000_000}), "解压后太大"),
        (epub(*["<p>" + "长" * 300_000 + "</p>"] * 17), "太长"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_book(data)
