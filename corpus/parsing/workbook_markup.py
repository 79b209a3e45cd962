"""A workbook made simpler before it is read: the values of its cells with their formats, and nothing else.

Programs write what the format does not allow into fills, filters, names and properties; none of that is text, and a
reader that is strict about it would refuse the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from corpus.parsing.office_package import OfficePackage, name

_TYPES, _LINKS, _STRINGS = "[Content_Types].xml", "_rels/.rels", "xl/sharedStrings.xml"
_OF_WORKBOOK = ("workbookPr", "bookViews", "sheets")
_OF_SHEET = ("sheetPr", "dimension", "sheetFormatPr", "cols", "sheetData")
_OF_STYLES = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")


def simplified_workbook(package: OfficePackage, sheets: Iterable[str]) -> bytes:
    """The bytes of a workbook of these parts and what they need; the package is changed."""
    styles, strings = package.part("styles"), package.part("sharedStrings") or _STRINGS
    for part in sheets:
        _rewrite(package, part, _OF_SHEET)
    _rewrite(package, package.document, _OF_WORKBOOK)
    if styles is not None:
        _plain_styles(package, styles)
    others = _TYPES, _LINKS, package.links, strings
    for part in others:
        _rewrite(package, part)
    return package.to_bytes({*sheets, *others, package.document, *filter(None, [styles])})


def _rewrite(package: OfficePackage, part: str, kept: tuple[str, ...] | None = None) -> None:
    """Writes a part anew in the usual namespaces, with no other children than these."""
    root = package.read(part)
    if root is None:
        return
    for element in list(root) if kept is not None else ():
        if not isinstance(element.tag, str) or etree.QName(element).localname not in (kept or ()):
            root.remove(element)
    package.write(part, root)


def _plain_styles(package: OfficePackage, part: str) -> None:
    """Takes fills and borders out of the styles."""
    _rewrite(package, part, _OF_STYLES)
    root = package.read(part)
    if root is None:
        return
    for several, one, inside in (("x:fills", "x:fill", "x:patternFill"), ("x:borders", "x:border", None)):
        for element in root.findall(name(several)):
            element.clear()
            plain = etree.SubElement(element, name(one))
            if inside is not None:
                etree.SubElement(plain, name(inside))
    for xf in root.iter(name("x:xf")):
        xf.set("fillId", "0")
        xf.set("borderId", "0")
    package.write(part, root)
