"""PDF files to lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from corpus.characters import meaningful, one_line
from corpus.errors import UnreadableFile
from corpus.model import BlockKind
from corpus.parsing.language import is_garbage
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.pdf_cells import Glyph
from corpus.parsing.pdf_layout import page_layout
from corpus.parsing.pdfium import missing_fonts, pdfium
from corpus.parsing.plain_text import full_width, text_lines, width
from corpus.parsing.running_heads import without_running_heads

_BROKEN = "不是有效的 PDF 文件，可能没有下载完整"
_SCANNED = "PDF 里没有文字（可能是扫描件或图片），请先做文字识别"
_GARBAGE = "PDF 的文字层是乱码（字体里没有文字对照表），请从原文件重新导出，或先做文字识别"
_FEWEST_CHARACTERS = 10
_MOST_CHARACTERS = 5_000_000
_MOST_PAGES = 2000
_MOST_NAMED = 8
_FULL = 0.85


def parse_pdf(data: bytes) -> ParsedPage:
    """The lines of a PDF's text layer; raises `UnreadableFile` when it is encrypted, damaged, too long or has none.

    Pages that are left out because they hold no text, or none in any language, are named in the warnings.
    """
    library = pdfium()
    try:
        document = library.PdfDocument(data)
    except library.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFile("PDF 加了密码，请去掉密码后再放进来") from error
        raise UnreadableFile(_BROKEN) from error
    try:
        pages = _pages(document)
    except library.PdfiumError as error:
        raise UnreadableFile(_BROKEN) from error
    finally:
        document.close()
    return _parsed(pages)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: its lines, which of them are rows of tables, whether it shows anything at all, and unmeasured fonts."""

    lines: tuple[str, ...]
    table_rows: frozenset[str] = frozenset()
    is_blank: bool = False
    is_garbage: bool = False
    missing_fonts: frozenset[str] = frozenset()


def _parsed(pages: Sequence[_Page]) -> ParsedPage:
    kept = [() if page.is_garbage else page.lines for page in pages]
    if sum(meaningful(line) for page in kept for line in page) < _FEWEST_CHARACTERS:
        raise UnreadableFile(_GARBAGE if any(page.is_garbage for page in pages) else _SCANNED)
    lines = [line for page in without_running_heads(kept) for line in page]
    rows = frozenset[str]().union(*(page.table_rows for page in pages))
    return ParsedPage(tuple(_lines(lines, rows)), warnings=tuple(_warnings(pages)))


def _lines(lines: Sequence[str], rows: frozenset[str]) -> Iterator[Line]:
    """Rows as they are, and what stands between them as lines of print."""
    margin = full_width([printed for line in lines if line not in rows for printed in line.split("\n")])
    for is_row, group in groupby(lines, rows.__contains__):
        if is_row:
            yield from (Line(text, BlockKind.TABLE_ROW) for text in group)
        else:
            yield from text_lines([line for text in group for line in _whole(text)], margin=margin)


def _whole(paragraph: str) -> Iterator[str]:
    """A paragraph of a column on one line, and an empty one behind it where its last line of print is not full."""
    yield one_line(paragraph)
    printed = [width(line) for line in paragraph.split("\n")]
    if printed[-1] < _FULL * max(printed):
        yield ""


def _warnings(pages: Sequence[_Page]) -> Iterator[str]:
    """What an operator should know about a file that can be read only in part."""
    empty = [at for at, page in enumerate(pages, 1) if not page.lines]
    # A blank page here and there is no scan; among many without text it is one that lost its picture.
    scanned = [at for at in empty if not pages[at - 1].is_blank] if 2 * len(empty) < len(pages) else empty
    if scanned:
        yield f"{len(pages)} 页里有 {len(scanned)} 页没有文字（{_named(scanned)}，可能是扫描件），请先做文字识别"
    if garbled := [at for at, page in enumerate(pages, 1) if page.is_garbage]:
        yield f"{len(pages)} 页里有 {len(garbled)} 页的文字层是乱码，没有收录（{_named(garbled)}），请重新导出"
    if fonts := sorted(frozenset().union(*(page.missing_fonts for page in pages))):
        yield f"字体没有嵌入，这台机器上也没有（{'、'.join(fonts[:_MOST_NAMED])}），可能丢字，请嵌入字体后重新导出"


def _named(pages: Sequence[int]) -> str:
    """Page numbers as a person writes them, runs as ranges."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    named = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"第 {'、'.join(named[:_MOST_NAMED])}{'…' if len(named) > _MOST_NAMED else ''} 页"


def _pages(document: Sequence[Any]) -> list[_Page]:
    """Every page; a few kilobytes may unpack to far more than anybody reads."""
    if len(document) > _MOST_PAGES:
        raise UnreadableFile(f"PDF 超过 {_MOST_PAGES} 页，请拆成几个文件")
    pages, characters = [], 0
    for page in document:
        text_page = page.get_textpage()
        try:
            characters += text_page.count_chars()
            if characters > _MOST_CHARACTERS:
                raise UnreadableFile("PDF 里的文字太多，请拆成几个文件")
            pages.append(_page(page, text_page))
        finally:
            text_page.close()
            page.close()
    return pages


def _page(page: Any, text_page: Any) -> _Page:
    glyphs = list(_glyphs(page, text_page))
    layout = page_layout(glyphs)
    lines = tuple(layout.lines)
    return _Page(
        lines,
        layout.table_rows,
        is_blank=not lines and pdfium().raw.FPDFPage_CountObjects(page) == 0,
        is_garbage=is_garbage("".join(glyph.text for glyph in glyphs)),
        missing_fonts=missing_fonts(page),
    )


def _glyphs(page: Any, text_page: Any) -> Iterator[Glyph]:
    """The characters of the page in the order of the file; what lies beside the page is not part of it."""
    raw = pdfium().raw
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    # Twice the borders, which twice the middle of a character is compared with.
    left, bottom, right, top = (2 * border for border in page.get_bbox())
    box = raw.FS_RECTF()
    for at in range(text_page.count_chars()):
        code = unicode_of(text_page, at)
        if not code:
            continue
        box_of(text_page, at, box)
        glyph = Glyph(chr(code), box.left, box.bottom, box.right, box.top)
        if (left <= glyph.left + glyph.right <= right and bottom <= glyph.bottom + glyph.top <= top) or (
            glyph.text.isspace()
        ):
            yield glyph
