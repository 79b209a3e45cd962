"""Word files to lines."""

from __future__ import annotations

import email
import email.policy
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from corpus.errors import UnreadableFile
from corpus.parsing.encodings import decode
from corpus.parsing.html import html_lines, parse_html
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.office_archive import WORD_ARCHIVE, check_archive
from corpus.parsing.office_package import OfficePackage
from corpus.parsing.plain_text import parse_text
from corpus.parsing.word_markup import simplified, unlikely_text

_OLD_WORD = b"\xd0\xcf\x11\xe0"
_ZIP, _RTF = b"PK\x03\x04", b"{\\rtf"
_DAMAGED = "Word 文件内容已损坏，请用 Word 打开后另存一份"
_UNREAD = "文件里嵌入的内容读不出来，请用 Word 打开后另存为 .docx"
_LARGEST_CHUNK = 8 * 1024 * 1024
_DEEPEST = 3
_NOTHING = ParsedPage((), warnings=(_UNREAD,))

_WORD_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='标题'] => h1:fresh",
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        "u => ",
    ]
)


def parse_docx(data: bytes) -> ParsedPage:
    """The lines of a Word document; raises `UnreadableFile` when it is none."""
    return _read(data, _DEEPEST)


def _read(data: bytes, deepest: int) -> ParsedPage:
    if data.startswith(_OLD_WORD):
        raise UnreadableFile("这是旧版 .doc 或加了密码的 Word 文件，请另存为不带密码的 .docx")
    check_archive(data, WORD_ARCHIVE)

    import mammoth  # noqa: PLC0415  heavy, and few corpora need it

    try:
        package = OfficePackage(data)
        simple = simplified(package, unlikely_text(data))
        result = mammoth.convert_to_html(
            io.BytesIO(simple.data), style_map=_WORD_STYLES, convert_image=mammoth.images.img_element(lambda image: {})
        )
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableFile(_DAMAGED) from error
    page = parse_html(str(result.value))
    read = {part: _chunk(package, part, deepest - 1) for part in dict.fromkeys(simple.chunks.values())}
    chunks = {text: read[part] for text, part in simple.chunks.items()}
    lines = tuple(_filled(page.lines, chunks))
    warnings = tuple(dict.fromkeys(warning for chunk in chunks.values() for warning in chunk.warnings))
    if warnings and not lines:
        raise UnreadableFile(_UNREAD)
    return ParsedPage(lines, page.metadata, warnings)


def _filled(lines: Sequence[Line], chunks: Mapping[str, ParsedPage]) -> Iterator[Line]:
    """The lines with embedded files in the places of the texts that stand for them."""
    for line in lines:
        held = [text for text in chunks if text in line.text]
        rest = line.text
        for text in held:
            rest = rest.replace(text, "")
        if not held or rest.strip(" ：:；;|-"):
            yield replace(line, text=rest.strip()) if held else line
        for text in held:
            yield from chunks[text].lines


def _chunk(package: OfficePackage, part: str, deepest: int) -> ParsedPage:
    """An embedded web page, mail archive of one, text or Word file; what is not read is a warning."""
    data = package.bytes_of(part, _LARGEST_CHUNK)
    if data is None or data.startswith(_RTF) or (data.startswith(_ZIP) and not deepest):
        return _NOTHING
    try:
        if data.startswith(_ZIP):
            return _read(data, deepest)
        text = _page_in_archive(data) if b"mime-version" in data[:2048].lower() else decode(data)
    except UnreadableFile:
        return _NOTHING
    return ParsedPage(html_lines(text)) if "<" in text else parse_text(text)


def _page_in_archive(data: bytes) -> str:
    """The web page of an MHTML file."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in {"text/html", "application/xhtml+xml", "text/plain"}:
            content = part.get_payload(decode=True)
            charset = part.get_content_charset()
            return _decoded(content if isinstance(content, bytes) else b"", charset)
    return ""


def _decoded(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode(data)
