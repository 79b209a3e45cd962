"""The cells of a sheet to lines: tables, the notes around them, and tables of questions and answers as such.

People put several tables on one sheet, titles above them and empty rows and columns between and inside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.characters import one_line
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.tables import EMPTY_CELL, Cell, Row, Table, row_text, table_of

MOST_CELLS = 100_000
"""Filled cells that are read of a file, more than anybody searches in; the rest is named in a warning."""

WIDEST = 200
"""Columns that are read."""

_LONGEST_HEADING = 80
_LONGEST_TITLE = 40
_SENTENCE_END = re.compile(r"[。；;，,、：:！!？?…]$")
_QUESTION = re.compile(
    r"(?:常[见見]|[顾顧]客|客[户戶人]|用[户戶]|[标標][准準]|相似)?(?:[问問][题題]|提[问問]|[问問]法|[问問]句|[问問])(?:内容|描述)?"
    r"|Q|FAQ|questions?",
    re.I,
)
_ANSWER = re.compile(
    r"(?:[标標][准準]|[参參]考|推[荐薦])?(?:答案|回答|[答回][复覆復]|解答|答|[话話][术術])(?:内容)?|A|answers?", re.I
)


class Bounds:
    """Lets rows through until `cells` filled ones are read, and remembers what is left out."""

    def __init__(self, cells: int) -> None:
        self._left = cells
        self._rows = 0
        self._too_long = self._too_wide = False

    def within(self, rows: Iterable[Sequence[Cell]], width: int = 0) -> Iterator[Row]:
        """The rows that are read, cut to a width that people look at; `width` is their own where that is known."""
        self._too_wide |= width > WIDEST
        for row in rows:
            filled = sum(bool(cell.text) for cell in row)
            if filled > self._left:
                self._too_long = True
                return
            self._left -= filled
            self._rows += 1
            self._too_wide |= any(cell.text for cell in row[WIDEST:])
            yield row[:WIDEST]

    def warnings(self) -> tuple[str, ...]:
        """In words for an operator."""
        long = f"表格太大，只收录了前 {self._rows} 行，请拆成几个文件" if self._too_long else ""
        wide = f"表格太宽，只收录了前 {WIDEST} 列" if self._too_wide else ""
        return tuple(filter(None, (long, wide)))


def cell_text(text: str) -> str:
    """What a cell says, its lines joined by spaces."""
    return " ".join(filter(None, map(one_line, text.replace("\r", "\n").split("\n"))))


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a sheet that empty rows and columns bound: the columns that it fills, and its cells in these."""

    columns: tuple[int, ...]
    grid: Sequence[Row]

    def in_columns(self, columns: Sequence[int]) -> tuple[Row, ...]:
        """Its rows in these columns, which hold all of its own."""
        places = [self.columns.index(column) if column in self.columns else None for column in columns]
        return tuple([EMPTY_CELL if at is None else row[at] for at in places] for row in self.grid)


def sheet_lines(rows: Sequence[Row], level: int) -> Iterator[Line]:
    """The lines of one sheet; headings have `level` and the two below it."""
    named: tuple[_Block, Table] | None = None
    for block in _blocks(rows):
        table = table_of(block.grid, expects_names=True)
        if named is not None and _goes_on(named[0], table, block):
            table = Table((), named[1].names, block.in_columns(named[0].columns))
        elif len(block.columns) > 1:
            named = (block, table) if table.names else None
        yield from _lines(table, level)


def _lines(table: Table, level: int) -> Iterator[Line]:
    for at, title in enumerate(dict.fromkeys(table.titles)):
        is_heading = at == 0 and len(title) <= _LONGEST_TITLE and not _SENTENCE_END.search(title)
        yield Line(title, level=level if is_heading else 0)
    asked, answered = _column(table.names, _QUESTION), _column(table.names, _ANSWER)
    if asked is None or answered is None:
        kind = BlockKind.TABLE_ROW if table.rows and len(table.rows[0]) > 1 else BlockKind.PARAGRAPH
        yield from (Line(text, kind) for text in table.row_texts())
        return
    for row in table.rows:
        yield from _question(table.names, row, asked, answered, level + 1)


def _question(names: Sequence[str], row: Row, asked: int, answered: int, level: int) -> Iterator[Line]:
    """One question as a heading, with its answer below it and what else is known of it."""
    question, answer = row[asked].text, row[answered].text
    if not question or not answer or len(question) > _LONGEST_HEADING:
        if text := row_text(names, row):
            yield Line(text, BlockKind.TABLE_ROW)
        return
    yield Line(question, level=level)
    yield Line(answer)
    rest = [EMPTY_CELL if at in {asked, answered} else cell for at, cell in enumerate(row)]
    if text := row_text(names, rest):
        yield Line(text, BlockKind.TABLE_ROW)


def _column(names: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    return next((at for at, name in enumerate(names) if pattern.fullmatch(name.strip("：: "))), None)


def _goes_on(before: _Block, table: Table, block: _Block) -> bool:
    """An empty row inside a table: what is below it has no names of its own and begins in the same column."""
    if table.names or table.titles or table.is_about_one_thing or len(block.columns) < 2:
        return False
    return block.columns[0] == before.columns[0] and set(block.columns) <= set(before.columns)


def _blocks(rows: Sequence[Row]) -> Iterator[_Block]:
    """The parts of a sheet that empty rows and columns divide, each without empty columns."""
    titles: list[Row] = []
    for part in _runs(rows):
        together = [*titles, *part]
        # A title often stands apart from its table.
        if all(_is_title(row) for row in together):
            titles = together
            continue
        above = next(at for at, row in enumerate(together) if not _is_title(row))
        first, *others = _side_by_side(together[above:])
        yield _Block(first.columns, [*_fitted(together[:above], len(first.columns)), *first.grid])
        yield from others
        titles = []
    yield from (_Block((0,), [[_only(row)]]) for row in titles)


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in rows:
        if any(cell.text for cell in row):
            run.append(row)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_title(row: Row) -> bool:
    return sum(bool(cell.text) for cell in row) == 1


def _only(row: Row) -> Cell:
    return next(cell for cell in row if cell.text)


def _fitted(titles: Sequence[Row], width: int) -> Iterator[Row]:
    """Titles as wide as the table below them."""
    return ([_only(row), *[EMPTY_CELL] * (width - 1)] for row in titles)


def _side_by_side(rows: Sequence[Row]) -> list[_Block]:
    """Tables of two and more columns with an empty column between them, or the one that there is."""
    width = max(map(len, rows))
    grid = [[*row, *[EMPTY_CELL] * (width - len(row))] for row in rows]
    filled = [any(row[at].text or row[at].covered_by for row in grid) for at in range(width)]
    spans = [match.span() for match in re.finditer("1+", "".join("01"[each] for each in filled))]
    if len(spans) < 2 or any(end - start < 2 for start, end in spans):
        spans = [(0, width)]
    return [_block(grid, [at for at in range(start, end) if filled[at]]) for start, end in spans]


def _block(grid: Sequence[Row], columns: Sequence[int]) -> _Block:
    """These columns of a grid, without rows that are empty there."""
    cut = ([row[at] for at in columns] for row in grid)
    return _Block(tuple(columns), [row for row in cut if any(cell.text for cell in row)])
