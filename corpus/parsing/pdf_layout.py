"""The characters of a PDF page, each with its place, to lines in the order in which they are read.

pdfium gives characters in the order in which they were drawn and marks where a line ends; that order is kept, except
for columns that were drawn row by row. Places tell which pieces stand in one row with a gap between, as the cells of a
table do, so that neither numbers nor words of two cells grow together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.characters import normalise
from corpus.parsing.plain_text import continues

# In heights of a line.
_CELL_GAP = 0.8
_WORD_GAP = 0.2
_OVERLAP = 0.5
_WIDEST_LEADING = 2.5
_WIDEST_GAP = 4.0
_NARROWEST_COLUMN = 10.0
# How far a full line may end from the edge: Chinese breaks between any two characters, other scripts between words.
_FULL_WITHIN_CHINESE = 1.2
_FULL_WITHIN = 4.0

_SAME_LEADING = 1.4  # times that of the first two rows
_FEWEST_ROWS = 3
_RUNS_ON_SHARE = 0.6
_LINE_END = re.compile(r"[\r\n]")


class Glyph(NamedTuple):
    """One character of the text layer; a line end or a space that pdfium put in has no place of its own."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line without a wide gap in it, in points from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """Of the line, not of its glyphs."""
        return max(self.top - self.bottom, 1.0)


Row = tuple[Cell, ...]


def page_lines(glyphs: Iterable[Glyph]) -> list[str]:
    """The page's lines; prose in columns comes column after column, each paragraph as one text of several lines."""
    rows = list(_rows(_cells(glyphs)))
    lines: list[str] = []
    at = 0
    while at < len(rows):
        columns, end = _columns(rows, at)
        if columns:
            lines += [paragraph for column in columns for paragraph in _paragraphs(column)]
        else:
            lines.append(_joined(rows[at]))
            end = at + 1
        at = end
    return [line for line in lines if line]


def _cells(glyphs: Iterable[Glyph]) -> Iterator[Cell]:
    """Pieces that end where a line ends or a wide gap follows; normalised, none of them empty."""
    held: list[Glyph] = []
    spaces: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text.isspace():
            if _LINE_END.match(glyph.text):
                yield from _cell(held)
                held, spaces = [], []
            else:
                spaces.append(glyph)
            continue
        if held and _is_far(held[-1], glyph):
            yield from _cell(held)
            held, spaces = [], []
        held += [*(spaces if held else ()), glyph]
        spaces = []
    yield from _cell(held)


def _is_far(before: Glyph, after: Glyph) -> bool:
    height = max(before.top - before.bottom, after.top - after.bottom, 1.0)
    return after.left - before.right > _CELL_GAP * height and _beside(before, after)


def _cell(glyphs: Sequence[Glyph]) -> Iterator[Cell]:
    text = normalise("".join(glyph.text for glyph in glyphs)).strip()
    placed = [glyph for glyph in glyphs if not glyph.text.isspace()]
    if text and placed:
        yield Cell(
            text,
            min(glyph.left for glyph in placed),
            median(glyph.bottom for glyph in placed),
            max(glyph.right for glyph in placed),
            median(glyph.top for glyph in placed),
        )


def _rows(cells: Iterable[Cell]) -> Iterator[Row]:
    """Cells drawn one after the other from left to right at one height."""
    row: list[Cell] = []
    for cell in cells:
        if row and not (_beside(row[-1], cell) and cell.left > row[-1].right - _WORD_GAP * cell.height):
            yield tuple(row)
            row = []
        row.append(cell)
    if row:
        yield tuple(row)


def _beside(one: Cell | Glyph, other: Cell | Glyph) -> bool:
    common = min(one.top, other.top) - max(one.bottom, other.bottom)
    return common > _OVERLAP * min(one.top - one.bottom, other.top - other.bottom)


def _joined(row: Row) -> str:
    text = row[0].text
    for before, cell in pairwise(row):
        text += (" " if cell.left - before.right > _WORD_GAP * cell.height else "") + cell.text
    return text


def _columns(rows: Sequence[Row], start: int) -> tuple[list[list[Cell]], int]:
    """The columns of prose that begin with this row, and the row after them; none where it begins none."""
    if len(rows[start]) < 2:
        return [], start
    columns = [[cell] for cell in rows[start]]
    end = start + 1
    leading = _leading(rows[start : start + 2])
    while end < len(rows) and _follows(rows[end - 1 : end + 1], leading) and (placed := _placed(columns, rows[end])):
        for at, cell in placed:
            columns[at].append(cell)
        end += 1
    return (columns, end) if _is_prose(columns) else ([], start)


def _leading(rows: Sequence[Row]) -> float:
    """How far the second row stands below the first, at most what lines of one paragraph may stand apart."""
    return min(rows[0][0].bottom - rows[-1][0].bottom, _WIDEST_LEADING * rows[0][0].height)


def _follows(rows: Sequence[Row], leading: float) -> bool:
    """The second row goes on with the columns: a gap between paragraphs is one of columns where both have it."""
    before, row = rows
    most = _SAME_LEADING * leading if len(row) == 1 else _WIDEST_GAP * row[0].height
    return 0 < before[0].bottom - row[0].bottom <= most


def _placed(columns: Sequence[Sequence[Cell]], row: Row) -> list[tuple[int, Cell]]:
    """Which column each cell of the row stands in; nothing where one stands in none or in two."""
    spans = [(min(cell.left for cell in column), max(cell.right for cell in column)) for column in columns]
    placed: dict[int, Cell] = {}
    for cell in row:
        within = [at for at, (left, right) in enumerate(spans) if cell.left < right and left < cell.right]
        if len(within) != 1:
            return []
        at = within[0]
        placed[at] = _merged(placed[at], cell) if at in placed else cell
    return list(placed.items())


def _merged(left: Cell, right: Cell) -> Cell:
    return replace(left, text=_joined((left, right)), right=right.right)


def _is_prose(columns: Sequence[Sequence[Cell]]) -> bool:
    """Lines that fill their column and run on in the next, as the cells of a table don't."""
    if min(len(column) for column in columns) < _FEWEST_ROWS or not all(map(_is_wide, columns)):
        return False
    return all(sum(_run_on(column)) >= _RUNS_ON_SHARE * (len(column) - 1) for column in columns[:-1])


def _is_wide(column: Sequence[Cell]) -> bool:
    return median((cell.right - cell.left) / cell.height for cell in column) >= _NARROWEST_COLUMN


def _run_on(column: Sequence[Cell]) -> list[bool]:
    """For each line but the last whether it reaches the column's edge and may go on in the next."""
    edge = max(cell.right for cell in column)
    return [
        cell.right > edge - _ragged(cell) and continues(cell.text, following.text)
        for cell, following in pairwise(column)
    ]


def _ragged(cell: Cell) -> float:
    return cell.height * (_FULL_WITHIN_CHINESE if cell.text[-1] > "\u2e7f" else _FULL_WITHIN)


def _paragraphs(column: Sequence[Cell]) -> Iterator[str]:
    parts = [column[0].text]
    for runs_on, cell in zip(_run_on(column), column[1:], strict=True):
        if not runs_on:
            yield "\n".join(parts)
            parts = []
        parts.append(cell.text)
    yield "\n".join(parts)
