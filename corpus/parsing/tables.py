"""HTML tables as rows that can be quoted alone: `列名：值；列名：值`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bs4 import Tag

from corpus.parsing.alternatives import alternatives

_WIDEST = 60
_LONGEST_NAME = 20
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE = re.compile(r"[。；！？!?;]")
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
    above = _count_titles(grid)
    return (*(text for row in grid[:above] if (text := _row_text([], row))), *_named_rows(grid[above:]))


def _named_rows(grid: Sequence[Sequence[_Cell]]) -> tuple[str, ...]:
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
    named = zip(names or [""] * len(row), row, strict=True)
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
                cell = _cell(tag, text_of(tag) or "、".join(alternatives(tag)))
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
    around = tag.find_parent(["thead", "table"])
    names_column = tag.name == "th" or (around is not None and around.name == "thead")
    return _Cell(text, heading=names_column, bold=bool(whole) and len(strong) >= len(whole))


def _span(tag: Tag, name: str, most: int) -> int:
    value = str(tag.get(name) or "1").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 6 else 1


def _count_titles(grid: Sequence[Sequence[_Cell]]) -> int:
    """How many rows at the top hold one text across all columns, the title of the table."""
    count = 0
    while count + 1 < len(grid) and sum(bool(cell.text) for cell in grid[count]) == 1 and not grid[count][0].heading:
        count += 1
    return count if count and sum(bool(cell.text) for cell in grid[count]) > 1 and grid[0][0].text else 0


def _count_headings(grid: Sequence[Sequence[_Cell]]) -> int:
    """How many rows at the top name the columns: rows of `th`, or one row that differs from all below it."""
    count = 0
    while count < len(grid) and all(cell.heading or not cell.text for cell in grid[count]):
        count += 1
    if count == 0 and len(grid) > 1:
        first, second = grid[0], grid[1]
        bold = all(cell.bold or not cell.text for cell in first) and not all(cell.bold for cell in second)
        count = int(bold or _names_figures(first, grid[1:]))
    return count


def _names_figures(first: Sequence[_Cell], rows: Sequence[Sequence[_Cell]]) -> bool:
    """A first row of words without digits stands above a column of figures.

    Two columns may as well be names and values, the first row one of them, so there the figures must be alike.
    """
    texts = [cell.text for cell in first]
    filled = [text for text in texts if text]
    if len(filled) < 2 or len(filled) < len(texts) - 1 or len(set(filled)) < len(filled):
        return False
    if any(len(text) > _LONGEST_NAME or _DIGIT.search(text) or _SENTENCE.search(text) for text in filled):
        return False
    columns = [[row[at].text for row in rows if row[at].text] for at in range(1, len(texts))]
    if len(texts) == 2:
        return (
            len(columns[0]) > 1
            and len({_DIGITS.sub("0", text) for text in columns[0]}) == 1
            and _is_figures(columns[0])
        )
    return any(map(_is_figures, columns))


def _is_figures(column: Sequence[str]) -> bool:
    """Most cells of the column have digits."""
    return sum(bool(_DIGIT.search(text)) for text in column) > 0.7 * len(column)
