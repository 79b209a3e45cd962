"""Electronic books (EPUB) to lines: the chapters in reading order, each a page like any other."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from lxml import etree

from corpus.characters import one_line
from corpus.errors import UnreadableFile
from corpus.parsing.encodings import decode
from corpus.parsing.html import parse_html
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.metadata import Metadata, metadata_from
from corpus.parsing.office_archive import ARCHIVE_ERRORS, ArchiveKind, check_archive

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
# Pages may name a document type, as web pages do.
_ARCHIVE = ArchiveKind("EPUB 电子书", ".epub", frozenset({_CONTAINER}), b"<!ENTITY", "请删去图片或拆成几个文件")
_DAMAGED = "电子书内容已损坏，请换一个来源，或用 Calibre 转一次"
_PROTECTED = "电子书有版权保护（DRM），读不了"
_NOTHING = "电子书里没有文字（可能全是图片），请先做文字识别"
# Ways of hiding fonts from copying, which are no protection of the text.
_FONT_ALGORITHMS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", ""})
_MOST_CHARACTERS = 5_000_000  # as of a PDF
_FEWEST_LINKS = 3
_FIELDS = {"title": "title", "creator": "author", "date": "date", "language": "lang"}


def parse_book(data: bytes) -> ParsedPage:
    """The lines of a book without its table of contents; raises `UnreadableFile` when it is none or protected.

    Chapters that cannot be found or read are named in a warning.
    """
    check_archive(data, _ARCHIVE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = _Book(archive)
            lines = tuple(book.lines())
    except (*ARCHIVE_ERRORS, etree.XMLSyntaxError, KeyError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if not lines:
        raise UnreadableFile(_NOTHING)
    missing = f"有 {len(book.missing)} 章读不出来（{'、'.join(book.missing[:3])}）" if book.missing else ""
    return ParsedPage(lines, book.metadata, tuple(filter(None, [missing])), names_itself=False)


class _Book:
    """The package that a book's container names: what it says of itself, and its chapters."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())
        if self._is_protected():
            raise UnreadableFile(_PROTECTED)
        root = self._xml(_CONTAINER).find(".//{*}rootfile")
        self._path = unquote("" if root is None else root.get("full-path") or "")
        self._package = self._xml(self._path)
        self._items = {item.get("id") or "": item for item in self._package.iterfind(".//{*}manifest/{*}item")}
        self.metadata = self._metadata()
        self.missing: list[str] = []

    def lines(self) -> Iterator[Line]:
        """Of the chapters in order, without pages that are nothing but links to others."""
        headings, characters = self._headings(), 0
        contents = {self._resolved(each) for each in self._package.iterfind(".//{*}guide/{*}reference[@type='toc']")}
        for item in self._spine():
            path = self._resolved(item)
            if path in contents or "nav" in (item.get("properties") or "").split():
                continue
            try:
                page = parse_html(decode(self._archive.read(path))).lines
            except (KeyError, zlib.error, zipfile.BadZipFile, UnreadableFile):
                self.missing.append(posixpath.basename(path))
                continue
            characters += sum(len(line.text) for line in page)
            if characters > _MOST_CHARACTERS:
                raise UnreadableFile(f"电子书太长（超过 {_MOST_CHARACTERS // 10_000} 万字），请拆成几个文件")
            if not _is_contents(page):
                yield from _headed(page, headings.get(path, ""))

    def _spine(self) -> Iterator[etree._Element]:
        seen = set[str]()
        for entry in self._package.iterfind(".//{*}spine/{*}itemref"):
            name = entry.get("idref") or ""
            item = self._items.get(name)
            if item is None or name in seen or entry.get("linear") == "no":
                continue
            seen.add(name)
            if (item.get("media-type") or "").lower() in _PAGES:
                yield item

    def _is_protected(self) -> bool:
        """Something besides fonts is encrypted."""
        if _ENCRYPTION not in self._names:
            return False
        methods = self._xml(_ENCRYPTION).iterfind(".//{*}EncryptedData/{*}EncryptionMethod")
        return any(method.get("Algorithm") not in _FONT_ALGORITHMS for method in methods)

    def _metadata(self) -> Metadata:
        values: dict[str, str] = {}
        for element in self._package.iterfind(".//{*}metadata//*"):
            text = one_line("".join(element.itertext()))
            field = _field(element)
            if field == "author" and field in values:
                values[field] += f"、{text}"
            elif field and text:
                values.setdefault(field, text)
        return metadata_from(values)

    def _headings(self) -> Mapping[str, str]:
        """What the table of contents calls the files of chapters, by their paths."""
        found: dict[str, str] = {}
        for item in self._items.values():
            path = self._resolved(item)
            if path in self._names:
                for address, label in self._entries(item, path):
                    found.setdefault(_joined(path, address), one_line("".join(label.itertext())))
        return found

    def _entries(self, item: etree._Element, path: str) -> Iterator[tuple[str, etree._Element]]:
        """Addresses and names in a table of contents of either kind, as far as it can be read."""
        if "nav" in (item.get("properties") or "").split():
            for link in self._leniently(path).iterfind(".//{*}nav//{*}a"):
                yield link.get("href") or "", link
        elif item.get("media-type") == "application/x-dtbncx+xml":
            for point in self._leniently(path).iterfind(".//{*}navPoint"):
                content, label = point.find("{*}content"), point.find("{*}navLabel")
                if content is not None and label is not None:
                    yield content.get("src") or "", label

    def _leniently(self, path: str) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        root = etree.fromstring(self._archive.read(path), parser)
        return etree.Element("empty") if root is None else root

    def _xml(self, path: str) -> etree._Element:
        return etree.fromstring(self._archive.read(path), etree.XMLParser(resolve_entities=False, no_network=True))

    def _resolved(self, item: etree._Element) -> str:
        return _joined(self._path, item.get("href") or "")


def _field(element: etree._Element) -> str | None:
    """The field that an entry of the package's metadata gives."""
    if not isinstance(element.tag, str):
        return None
    field = _FIELDS.get(etree.QName(element).localname)
    changed = field == "date" and any(value == "modification" for value in element.attrib.values())
    return "updated" if changed or element.get("property") == "dcterms:modified" else field


def _joined(base: str, address: str) -> str:
    """The path of a file that another one of the archive names, without the place inside it."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(urlsplit(address).path)))
    return path.lstrip("/")


def _is_contents(lines: tuple[Line, ...]) -> bool:
    """A page of links to chapters, whatever stands above them."""
    linked = [line for line in lines if not line.level and line.linked > 0.9]
    return len(linked) >= _FEWEST_LINKS and len(linked) == sum(not line.level for line in lines)


def _headed(lines: tuple[Line, ...], heading: str) -> Iterator[Line]:
    """A chapter below its heading; where its page has none, below the one that the table of contents gives it."""
    if lines and heading and not any(line.level for line in lines):
        if lines[0].text == heading:
            lines = (replace(lines[0], level=1), *lines[1:])
        else:
            yield Line(heading, level=1)
    yield from lines
