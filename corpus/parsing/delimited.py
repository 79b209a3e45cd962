"""Comma-separated files, and those with tabs or semicolons, to lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

from corpus.errors import UnreadableFile
from corpus.parsing.encodings import decode
from corpus.parsing.lines import ParsedPage
from corpus.parsing.sheets import MOST_CELLS, Bounds, cell_text, sheet_lines
from corpus.parsing.tables import EMPTY_CELL, Cell

_DELIMITERS = ",\t;|，"
_SAMPLE_ROWS = 50
_SAMPLE = 100_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_NAMED = re.compile(r"sep=(.)[ \t]*\r?\n", re.I)


def parse_delimited(data: bytes) -> ParsedPage:
    """The lines of a file of rows, whatever its encoding and delimiter; raises `UnreadableFile` when it is no text.

    The first 100 000 filled cells are read, and a warning tells of others.
    """
    text = decode(data)
    named = _NAMED.match(text)  # Excel's own way of naming the delimiter
    text = text[named.end() :] if named else text
    delimiter = named[1] if named else _delimiter(text)
    bounds = Bounds(MOST_CELLS)
    try:
        rows = list(bounds.within(_rows(text, delimiter, csv.QUOTE_MINIMAL)))
    except csv.Error:  # a quotation mark that is never closed takes all that follows for one cell
        bounds = Bounds(MOST_CELLS)
        rows = list(bounds.within(_rows(text, delimiter, csv.QUOTE_NONE)))
    if not any(cell.text for row in rows for cell in row):
        raise UnreadableFile("表格里没有文字")
    return ParsedPage(tuple(sheet_lines(rows, 2)), warnings=bounds.warnings(), names_itself=False)


def _rows(text: str, delimiter: str, quoting: Literal[0, 3]) -> Iterator[list[Cell]]:
    for values in csv.reader(_lines(text), delimiter=delimiter, quoting=quoting):
        yield [Cell(said) if (said := cell_text(value)) else EMPTY_CELL for value in values]


def _lines(text: str) -> Iterator[str]:
    return (match[0] for match in _LINE.finditer(text) if match[0])


def _delimiter(text: str) -> str:
    """The one that parts the first rows most evenly; with several that do so, into the most cells."""
    sample = text[:_SAMPLE]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """The share of rows with the commonest count of cells, if that is more than one, and the count."""
    try:
        widths = [len(row) for row in islice(csv.reader(_lines(sample), delimiter=delimiter), _SAMPLE_ROWS) if row]
    except csv.Error:
        return 0.0, 0
    width, count = _commonest(widths)
    return (count / len(widths), width) if width > 1 else (0.0, 0)


def _commonest(widths: Sequence[int]) -> tuple[int, int]:
    return Counter(widths).most_common(1)[0] if widths else (0, 0)
