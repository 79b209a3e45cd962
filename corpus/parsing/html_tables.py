"""Tables of web pages as grids, whatever their cells span."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bs4 import Tag

from corpus.parsing.alternatives import alternatives
from corpus.parsing.tables import EMPTY_CELL, Cell

_WIDEST = 60
_TALLEST_SPAN = 500


def table_cells(table: Tag) -> tuple[tuple[Tag, ...], ...]:
    """The cells of each row, those of tables inside it not counted."""
    rows = (row for row in table.find_all("tr") if row.find_parent("table") is table)
    return tuple(tuple(cell for cell in row.find_all(["td", "th"], recursive=False)) for row in rows)


def grid_of(rows: Sequence[Sequence[Tag]], text_of: Callable[[Tag], str]) -> list[list[Cell]]:
    """Rows of equal width, a cell that spans several rows or columns standing in each row and first column."""
    grid: list[list[Cell]] = []
    hanging: dict[int, tuple[int, Cell]] = {}  # column → rows still to fill, cell
    for tags in rows:
        row: list[Cell] = []
        waiting = list(tags)
        while len(row) < _WIDEST and (waiting or len(row) in hanging):
            column = len(row)
            left, cell = hanging.pop(column, (0, EMPTY_CELL))
            if left == 0:
                tag = waiting.pop(0)
                cell = _cell(tag, text_of(tag) or "、".join(alternatives(tag)))
                left = _span(tag, "rowspan", _TALLEST_SPAN)
                covered = Cell("", covered_by=cell.text)
                for offset in range(1, min(_span(tag, "colspan", _WIDEST), _WIDEST - column)):
                    hanging[column + offset] = (left, covered)
            if left > 1:
                hanging[column] = (left - 1, cell)
            row.append(cell)
        if row:
            grid.append(row)
    width = max((len(row) for row in grid), default=0)
    return [row + [EMPTY_CELL] * (width - len(row)) for row in grid]


def _cell(tag: Tag, text: str) -> Cell:
    strong = "".join(part.get_text(strip=True) for part in tag.find_all(["strong", "b"]))
    whole = tag.get_text(strip=True)
    around = tag.find_parent(["thead", "table"])
    names_column = tag.name == "th" or (around is not None and around.name == "thead")
    return Cell(text, heading=names_column, bold=bool(whole) and len(strong) >= len(whole))


def _span(tag: Tag, name: str, most: int) -> int:
    value = str(tag.get(name) or "1").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 6 else 1
