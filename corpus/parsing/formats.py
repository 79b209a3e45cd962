"""The one table of article formats: what finds, fetches, accepts, parses or names files goes by it.

A new format is one entry in `FORMATS` and a module that parses it. Modules whose libraries take time are imported with
the first file of their kind: who only answers needs none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.errors import UnreadableFile
from corpus.parsing.delimited import parse_delimited
from corpus.parsing.encodings import decode
from corpus.parsing.front_matter import split_front_matter
from corpus.parsing.lines import ParsedPage


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of article file.

    `suffixes` are in lower case with their dot, the usual one first. `parse` makes lines of a file's bytes, not yet
    cleaned, and raises `UnreadableFile`. `is_text` tells that the bytes are text, in whatever encoding. `page_name` is
    what a page of this kind is called where addresses of such pages may be given, None where they may not.
    """

    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    parse: Callable[[bytes], ParsedPage]
    is_text: bool = False
    page_name: str | None = None

    @property
    def suffix(self) -> str:
        """The usual one."""
        return self.suffixes[0]


def _from_text(parse: Callable[[str], ParsedPage]) -> Callable[[bytes], ParsedPage]:
    """Parses bytes with `parse`, which takes text without front matter."""

    def parse_bytes(data: bytes) -> ParsedPage:
        metadata, body = split_front_matter(decode(data).replace("\r\n", "\n").replace("\r", "\n"))
        page = parse(body)
        return ParsedPage(page.lines, metadata.or_else(page.metadata))

    return parse_bytes


def _markdown(text: str) -> ParsedPage:
    from corpus.parsing.markdown import parse_markdown  # noqa: PLC0415 - see above

    return parse_markdown(text)


def _html(text: str) -> ParsedPage:
    from corpus.parsing.html import parse_html  # noqa: PLC0415 - see above

    return parse_html(text)


def _text(text: str) -> ParsedPage:
    from corpus.parsing.plain_text import parse_text  # noqa: PLC0415 - see above

    return parse_text(text)


def _word(data: bytes) -> ParsedPage:
    from corpus.parsing.word import parse_docx  # noqa: PLC0415 - see above

    return parse_docx(data)


def _pdf(data: bytes) -> ParsedPage:
    from corpus.parsing.pdf import parse_pdf  # noqa: PLC0415 - see above

    return parse_pdf(data)


def _workbook(data: bytes) -> ParsedPage:
    from corpus.parsing.workbook import parse_workbook  # noqa: PLC0415 - see above

    return parse_workbook(data)


def _book(data: bytes) -> ParsedPage:
    from corpus.parsing.book import parse_book  # noqa: PLC0415 - see above

    return parse_book(data)


MARKDOWN = Format((".md", ".markdown"), ("text/markdown",), _from_text(_markdown), is_text=True, page_name="文字")
HTML = Format((".html", ".htm"), ("text/html",), _from_text(_html), is_text=True, page_name="网页")
TEXT = Format((".txt",), ("text/plain",), _from_text(_text), is_text=True, page_name="文字")
WORD = Format((".docx",), ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",), _word)
PDF = Format((".pdf",), ("application/pdf",), _pdf, page_name="PDF")
WORKBOOK = Format(
    (".xlsx", ".xlsm"),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel.sheet.macroenabled.12",
    ),
    _workbook,
)
DELIMITED = Format(
    (".csv", ".tsv"),
    ("text/csv", "text/comma-separated-values", "text/tab-separated-values"),
    parse_delimited,
    is_text=True,
)
BOOK = Format((".epub",), ("application/epub+zip",), _book)

FORMATS: tuple[Format, ...] = (MARKDOWN, HTML, TEXT, WORD, PDF, WORKBOOK, DELIMITED, BOOK)
"""All that there are, in the order in which people are told of them."""


def format_of(suffix: str) -> Format | None:
    """The format with a suffix, whatever its case; None where there is none."""
    return next((each for each in FORMATS if suffix.lower() in each.suffixes), None)


def parse_page(suffix: str, data: bytes) -> ParsedPage:
    """The bytes of a file as lines, not yet cleaned; raises `UnreadableFile`, also for a suffix that no format has."""
    found = format_of(suffix)
    if found is None:
        raise UnreadableFile(f"这种文件读不了：请改用 {suffix_list()} 文件")
    return found.parse(data)


def format_of_media_type(media_type: str) -> Format | None:
    """The format with a media type in lower case, without parameters; None where there is none."""
    return next((each for each in FORMATS if media_type in each.media_types), None)


def suffix_list() -> str:
    """The usual suffixes, for messages: `.md .html …`."""
    return " ".join(each.suffix for each in FORMATS)


def page_formats() -> tuple[Format, ...]:
    """The formats that addresses may lead to, web pages first."""
    pages = (each for each in FORMATS if each.page_name is not None)
    return tuple(sorted(pages, key=lambda each: each is not HTML))
