"""Office files: the parts of the package by what they are to the document, and the names that their XML uses."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Collection, Iterator

from lxml import etree

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PREFIXES = {"w": _WORD, "x": _SHEETS, "m": _MATH, "r": _LINKS, "mc": _COMPATIBILITY, "p": _PACKAGE}
# What the strict form of the format calls the same.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _WORD.encode()),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", _SHEETS.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", _MATH.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _LINKS.encode()),
)
_XML = (".xml", ".rels")
_DOCUMENT = "word/document.xml"


def name(prefixed: str) -> str:
    """`w:p` as lxml writes it."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


class OfficePackage:
    """The parts of an Office file; those that hold XML can be changed and written again, others are left out then."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._parts = {
                member.filename: archive.read(member)
                for member in archive.infolist()
                if member.filename.lower().endswith(_XML)
            }
        self._data = data
        self.document = self._related("_rels/.rels", "", "officeDocument") or _DOCUMENT

    def part(self, kind: str) -> str | None:
        """The name of the document's part of this kind, such as `numbering` or `footnotes`."""
        return self._related(self.links, posixpath.dirname(self.document), kind)

    def target(self, link: str) -> str | None:
        """The name of the part that the document means by a relationship; None for what lies outside."""
        for entry in self._entries(self.links):
            if entry.get("Id") == link and entry.get("TargetMode") != "External":
                return _resolved(posixpath.dirname(self.document), entry.get("Target") or "")
        return None

    def read(self, part: str | None) -> etree._Element | None:
        """The XML of a part; None where there is no such part."""
        data = self._parts.get(part or "")
        if data is None:
            return None
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))

    def write(self, part: str, root: etree._Element) -> None:
        """Replaces a part."""
        self._parts[part] = etree.tostring(root, encoding="utf-8", xml_declaration=True)

    def bytes_of(self, part: str, most: int) -> bytes | None:
        """A part of any kind as it lies in the file; None where it is missing or larger than `most`."""
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            if part not in archive.namelist() or archive.getinfo(part).file_size > most:
                return None
            return archive.read(part)

    def to_bytes(self, parts: Collection[str] | None = None) -> bytes:
        """A file of these parts, by default of all that hold XML."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for part, data in self._parts.items():
                if parts is None or part in parts:
                    archive.writestr(part, data)
        return stream.getvalue()

    @property
    def links(self) -> str:
        """The name of the part that tells what the document's relationships mean."""
        folder, file = posixpath.split(self.document)
        return posixpath.join(folder, "_rels", f"{file}.rels")

    def _entries(self, links: str) -> Iterator[etree._Element]:
        root = self.read(links)
        return iter(()) if root is None else root.iterchildren(name("p:Relationship"))

    def _related(self, links: str, folder: str, kind: str) -> str | None:
        for entry in self._entries(links):
            if (entry.get("Type") or "").endswith(f"/{kind}"):
                return _resolved(folder, entry.get("Target") or "")
        return None


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
