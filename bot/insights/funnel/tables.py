"""Pasted tables and files of rows to statements: one row a period, or one row a figure with a column a period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.insights.funnel.figures import Figure, Stage, Statement, Step, Term
from bot.insights.funnel.numbers import number_at
from bot.insights.funnel.reading import Ask, Reading, read_text
from bot.insights.funnel.words import Doubt, word_at
from corpus.characters import fold, normalise
from corpus.errors import UnreadableFile
from corpus.parsing.delimited import parse_delimited

_MOST_PERIODS = 60
_RULE = re.compile(r"^[\s|:+—-]+$")
_CELL_END = re.compile(r"[;；]")
_NAME_END = re.compile(r"[:：]")
_SHARE_NAME = re.compile(r"占|率|比|环比|同比")
_WEEKS = re.compile(r"周|星期|week", re.I)
_MONTHS = re.compile(r"月|month", re.I)
_DATE = re.compile(r"\d{1,4}[-/.年月]\d{1,2}")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with the name of its column, which may be empty."""

    name: str
    text: str


def read(text: str) -> Reading:
    """What somebody wrote or pasted, a table or not."""
    rows = _pasted_rows(text)
    found = read_rows(rows) if rows else None
    return found if found is not None and not found.empty else read_text(text)


def read_rows(rows: Sequence[str]) -> Reading:
    """Rows as `corpus.parsing` gives tables (`列名：值；列名：值`), of a file or pasted; lines without columns too."""
    cells = [_cells(row) for row in rows]
    records = [row for row in cells if sum(_figure(cell.name) is not None for cell in row) > 1]
    if records:
        return _records(records)
    listed = [row for row in cells if row and len(row) > 1 and _listed_figure(row) is not None]
    return _columns(listed) if listed else read_text("\n".join(rows))


def _pasted_rows(text: str) -> tuple[str, ...]:
    """The rows of a pasted table as texts, none where the text is no table."""
    lines = [line.strip().strip("|").strip() for line in normalise(text).replace("｜", "|").split("\n")]
    # Tabs are white space to `normalise`, so they are looked for in the text itself.
    if text.count("\t"):
        lines = [line.strip("\r") for line in text.split("\n")]
    lines = [line for line in lines if line.strip() and not _RULE.match(line)]
    if len(lines) < 2:
        return ()
    for delimiter in ("\t", "|", ","):
        if all(delimiter in fold(line) for line in lines) and _is_grid(lines, delimiter):
            rows = [re.split(r"[,，]" if delimiter == "," else re.escape(delimiter), line) for line in lines]
            return _row_texts("\n".join("\t".join(cell.strip() for cell in row) for row in rows))
    words = [line.split() for line in lines]
    aligned = len(words[0]) > 1 and all(len(line) == len(words[0]) for line in words)
    if aligned and all(_figure(word) for word in words[0]) and all(_is_number(w) for line in words[1:] for w in line):
        return _row_texts("\n".join("\t".join(line) for line in words))
    return ()


def _is_grid(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the lines are cut into as many cells each; with commas the first must name columns as well."""
    counts = Counter(fold(line).count(delimiter) for line in lines)
    return len(counts) == 1 and (delimiter != "," or not any(map(str.isdigit, lines[0])))


def _row_texts(grid: str) -> tuple[str, ...]:
    try:
        return tuple(line.text for line in parse_delimited(grid.encode()).lines)
    except UnreadableFile:
        return ()


def _cells(row: str) -> list[_Cell]:
    found = []
    for piece in filter(None, map(str.strip, _CELL_END.split(row))):
        parts = _NAME_END.split(piece, maxsplit=1)
        found.append(_Cell(parts[0].strip() if len(parts) > 1 else "", parts[-1].strip()))
    return found


def _figure(name: str) -> Figure | None:
    """The figure that a text names, the whole of it, but for a unit in brackets."""
    said = re.sub(r"[(（].*?[)）]", "", fold(name)).strip().replace(" ", "")
    word = word_at(said, 0) if said else None
    if word is None or word.end != len(said):
        return None
    if word.meaning is Doubt.REPLIED:
        return Stage.REPLY
    return None if isinstance(word.meaning, Doubt) else word.meaning


def _listed_figure(row: Sequence[_Cell]) -> Figure | None:
    """The figure that a row is about: the first cell says it, or names it before its value."""
    return _figure(row[0].text)


def _is_number(text: str) -> bool:
    folded = fold(text).strip()
    number = number_at(folded, 0)
    return number is not None and number.end == len(folded)


def _records(rows: Sequence[Sequence[_Cell]]) -> Reading:
    """One row a period."""
    periods: list[Statement] = []
    asks: list[Ask] = []
    for row in rows[:_MOST_PERIODS]:
        values, unclear = _values([(figure, cell) for cell in row if (figure := _figure(cell.name)) is not None])
        others = [cell for cell in row if _figure(cell.name) is None]
        label = next((cell.text for cell in others if cell.text and not _is_number(cell.text)), "")
        label = label or next((cell.text for cell in others), "")
        days = _days(" ".join([cell.name for cell in others] + [label]))
        periods.append(Statement(values | ({Term.DAYS: days} if days and values else {}), label[:20]))
        asks += unclear
    return Reading(tuple(period for period in periods if period.values), tuple(dict.fromkeys(asks)))


def _columns(rows: Sequence[Sequence[_Cell]]) -> Reading:
    """One row a figure; its other cells are numbers of one period each, or shares and remarks beside the number."""
    names = list(dict.fromkeys(cell.name for row in rows for cell in row[1:] if _is_period_column(cell)))
    periods: list[Statement] = []
    asks: list[Ask] = []
    for name in names or [""]:
        pairs = []
        for row in rows:
            figure = _listed_figure(row)
            cells = [cell for cell in row[1:] if cell.name == name] if names else row[1:]
            if figure is not None and cells:
                pairs.append((figure, cells[0]))
        values, unclear = _values(pairs)
        label = name if len(names) > 1 else ""
        days = _days(label)
        periods.append(Statement(values | ({Term.DAYS: days} if days and values else {}), label[:20]))
        asks += unclear
    return Reading(tuple(period for period in periods if period.values), tuple(dict.fromkeys(asks)))


def _is_period_column(cell: _Cell) -> bool:
    return not _SHARE_NAME.search(cell.name) and number_at(fold(cell.text).lstrip("约"), 0) is not None


def _values(pairs: Sequence[tuple[Figure, _Cell]]) -> tuple[dict[Figure, Fraction], list[Ask]]:
    """Every pair read as if it were written in a text, so that the same doubts are asked about."""
    values: dict[Figure, Fraction] = {}
    asks: list[Ask] = []
    for figure, cell in pairs:
        if not re.search(r"[\d一二两三四五六七八九十百千万]", cell.text):
            continue
        unit = "%" if _is_bare(cell.text) and isinstance(figure, Step) and "%" in cell.name else ""
        said = read_text(f"{_WRITTEN.get(figure, str(figure))} {cell.text}{unit}")
        asks += said.asks
        for period in said.periods:
            if values.keys() & period.values.keys():
                asks.append(Ask(Doubt.TWICE, str(figure)))
            values |= period.values
    return values, asks


_WRITTEN: dict[Figure, str] = {Stage.REPLY: "加微后开口"}


def _is_bare(text: str) -> bool:
    return re.fullmatch(r"[\d.,]+", text.strip()) is not None


def _days(label: str) -> Fraction | None:
    """How many days a period has, by the name of its column or row."""
    if _WEEKS.search(label):
        return Fraction(7)
    return Fraction(30) if _MONTHS.search(label) and not _DATE.fullmatch(label) else None
