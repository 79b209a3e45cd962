"""Tables of a PDF page, known by their places alone, to rows that carry the names of their columns.

A PDF draws text at places and says nothing of tables, so a row of names is taken for one only on evidence: three rows
or more below it whose cells stand each in one of its columns, and a column of figures or of answers (`是`, `否`) below
a name that is neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.parsing import tables
from corpus.parsing.pdf_cells import Cell, Row, placed_in

_FEWEST_ROWS = 3
_LONGEST_CELL = 40
_ANSWER = re.compile(r"是|否|有|无|能|可|可以|不可|不可以|不能|支持|不支持|免费|[√✓✔×✗✘○●—–/-]", re.I)
_MOST = 0.7
_LARGEST_STEP = 1.5  # times the usual one, between two rows of one table


def table_at(rows: Sequence[Row], start: int) -> tuple[list[str], int]:
    """The texts of the table whose names this row holds, and the row behind it; none where it holds none."""
    names = rows[start]
    if not _may_name(names):
        return [], start
    columns: list[list[Cell]] = [[name] for name in names]
    grid: list[list[str]] = []
    end = start + 1
    while end < len(rows) and (cells := _cells_of(columns, rows, start, end)) is not None:
        for at, cell in cells.items():
            columns[at].append(cell)
        grid.append([cells[at].text if at in cells else "" for at in range(len(names))])
        end += 1
    if len(grid) < _FEWEST_ROWS or _goes_on(rows, start, end) or not _are_names([name.text for name in names], grid):
        return [], start
    titles = [name.text for name in names]
    return [tables.row_text(titles, _texts(row)) for row in grid], end


def _may_name(names: Row) -> bool:
    texts = [name.text for name in names]
    return tables.are_names(_texts(texts)) and not any(map(_ANSWER.fullmatch, texts))


def _texts(row: Sequence[str]) -> list[tables.Cell]:
    return [tables.Cell(text) for text in row]


def _cells_of(columns: Sequence[Sequence[Cell]], rows: Sequence[Row], start: int, at: int) -> dict[int, Cell] | None:
    """The row's cells by their columns; None where it is no row of the table, the first column empty among that."""
    row = rows[at]
    if len(row) < 2 or len(row) > len(columns) or not _is_next(rows, start, at):
        return None
    placed = dict(placed_in(columns, row))
    if len(placed) != len(row) or 0 not in placed or any(len(cell.text) > _LONGEST_CELL for cell in row):
        return None
    return placed


def _is_next(rows: Sequence[Row], start: int, at: int) -> bool:
    """It stands below the row before it, about as far as the rows above do."""
    steps = [before[0].bottom - row[0].bottom for before, row in pairwise(rows[start : at + 1])]
    return 0 < steps[-1] <= _LARGEST_STEP * min(steps)


def _goes_on(rows: Sequence[Row], start: int, end: int) -> bool:
    """What follows belongs to the table too, and does not fit: a cell of several lines, or one across columns."""
    if end >= len(rows) or not _is_next(rows, start, end):
        return False
    return len(rows[end]) > 1 or rows[end][0].left > rows[start][0].right


def _are_names(names: Sequence[str], grid: Sequence[Sequence[str]]) -> bool:
    columns = [[row[at] for row in grid if row[at]] for at in range(1, len(names))]
    if len(names) == 2:  # as well names and values, of which the first row is one
        return tables.are_like_figures(columns[0])
    return any(tables.has_digits(column) or _are_answers(column) for column in columns)


def _are_answers(column: Sequence[str]) -> bool:
    return sum(bool(_ANSWER.fullmatch(text)) for text in column) > _MOST * len(column)
