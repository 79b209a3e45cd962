"""What a sheet of a workbook hides, merges and has not calculated, out of its XML: no reader of rows tells these."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_MOST_COVERED = 500_000
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})", re.I)
_LETTERS = re.compile(r"[^A-Z]+", re.I)
_KEPT = "{*}c", "{*}row", "{*}col", "{*}mergeCell"


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of text in one look: whether it is struck, and `superscript` or `subscript` where it is."""

    text: str
    is_struck: bool = False
    script: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Cells from one corner to the other, both included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Rows and columns, counted from 1, that nobody sees; merged areas; formulas whose results are not in the file.

    `width` is the last column that holds anything. `rich` are the texts in several looks that stand in the sheet
    itself, by the names of their cells.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Area, ...] = ()
    uncalculated: tuple[str, ...] = ()
    width: int = 0
    rich: Mapping[str, tuple[TextRun, ...]] = field(default_factory=dict)

    def covered(self, rows: int, columns: int) -> Mapping[tuple[int, int], tuple[int, int]]:
        """For every covered cell of the first rows and columns the cell whose text it shows."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for area in self.merged:
            bottom, right = min(area.bottom, rows), min(area.right, columns)
            if len(found) + max(0, bottom - area.top + 1) * max(0, right - area.left + 1) > _MOST_COVERED:
                break
            for row in range(area.top, bottom + 1):
                for column in range(area.left, right + 1):
                    found[row, column] = (area.top, area.left)
            found.pop((area.top, area.left), None)
        return found


def sheet_layout(xml: bytes) -> SheetLayout:
    """Walks the XML of a sheet once without keeping it. Raises what lxml does where it is none."""
    rows, columns = set[int](), set[int]()
    merged: list[Area] = []
    uncalculated: list[str] = []
    rich: dict[str, tuple[TextRun, ...]] = {}
    walk = etree.iterparse(io.BytesIO(xml), events=("end",), tag=_KEPT, resolve_entities=False, no_network=True)
    counted = width = 0
    for _, element in walk:
        match etree.QName(element).localname:
            case "c":
                if len(element):
                    width = max(width, _column(_LETTERS.sub("", element.get("r") or "")[:3]))
                if _lacks_result(element):
                    uncalculated.append(element.get("r") or "")
                if element.find("{*}is/{*}r/{*}rPr") is not None:
                    rich[element.get("r") or ""] = tuple(map(_run, element.iterfind("{*}is/{*}r")))
                continue
            case "row":
                counted = _number(element.get("r"), counted + 1)
                if _is_hidden(element, "ht"):
                    rows.add(counted)
            case "col":
                if _is_hidden(element, "width"):
                    columns.update(_columns(element))
            case _:
                merged += _areas(element.get("ref") or "")
        element.clear()
    return SheetLayout(frozenset(rows), frozenset(columns), tuple(merged), tuple(uncalculated), width, rich)


def _lacks_result(cell: etree._Element) -> bool:
    """A formula without a value; of text, an empty one is a result."""
    if cell.find("{*}f") is None:
        return False
    value = cell.find("{*}v")
    return value is None or (not value.text and cell.get("t") != "str")


def _run(element: etree._Element) -> TextRun:
    look, script = element.find("{*}rPr/{*}strike"), element.find("{*}rPr/{*}vertAlign")
    struck = look is not None and look.get("val") not in {"0", "false"}
    return TextRun(element.findtext("{*}t") or "", struck, "" if script is None else script.get("val") or "")


def _is_hidden(element: etree._Element, size: str) -> bool:
    return element.get("hidden") in {"1", "true"} or element.get(size) in {"0", "0.0"}


def _columns(element: etree._Element) -> range:
    return range(_number(element.get("min"), 1), min(_number(element.get("max"), 0), _LAST_COLUMN) + 1)


def _areas(reference: str) -> Iterator[Area]:
    found = _RANGE.fullmatch(reference)
    if found:
        left, right = _column(found[1]), _column(found[3])
        top, bottom = int(found[2]), int(found[4])
        if 1 <= left <= right <= _LAST_COLUMN and 1 <= top <= bottom <= _LAST_ROW:
            yield Area(top, left, bottom, right)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 8 else default
