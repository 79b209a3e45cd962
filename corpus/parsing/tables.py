"""HTML tables as rows that can be quoted alone: `列名：值；列名：值`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bs4 import Tag

_WIDEST = 60
_TALLEST_SPAN = 500


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    heading: bool
    bold: bool


_EMPTY = _Cell("", heading=False, bold=False)


def table_cells(table: Tag) -> tuple[tuple[Tag, ...], ...]:
    """The cells of each row, those of tables inside it not counted."""
    rows = (row for row in table.find_all("tr") if row.find_parent("table") is table)
    return tuple(tuple(cell for cell in row.find_all(["td", "th"], recursive=False)) for row in rows)


def row_texts(rows: Sequence[Sequence[Tag]], text_of: Callable[[Tag], str]) -> tuple[str, ...]:
    """One text per row that says anything; names of columns stand in every row instead of in one of their own."""
    grid = _grid(rows, text_of)
    heads = _count_headings(grid)
    names = [
        " ".join(dict.fromkeys(row[at].text for row in grid[:heads] if row[at].text)) for at in range(_width(grid))
    ]
    body = grid[heads:] or grid[:0]
    if not body:
        names, body = [""] * len(names), grid
    return tuple(text for row in body if (text := _row_text(names, row)))


def _row_text(names: Sequence[str], row: Sequence[_Cell]) -> str:
    if not any(names) and row[0].heading and row[0].text and not all(cell.heading for cell in row):
        return f"{_name(row[0].text)}：{'；'.join(cell.text for cell in row[1:] if cell.text)}"
    named = zip(names, row, strict=True)
    return "；".join(f"{_name(name)}：{cell.text}" if name else cell.text for name, cell in named if cell.text)


def _name(text: str) -> str:
    return text.rstrip("：: ")


def _grid(rows: Sequence[Sequence[Tag]], text_of: Callable[[Tag], str]) -> list[list[_Cell]]:
    """Rows of equal width, a cell that spans several rows or columns standing in each row and first column."""
    grid: list[list[_Cell]] = []
    hanging: dict[int, tuple[int, _Cell]] = {}  # column → rows still to fill, cell
    for tags in rows:
        row: list[_Cell] = []
        waiting = list(tags)
        while len(row) < _WIDEST and (waiting or len(row) in hanging):
            column = len(row)
            left, cell = hanging.pop(column, (0, _EMPTY))
            if left == 0:
                tag = waiting.pop(0)
                cell = _cell(tag, text_of(tag))
                left = _span(tag, "rowspan", _TALLEST_SPAN)
                for offset in range(1, min(_span(tag, "colspan", _WIDEST), _WIDEST - column)):
                    hanging[column + offset] = (left, _EMPTY)
            if left > 1:
                hanging[column] = (left - 1, cell)
            row.append(cell)
        if row:
            grid.append(row)
    width = _width(grid)
    return [row + [_EMPTY] * (width - len(row)) for row in grid]


def _width(grid: Sequence[Sequence[_Cell]]) -> int:
    return max((len(row) for row in grid), default=0)


def _cell(tag: Tag, text: str) -> _Cell:
    strong = "".join(part.get_text(strip=True) for part in tag.find_all(["strong", "b"]))
    whole = tag.get_text(strip=True)
    return _Cell(text, heading=tag.name == "th", bold=bool(whole) and len(strong) >= len(whole))


def _span(tag: Tag, name: str, most: int) -> int:
    value = str(tag.get(name) or "1").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 6 else 1


def _count_headings(grid: Sequence[Sequence[_Cell]]) -> int:
    """How many rows at the top name the columns: rows of `th`, or one row all in bold above rows that are not."""
    count = 0
    while count < len(grid) and all(cell.heading or not cell.text for cell in grid[count]):
        count += 1
    if count == 0 and len(grid) > 1:
        first, second = grid[0], grid[1]
        count = int(all(cell.bold or not cell.text for cell in first) and not all(cell.bold for cell in second))
    return count
