"""The rows of a PDF page to lines in the order in which they are read.

Prose in columns comes column after column, also where it was drawn row by row; rows of tables that name their columns
carry those names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.parsing.pdf_cells import Cell, Glyph, Row, joined, placed_in, rows_of
from corpus.parsing.pdf_tables import table_at
from corpus.parsing.plain_text import continues

# In heights of a line.
_WIDEST_LEADING = 2.5
_WIDEST_GAP = 4.0
_NARROWEST_COLUMN = 10.0
# How far a full line may end from the edge: Chinese breaks between any two characters, other scripts between words.
_FULL_WITHIN_CHINESE = 1.2
_FULL_WITHIN = 4.0

_SAME_LEADING = 1.4  # times that of the first two rows
_FEWEST_ROWS = 3
_RUNS_ON_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a page; those of them in `table_rows` are rows of tables, with the names of their columns."""

    lines: tuple[str, ...]
    table_rows: frozenset[str]


def page_layout(glyphs: Iterable[Glyph]) -> Layout:
    """The page's lines; prose in columns comes column after column, each paragraph as one text of several lines."""
    rows = rows_of(glyphs)
    lines: list[str] = []
    table_rows: set[str] = set()
    at = 0
    while at < len(rows):
        columns, end = _columns(rows, at)
        if columns:
            lines += [paragraph for column in columns for paragraph in _paragraphs(column)]
        else:
            named, end = table_at(rows, at)
            table_rows.update(named)
            lines += named or [joined(rows[at])]
            end = end if named else at + 1
        at = end
    return Layout(tuple(line for line in lines if line), frozenset(table_rows))


def _columns(rows: Sequence[Row], start: int) -> tuple[list[list[Cell]], int]:
    """The columns of prose that begin with this row, and the row after them; none where it begins none."""
    if len(rows[start]) < 2:
        return [], start
    columns = [[cell] for cell in rows[start]]
    end = start + 1
    leading = _leading(rows[start : start + 2])
    while end < len(rows) and _follows(rows[end - 1 : end + 1], leading) and (placed := placed_in(columns, rows[end])):
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
