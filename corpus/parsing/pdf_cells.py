"""The characters of a PDF page, each with its place, to rows of cells.

pdfium gives characters in the order in which they were drawn and marks where a line ends; that order is kept. Places
tell which pieces stand in one row with a gap between, as the cells of a table do, so that neither numbers nor words of
two cells grow together; and which pieces are raised, so that the mark of a note does not become part of a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.characters import normalise
from corpus.parsing.scripts import raised_text

# In heights of a line.
_CELL_GAP = 0.8
_WORD_GAP = 0.2
_OVERLAP = 0.5
# A raised character: how much of the other's height it has at most, how far its foot stands above and its head below.
_RAISED_HEIGHT = 0.8
_RAISED_FOOT = 0.2
_RAISED_HEAD = 0.3
_LONGEST_RAISED = 6

_LINE_END = re.compile(r"[\r\n]")
_DIGIT = re.compile(r"\d")


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


def rows_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """The rows of a page, in the order in which they were drawn."""
    return [_with_raised(row) for row in _rows(_cells(glyphs))]


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
        if held and _is_apart(held[-1], glyph):
            yield from _cell(held)
            held, spaces = [], []
        held += [*(spaces if held else ()), glyph]
        spaces = []
    yield from _cell(held)


def _is_apart(before: Glyph, after: Glyph) -> bool:
    """A wide gap lies between the two on one line, or one of them is raised."""
    height, other = before.top - before.bottom, after.top - after.bottom
    if height != other and (_is_raised(before, after) or _is_raised(after, before)):
        return True
    gap = after.left - before.right
    return gap > _CELL_GAP and gap > _CELL_GAP * max(height, other) and _beside(before, after)


def _is_raised(glyph: Glyph | Cell, beside: Glyph | Cell) -> bool:
    """The first is smaller than the second and stands at its upper edge."""
    height = beside.top - beside.bottom
    return (
        glyph.top - glyph.bottom < _RAISED_HEIGHT * height
        and glyph.bottom > beside.bottom + _RAISED_FOOT * height
        and glyph.top > beside.top - _RAISED_HEAD * height
    )


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


def joined(row: Row) -> str:
    text = row[0].text
    for before, cell in pairwise(row):
        text += (" " if cell.left - before.right > _WORD_GAP * cell.height else "") + cell.text
    return text


def _with_raised(row: Row) -> Row:
    """The row with each raised piece, spelt by its meaning, in the cell that it belongs to."""
    cells: list[Cell] = []
    after_raised = False
    for at, cell in enumerate(row):
        before = cells[-1] if cells and cell.left - cells[-1].right <= _CELL_GAP * cell.height else None
        following = row[at + 1] if at + 1 < len(row) else None
        raised = len(cell.text) <= _LONGEST_RAISED and (
            (at > 0 and _is_raised(cell, row[at - 1])) or (following is not None and _is_raised(cell, following))
        )
        text = cell.text
        if raised and _DIGIT.search(text):  # letters may be of a word that is set this way
            text = raised_text(text, before.text if before else "", following.text if following else "")
        if before is None or not (raised or after_raised):
            cells.append(replace(cell, text=text))
        else:
            cells[-1] = replace(before, text=_appended(before, text, cell, raised=raised), right=cell.right)
        after_raised = raised
    return tuple(cells)


def _appended(before: Cell, text: str, cell: Cell, *, raised: bool) -> str:
    """The two texts; a raised piece stands close to what it belongs to, however far its small figures end from it."""
    gap = " " if not raised and cell.left - before.right > _WORD_GAP * cell.height else ""
    return before.text + gap + text


def placed_in(columns: Sequence[Sequence[Cell]], row: Row) -> list[tuple[int, Cell]]:
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
    return replace(left, text=joined((left, right)), right=right.right)
