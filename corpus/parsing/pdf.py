"""PDF files to lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.characters import meaningful, normalise
from corpus.errors import UnreadableFile
from corpus.parsing.lines import ParsedPage
from corpus.parsing.plain_text import text_lines

_PAGE_NUMBER = re.compile(
    r"^(?:[-—–·\s]*\d{1,4}[-—–·\s]*|第\s*\d+\s*页(?:\s*[，,/]?\s*共\s*\d+\s*页)?|\d+\s*/\s*\d+|page\s+\d+(?:\s+of\s+\d+)?)$",
    re.I,
)
_BROKEN_PDF = "不是有效的 PDF 文件，可能没有下载完整"
_FEWEST_CHARACTERS = 10
_MOST_CHARACTERS = 5_000_000
_MOST_PAGES = 2000
_EDGE = 2


def read_pdf(data: bytes) -> ParsedPage:
    """The lines of a PDF's text layer; raises `UnreadableFile` when it is encrypted, damaged, too long or has none."""
    import pypdfium2  # noqa: PLC0415  heavy, and few corpora need it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFile("PDF 加了密码，请去掉密码后再放进来") from error
        raise UnreadableFile(_BROKEN_PDF) from error
    try:
        pages = _pages(document)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(_BROKEN_PDF) from error
    finally:
        document.close()
    if sum(meaningful(line) for page in pages for line in page) < _FEWEST_CHARACTERS:
        raise UnreadableFile("PDF 里没有文字（可能是扫描件或图片），请先做文字识别")
    return ParsedPage(tuple(text_lines([line for page in without_running_heads(pages) for line in page])))


def without_running_heads(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Pages without page numbers, and without the lines that most pages repeat at their top or bottom."""
    bare = [[line for line in page if line.strip()] for page in pages]
    trimmed = [_trim_numbers(page) for page in bare]
    seen = Counter(shape for page in trimmed for shape in {_shape(line) for line in _edges(page)})
    often = max(2, len(pages) * 0.6)
    repeated = {shape for shape, count in seen.items() if count >= often and count > 1}
    kept = []
    for page in trimmed:
        lines = list(page)
        for at in (0, -1):
            for _ in range(_EDGE):
                if lines and _shape(lines[at]) in repeated:
                    lines.pop(at)
        kept.append(_trim_numbers(lines))
    return kept


def _pages(document: Sequence[object]) -> list[list[str]]:
    """The text of every page; a few kilobytes may unpack to far more than anybody reads."""
    if len(document) > _MOST_PAGES:
        raise UnreadableFile(f"PDF 超过 {_MOST_PAGES} 页，请拆成几个文件")
    pages, characters = [], 0
    for page in document:
        pages.append(_page_text(page))
        characters += sum(map(len, pages[-1]))
        if characters > _MOST_CHARACTERS:
            raise UnreadableFile("PDF 里的文字太多，请拆成几个文件")
    return pages


def _page_text(page: object) -> list[str]:
    text_page = page.get_textpage()  # type: ignore[attr-defined]
    try:
        return normalise(text_page.get_text_bounded()).split("\n")
    finally:
        text_page.close()


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:_EDGE], *page[-_EDGE:]]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _trim_numbers(page: Sequence[str]) -> list[str]:
    lines = list(page)
    for at in (0, -1):
        if lines and _PAGE_NUMBER.match(lines[at].strip()):
            lines.pop(at)
    return lines
