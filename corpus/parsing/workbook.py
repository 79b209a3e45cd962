"""Workbooks to lines: every visible sheet with what its cells show."""

from __future__ import annotations

import datetime
import io
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from corpus.errors import UnreadableFile
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.metadata import Metadata
from corpus.parsing.number_formats import shown_moment, shown_number
from corpus.parsing.office_archive import ArchiveKind, check_archive
from corpus.parsing.office_package import OfficePackage, name
from corpus.parsing.scripts import lowered_text, raised_text
from corpus.parsing.sheet_layout import SheetLayout, TextRun, sheet_layout
from corpus.parsing.sheets import MOST_CELLS, WIDEST, Bounds, cell_text, sheet_lines
from corpus.parsing.tables import EMPTY_CELL, Cell
from corpus.parsing.workbook_markup import simplified_workbook

_OLE = b"\xd0\xcf\x11\xe0"
_ARCHIVE = ArchiveKind(
    "Excel 文件", ".xlsx", frozenset({"xl/workbook.xml", "[Content_Types].xml"}), b"<!DOCTYPE", "请拆成几个文件"
)
_DAMAGED = "Excel 文件内容已损坏，请用 Excel 或 WPS 打开后另存一份"
_NOTHING = "工作簿里没有看得见的文字"
_PROPERTIES, _TITLE = "docProps/core.xml", "{http://purl.org/dc/elements/1.1/}title"
_LAST_ROW = 1_048_576
_LARGEST_SHEET = 32 * 1024 * 1024
_DEFAULT_NAME = re.compile(r"(?:Sheet|工作表|表|表格)\s*\d*", re.I)
_ESCAPE = re.compile(r"_x([0-9A-F]{4})_", re.I)
_SCRIPTS: dict[str, Callable[[str, str, str], str]] = {"superscript": raised_text, "subscript": lowered_text}
# What the ids of built-in formats mean where the system is Chinese (ECMA-376 part 1, 18.8.30).
_CHINESE_DATES = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 33), "h:mm"),
    **dict.fromkeys((34, 35, 55, 56), "h:mm"),
}


def parse_workbook(data: bytes) -> ParsedPage:
    """The lines of a workbook; raises `UnreadableFile` when it is none, is encrypted or shows nothing.

    Hidden sheets, rows and columns are left out, as is struck text; a warning tells of what is hidden, of formulas
    without a result, and of what lies beyond the first 100 000 filled cells.
    """
    if data.startswith(_OLE):
        raise UnreadableFile("这是旧版 .xls 或加了密码的工作簿，请另存为不带密码的 .xlsx")
    check_archive(data, _ARCHIVE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that are of no use here
            reader = _Reader(data)
            lines = tuple(reader.lines())
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableFile(_DAMAGED) from error
    if not lines:
        raise UnreadableFile("；".join((_NOTHING, *reader.warnings())))
    return ParsedPage(lines, Metadata(title=reader.title), reader.warnings(), names_itself=False)


class _Reader:
    """Goes through a workbook once and counts what it leaves out."""

    def __init__(self, data: bytes) -> None:
        from openpyxl import load_workbook  # noqa: PLC0415  heavy, and few corpora need it

        self._package = OfficePackage(data)
        self._parts = dict(self._named_parts())
        simple = io.BytesIO(simplified_workbook(self._package, set(self._parts.values())))
        self._book: Any = load_workbook(simple, read_only=True, data_only=True, keep_links=False, rich_text=True)
        self._bounds = Bounds(MOST_CELLS)
        self._hidden = {"张工作表": 0, "行": 0, "列": 0}
        self._uncalculated: list[str] = []
        self._errors: list[str] = []
        properties = self._package.read(_PROPERTIES)
        self.title = cell_text("" if properties is None else properties.findtext(_TITLE) or "") or None

    def lines(self) -> Iterator[Line]:
        """Of all sheets, each below its name where there are several or the name says something."""
        visible = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        self._hidden["张工作表"] = len(self._book.worksheets) - len(visible)
        for sheet in visible:
            lines = list(sheet_lines(self._rows(sheet), 2))
            if lines and not _DEFAULT_NAME.fullmatch(sheet.title):
                yield Line(cell_text(sheet.title), level=1)
            yield from lines

    def warnings(self) -> tuple[str, ...]:
        """In words for an operator."""
        hidden = "、".join(f"{count} {kind}" for kind, count in self._hidden.items() if count)
        found = (
            f"隐藏的内容没有收录（{hidden}），需要的话请取消隐藏" if hidden else "",
            _told("个公式没有算好的结果", self._uncalculated, "，请用 Excel 或 WPS 打开、保存后再放进来"),
            _told("个格子是错误值", self._errors, ""),
        )
        return (*self._bounds.warnings(), *filter(None, found))

    def _named_parts(self) -> Iterator[tuple[str, str]]:
        """The names of sheets, and where in the package they lie."""
        root = self._package.read(self._package.document)
        for sheet in () if root is None else root.iter("{*}sheet"):
            if part := self._package.target(sheet.get(name("r:id")) or ""):
                yield sheet.get("name") or "", part

    def _layout(self, sheet: Any) -> SheetLayout:
        xml = self._package.bytes_of(self._parts.get(sheet.title, ""), _LARGEST_SHEET)
        return SheetLayout() if xml is None else sheet_layout(xml)

    def _rows(self, sheet: Any) -> Sequence[Sequence[Cell]]:
        """What people see of a sheet, merged cells standing in each row and first column."""
        layout = self._layout(sheet)
        sheet.reset_dimensions()
        cells = sheet.iter_rows(min_row=1, max_row=_LAST_ROW, min_col=1, max_col=min(layout.width or WIDEST, WIDEST))
        rows = list(self._bounds.within((self._cells(row, sheet.title, layout) for row in cells), layout.width))
        while rows and not rows[-1]:
            rows.pop()
        self._uncalculated += (f"{sheet.title}!{cell}" for cell in layout.uncalculated)
        return list(self._seen(rows, layout))

    def _seen(self, rows: Sequence[Sequence[Cell]], layout: SheetLayout) -> Iterator[Sequence[Cell]]:
        width = max(map(len, rows), default=0)
        covered = layout.covered(len(rows), width)
        shown = [at for at in range(width) if at + 1 not in layout.hidden_columns]
        filled = {at for row in rows for at, cell in enumerate(row) if cell.text}
        self._hidden["列"] += len(filled.difference(shown))
        for number, row in enumerate(rows, 1):
            if number in layout.hidden_rows:
                self._hidden["行"] += bool(row)
            elif not any(cell.text for cell in row):
                yield ()
            else:
                yield [_at(rows, covered, number, column + 1, layout.hidden_columns) for column in shown]

    def _cells(self, row: Sequence[Any], sheet: str, layout: SheetLayout) -> Sequence[Cell]:
        # All empty cells are one object, and a sheet may have a million rows of nothing else before its last one.
        if row and row[0].value is None and all(map(operator.is_, row, repeat(row[0]))):
            return ()
        made = [self._cell(cell, sheet, layout) for cell in row]
        while made and not made[-1].text:
            made.pop()
        return made

    def _cell(self, cell: Any, sheet: str, layout: SheetLayout) -> Cell:
        value = cell.value
        if value is None or value == "":
            return EMPTY_CELL
        if cell.data_type == "e":
            self._errors.append(f"{sheet}!{cell.coordinate}")
            return EMPTY_CELL
        if cell.font is not None and cell.font.strike:
            return EMPTY_CELL
        rich = layout.rich.get(cell.coordinate) if layout.rich else None
        text = cell_text(self._shown(cell, value) if rich is None else _rich(rich))
        return Cell(text, bold=bool(cell.font is not None and cell.font.b)) if text else EMPTY_CELL

    def _shown(self, cell: Any, value: object) -> str:
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            return shown_moment(value, cell.number_format)
        if isinstance(value, int | float):
            return self._number(cell, value)
        return _rich(map(_run, value)) if isinstance(value, list) else _ESCAPE.sub(_unescaped, str(value))

    def _number(self, cell: Any, value: float) -> str:
        code = _CHINESE_DATES.get(cell.style_array.numFmtId)
        if code is None:
            return shown_number(value, cell.number_format)
        from openpyxl.utils.datetime import from_excel  # noqa: PLC0415  see above

        try:
            return shown_moment(from_excel(value, self._book.epoch), code)
        except (ValueError, OverflowError):
            return shown_number(value, "General")


def _at(
    rows: Sequence[Sequence[Cell]],
    covered: Mapping[tuple[int, int], tuple[int, int]],
    row: int,
    column: int,
    hidden: frozenset[int],
) -> Cell:
    """A cell as it looks: what it holds, or what lies over it; that stands in the first column to be seen."""
    top, left = covered.get((row, column), (row, column))
    held = rows[top - 1][left - 1] if left <= len(rows[top - 1]) else EMPTY_CELL
    return held if hidden.issuperset(range(left, column)) else Cell("", covered_by=held.text)


def _run(part: Any) -> TextRun:
    """A piece of a shared text as openpyxl gives it: bare, or with its look."""
    if isinstance(part, str):
        return TextRun(part)
    return TextRun(part.text, bool(part.font.strike), part.font.vertAlign or "")


def _rich(runs: Iterable[TextRun]) -> str:
    """Text in several looks, without what is struck and with raised text as it is meant."""
    text = ""
    for run in runs:
        if run.is_struck:
            continue
        said = _ESCAPE.sub(_unescaped, run.text)
        spelled = _SCRIPTS.get(run.script) if said.strip() else None
        text += said if spelled is None else spelled(said, text, "")
    return text


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _told(what: str, places: Sequence[str], remedy: str) -> str:
    more = "等" if len(places) > 3 else ""
    return f"{len(places)} {what}（{'、'.join(places[:3])}{more}）{remedy}" if places else ""
