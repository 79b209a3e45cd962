"""Tables as rows that can be quoted alone: `列名：值；列名：值`. The same rules for web pages, Word and sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LONGEST_NAME = 20
_LONGEST_PAIRS = 160  # as of a sentence of a passage
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE = re.compile(r"[。；！？!?;]")
_FIGURE = re.compile(
    r"[^\w]*\d[\d,.\s:：/~～\-—至到年月日时点分]*\W*(?:[a-z%％]{0,3}|[\u4e00-\u9fff]{0,2})(?:/\w{1,3})?", re.I
)
_PERIOD = re.compile(r"(?:(?:19|20)\d\d年?)?(?:\d{1,2}月份?|第?[一二三四1-4]季度|[QH][1-4])|(?:19|20)\d\d年")
# What the columns of any table may be called.
_GENERIC = re.compile(
    r"项目|事项|名目|名称|品名|品项|品类|类别|类型|分类|内容|说明|描述|价格|价钱|单价|报价|金额|费用|收费|数值|值|数量|参数|指标|字段|"
    r"属性|备注|规则|要求|标准|情况|结果|问题|答案|回答|答复|回复|序号|编号|档位|等级|时间|日期|key|value|name|price|item|question|answer",
    re.I,
)
# What one thing is asked about: the first column of a table that lists what is to be known of it.
_ATTRIBUTE = re.compile(
    r".{0,8}(?:名|名称|姓名|昵称|品牌|地址|位置|地点|电话|手机|微信|邮箱|网址|面积|价|价格|费|费用|租金|押金|定金|金额|预算|成本|"
    r"人数|数|数量|总数|量|率|比例|折扣|时间|时长|时段|日期|周期|期限|有效期|类型|类别|状态|规格|型号|尺寸|颜色|材质|材料|重量|产地|"
    r"成立|创立|总部|资本|员工|负责人|联系人|法人|备注|说明|要求|条件|方式|范围|对象|编号|账号|工号|楼层|层数|年龄|性别|职位|部门|城市|业态|主营|经营范围)"
)

_SIMPLIFIED = str.maketrans(
    "費價額數電話編號時間類別規備註稱問題說條聯負責員標準單產狀態積總資",
    "费价额数电话编号时间类别规备注称问题说条联负责员标准单产状态积总资",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid.

    `heading` and `bold` tell that it is marked as a name of columns or rows. `covered_by` is the text of a cell on its
    left that lies across it; its own is empty then.
    """

    text: str
    heading: bool = False
    bold: bool = False
    covered_by: str = ""


EMPTY_CELL = Cell("")

Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A grid understood: lines above it, the names of its columns where it has any, and the rows below.

    `listed` tells that there are no columns to speak of: names stand beside their values, pair by pair.
    """

    titles: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    listed: bool = False

    def row_texts(self) -> tuple[str, ...]:
        """One text per row that says anything; a short list of pairs is one text, as all of it is about one thing."""
        texts = tuple(text for row in self.rows if (text := self._row_text(row)))
        whole = "；".join(texts)
        if self.is_about_one_thing and len(whole) <= _LONGEST_PAIRS:
            return (whole,) if whole else ()
        return texts

    def _row_text(self, row: Row) -> str:
        if self.listed:
            return "；".join(_pair(name.text, value.text) for name, value in _pairs(row) if name.text or value.text)
        return row_text(self.names, row)

    @property
    def is_about_one_thing(self) -> bool:
        """Pairs whose names are such as one thing has."""
        return self.listed and _share(map(_is_attribute, _first_texts(self.rows))) >= 0.5


def table_of(grid: Sequence[Row], *, expects_names: bool = False) -> Table:
    """Tells title, names and rows of a grid of equal width apart.

    `expects_names` says that the first row of such grids names the columns unless it cannot be that, as in sheets;
    elsewhere it must differ from what is below it.
    """
    above = _count_titles(grid)
    titles, body = tuple(text for row in grid[:above] if (text := row_text((), row))), grid[above:]
    marked = _count_marked(body)
    pairs = [pair for row in body for pair in _pairs(row) if pair[0].text] if _may_be_list(body) else []
    if not marked and _lists_attributes(pairs) and not all(map(_is_attribute, _texts_of(body[0]))):
        return Table(titles, (), tuple(body), listed=True)
    heads = marked or _count_unmarked(body, expects_names)
    if heads in {0, len(body)}:
        return Table(titles, (), tuple(body), listed=not heads and len(pairs) == len(body))
    names = tuple(" ".join(dict.fromkeys(filter(None, texts))) for texts in _names(body[:heads]))
    return Table(titles, names, tuple(body[heads:]))


def row_text(names: Sequence[str], row: Row) -> str:
    """One row with the names of its columns, which may be none; a cell across the whole row belongs to no column."""
    if all(cell.text or cell.covered_by for cell in row) and sum(bool(cell.text) for cell in row) == 1 < len(row):
        return "".join(cell.text for cell in row)
    if not any(names) and row and row[0].heading and row[0].text and not all(cell.heading for cell in row):
        return f"{_name(row[0].text)}：{'；'.join(cell.text for cell in row[1:] if cell.text)}"
    named = zip(names or [""] * len(row), row, strict=True)
    return "；".join(_pair(name, cell.text) for name, cell in named if cell.text)


def _pair(name: str, text: str) -> str:
    return f"{_name(name)}：{text}" if name and text else name or text


def _name(text: str) -> str:
    return text.rstrip("：: ")


def _names(heads: Sequence[Row]) -> Iterator[list[str]]:
    return ([cell.text or cell.covered_by for cell in column] for column in zip(*heads, strict=True))


def _count_titles(grid: Sequence[Row]) -> int:
    """How many rows at the top hold one text across all columns, the title of the table."""
    count = 0
    while count + 1 < len(grid) and sum(bool(cell.text) for cell in grid[count]) == 1 and not grid[count][0].heading:
        count += 1
    return count if count and sum(bool(cell.text) for cell in grid[count]) > 1 and grid[0][0].text else 0


def _count_marked(grid: Sequence[Row]) -> int:
    """How many rows at the top are marked as names of columns: all of it headings, or one row in bold."""
    count = 0
    while count < len(grid) and all(cell.heading or not cell.text for cell in grid[count]):
        count += 1
    if count or len(grid) < 2:
        return count
    return int(all(cell.bold or not cell.text for cell in grid[0]) and not all(cell.bold for cell in grid[1]))


def _count_unmarked(grid: Sequence[Row], expects_names: bool) -> int:
    """How many rows at the top name the columns though nothing marks them."""
    if len(grid) < 2:
        return 0
    grouped = len(grid) > 2 and any(cell.covered_by for cell in grid[0])
    heads = 2 if grouped and are_names(grid[1], lenient=expects_names, repeated=True) else 1
    name = _heads_sheet if expects_names else _names_figures
    return heads if name(grid[0], grid[heads:]) else 0


def _heads_sheet(first: Row, rows: Sequence[Row]) -> bool:
    """A first row that can name columns does, unless the second of two columns holds a bit of everything."""
    if not are_names(first, lenient=True):
        return False
    if len(first) > 2 or _is_attribute(first[1].text) or _is_generic(first[1].text):
        return True
    below = [row[1].text for row in rows if row[1].text]
    return len({_DIGITS.sub("0", text) for text in below if _DIGIT.search(text)} | {""}) < 3


def are_names(row: Row, *, lenient: bool = False, repeated: bool = False) -> bool:
    """Words of a few characters, no two alike unless `repeated`; `lenient`, also with digits and with gaps."""
    filled = [cell.text for cell in row if cell.text]
    gaps = sum(not cell.text and not cell.covered_by for cell in row)
    if len(filled) < 2 or gaps > (len(row) // 2 if lenient else 1) or (len(set(filled)) < len(filled) and not repeated):
        return False
    if lenient:
        return not any(_is_figure(text) or len(text) > 2 * _LONGEST_NAME or "。" in text for text in filled)
    return not any(len(text) > _LONGEST_NAME or _DIGIT.search(text) or _SENTENCE.search(text) for text in filled)


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text)) and not _PERIOD.fullmatch(text)


def _names_figures(first: Row, rows: Sequence[Row]) -> bool:
    """A first row of words without digits stands above a column of figures.

    Two columns may as well be names and values, the first row one of them, so there the figures must be alike, unless
    the row says what columns are called.
    """
    if not are_names(first):
        return False
    columns = [[row[at].text for row in rows if row[at].text] for at in range(1, len(first))]
    if len(first) > 2:
        return any(map(has_digits, columns))
    if all(_is_generic(cell.text) for cell in first):
        return True
    return len(columns[0]) > 1 and are_like_figures(columns[0])


def has_digits(column: Sequence[str]) -> bool:
    """Most cells of the column have digits."""
    return sum(bool(_DIGIT.search(text)) for text in column) > 0.7 * len(column)


def are_like_figures(column: Sequence[str]) -> bool:
    """The cells of a column are the same but for their digits: `199 元`, `599 元`."""
    return len({_DIGITS.sub("0", text) for text in column}) == 1 and has_digits(column)


def _may_be_list(grid: Sequence[Row]) -> bool:
    """Every second column holds short names, no two alike, of what stands beside them: `店名｜青禾`, `面积｜30`."""
    if not grid or len(grid[0]) not in {2, 4, 6} or all(_is_generic(cell.text) for cell in grid[0]):
        return False
    if any(cell.heading for row in grid for cell in row):
        return False
    names = [name.text for row in grid for name, _ in _pairs(row) if name.text]
    return len(set(names)) == len(names) and all(map(_may_name, names))


def _lists_attributes(pairs: Sequence[tuple[Cell, Cell]]) -> bool:
    """Bold names beside plain values, or names such as one thing has."""
    marked = len(pairs) > 1 and all(name.bold for name, _ in pairs) and not any(value.bold for _, value in pairs)
    # The first row alone may as well name two columns.
    return marked or _share(_is_attribute(name.text) for name, _ in pairs[1:] or pairs) >= 0.5


def _pairs(row: Row) -> Iterator[tuple[Cell, Cell]]:
    return zip(row[::2], row[1::2], strict=True)


def _may_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and not _SENTENCE.search(text) and not _is_figure(text)


def _is_attribute(text: str) -> bool:
    return bool(_ATTRIBUTE.fullmatch(_plain(text)))


def _is_generic(text: str) -> bool:
    return bool(_GENERIC.fullmatch(_plain(text)))


def _plain(text: str) -> str:
    return _name(text).translate(_SIMPLIFIED)


def _texts_of(row: Row) -> list[str]:
    return [cell.text for cell in row if cell.text]


def _first_texts(rows: Sequence[Row]) -> Iterator[str]:
    return (row[0].text for row in rows if row[0].text)


def _share(values: Iterator[bool]) -> float:
    told = list(values)
    return sum(told) / len(told) if told else 0.0
