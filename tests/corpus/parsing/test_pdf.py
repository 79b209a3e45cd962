"""PDF files to lines."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.model import BlockKind
from corpus.parsing import pdfium
from corpus.parsing.pdf import parse_pdf
from corpus.parsing.pdfium import BOX_FONT
from tests.corpus.samples import chinese_pdf, pdf
from tests.support.box_font import box_font

INTRO = (70.0, 760.0, "门店权限表：下面列出店员和店长各自能做什么。")
RIGHTS = (
    ("项目", "店员", "店长"),
    ("改价", "否", "是"),
    ("退款", "否", "是"),
    ("送券", "是", "是"),
    ("折扣", "无", "九折"),
)


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets pdfium up anew with these folders of fonts and no other, and as it was at the end."""

    def only(*folders: Path) -> None:
        monkeypatch.setattr(pdfium, "_FOLDERS", tuple(map(str, folders)))
        pdfium.pdfium.cache_clear()

    yield only
    monkeypatch.undo()
    pdfium.pdfium.cache_clear()


def texts(data: bytes) -> list[str]:
    return [line.text for line in parse_pdf(data).lines]


def rights_table() -> list[tuple[float, float, str]]:
    return [
        (100.0 + 90 * column, 730.0 - 20 * row, cell)
        for row, cells in enumerate(RIGHTS)
        for column, cell in enumerate(cells)
    ]


@pytest.mark.parametrize("name", ["STSong-Light", "SimSun", "MicrosoftYaHei", "MSung-Light", "KozMinPro-Regular"])
def test_single_characters_of_a_font_that_nobody_has_are_read(fonts: Callable[..., None], name: str) -> None:
    fonts(BOX_FONT.parent)
    data = chinese_pdf([INTRO, *rights_table()], font=name)
    assert texts(data) == [INTRO[2], *named(RIGHTS)]
    assert parse_pdf(data).warnings == ()


def test_single_figures_of_such_a_font_are_read(fonts: Callable[..., None]) -> None:
    fonts(BOX_FONT.parent)
    rows = (("周次", "加微", "退款"), ("1", "120", "3"), ("2", "15", "1"), ("3", "8", "A"))
    assert texts(chinese_pdf([INTRO, *placed(rows)])) == [INTRO[2], *named(rows)]


def test_rows_carry_the_names_of_their_columns_and_empty_cells_none() -> None:
    rows = (
        ("门店", "月租", "人数", "备注"),
        ("滨江", "2.1万", "4", "临街"),
        ("湖滨", "", "6", ""),
        ("城西", "3万", "", "新"),
    )
    lines = parse_pdf(chinese_pdf([INTRO, *placed(rows)])).lines
    assert [line.text for line in lines[1:]] == named(rows)
    assert {line.kind for line in lines[1:]} == {BlockKind.TABLE_ROW}


@pytest.mark.parametrize(
    "rows",
    [
        (("小林", "上海", "店长"), ("小王", "杭州", "店员"), ("老周", "杭州", "店员"), ("阿梅", "苏州", "店员")),
        (("项目", "负责人"), ("脚本", "小林"), ("审核", "老周"), ("投放", "阿梅")),
        (("一档 1", "二档", "三档"), ("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")),
        (("门店", "月租"), ("滨江", "2 万"), ("湖滨", "3 万")),
        (
            ("门店", "月租", "人数"),
            ("滨江", "2 万", "4"),
            ("湖滨", "3 万", "6"),
            ("城西", "3 万", "5"),
            ("", "另加一成", ""),
        ),
    ],
)
def test_what_may_be_no_row_of_names_stays_as_it_is(rows: Sequence[Sequence[str]]) -> None:
    assert texts(chinese_pdf([INTRO, *placed(rows)]))[1:] == [" ".join(filter(None, row)) for row in rows]


def test_raised_figures_never_join_the_number_before() -> None:
    parts = (
        ("押金 600", 11, 0),
        ("1", 6, 5),
        (" 元，服务 10", 11, 0),
        ("6", 6, 5),
        (" 人，共 30 m", 11, 0),
        ("2", 6, 5),
    )
    assert texts(chinese_pdf(flow(700, *parts))) == ["押金 600[1] 元，服务 10^6 人，共 30 m²"]
    note = chinese_pdf([INTRO, *flow(120, ("1", 6, 4), (" 仅限首单，过期作废", 9, 0))])
    assert texts(note)[1] == "[1] 仅限首单，过期作废"


def flow(y: float, *parts: tuple[str, int, int]) -> list[tuple[float, float, str, int]]:
    """Pieces side by side, each with its size and how far it stands above the line."""
    x = 70.0
    pieces = []
    for text, size, up in parts:
        pieces.append((x, y + up, text, size))
        x += size * len(text)
    return pieces


def placed(rows: Sequence[Sequence[str]]) -> list[tuple[float, float, str]]:
    return [
        (100.0 + 110 * column, 730.0 - 20 * row, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]


def named(rows: Sequence[Sequence[str]]) -> list[str]:
    names, *body = rows
    return ["；".join(f"{name}：{cell}" for name, cell in zip(names, row, strict=True) if cell) for row in body]


def test_a_text_of_nothing_but_single_characters_is_no_scan(fonts: Callable[..., None]) -> None:
    fonts(BOX_FONT.parent)
    characters = [(70.0 + 11 * at, 760.0, character) for at, character in enumerate("定金一概不退，尾款七天内可退。")]
    assert texts(chinese_pdf(characters)) == ["定金一概不退，尾款七天内可退。"]


def test_a_font_that_is_missing_is_named(fonts: Callable[..., None], tmp_path: Path) -> None:
    """As it would be without the font that stands in."""
    fonts(tmp_path)
    (note,) = parse_pdf(chinese_pdf([INTRO, *rights_table()], font="SimSun")).warnings
    assert "SimSun" in note
    assert "丢字" in note
    assert parse_pdf(pdf(["A text in a font that every reader has"])).warnings == ()


def test_the_font_that_stands_in_is_made_by_its_script() -> None:
    assert BOX_FONT.read_bytes() == box_font()


def test_numbers_on_either_side_of_an_empty_cell_stay_apart() -> None:
    table = [
        (70.0, 700.0, "小红书"),
        (160.0, 700.0, "120"),
        (360.0, 700.0, "3"),
        (70.0, 680.0, "抖音"),
        (160.0, 680.0, "15"),
        (360.0, 680.0, "1"),
    ]
    assert texts(chinese_pdf(table)) == ["小红书 120 3", "抖音 15 1"]


def test_what_lies_beside_the_page_is_not_read() -> None:
    assert texts(chinese_pdf([INTRO, (70.0, -300.0, "内部价两折"), (2000.0, 700.0, "内部价三折")])) == [INTRO[2]]


SCAN = (100.0, 300.0, "")
SAYS = [(70.0, 700.0, "合同一式两份，双方各执一份。")]


@pytest.mark.parametrize(
    ("pages", "note"),
    [
        ([SAYS, [SCAN], [SCAN], [SCAN]], "4 页里有 3 页没有文字（第 2-4 页"),
        ([SAYS, [SCAN], SAYS, SAYS, [SCAN]], "5 页里有 2 页没有文字（第 2、5 页"),
        ([SAYS, [], [], []], "4 页里有 3 页没有文字（第 2-4 页"),
    ],
)
def test_pages_without_text_are_counted_and_named(pages: list[list[tuple[float, float, str]]], note: str) -> None:
    (said,) = parse_pdf(chinese_pdf(*pages)).warnings
    assert note in said


def test_a_blank_page_is_no_scan() -> None:
    assert parse_pdf(chinese_pdf(SAYS, SAYS, [])).warnings == ()


GARBLED = [
    (70.0, 700.0 - 20 * row, "".join(chr(0x4E00 + (7919 * (at + 30 * row)) % 20000) for at in range(30)))
    for row in range(5)
]


def test_a_page_of_garbage_is_left_out_and_named() -> None:
    page = parse_pdf(chinese_pdf(SAYS, GARBLED, [INTRO]))
    assert [line.text for line in page.lines] == [SAYS[0][2], INTRO[2]]
    (note,) = page.warnings
    assert "3 页里有 1 页的文字层是乱码" in note
    assert "第 2 页" in note


def test_a_file_of_garbage_is_refused_with_the_reason() -> None:
    with pytest.raises(UnreadableFile, match="乱码"):
        parse_pdf(chinese_pdf(GARBLED, GARBLED))


def test_pdf_lines_without_running_heads_and_page_numbers() -> None:
    wide = "customers who join the member group on the first visit come back more often"
    shops = ("North", "South", "East", "West")
    pages = [
        [
            "Member day handbook",
            f"{shop} shop.",
            f"In the {shop}, {wide}",
            "than others do.",
            f"So says {shop}.",
            f"- {n} -",
        ]
        for n, shop in enumerate(shops, 1)
    ]
    texts = [line.text for line in parse_pdf(pdf(*pages)).lines]
    assert texts[:3] == ["North shop.", f"In the North, {wide} than others do.", "So says North."]
    assert len(texts) == 12


def test_a_paragraph_goes_on_across_pages() -> None:
    first = "This paragraph is so long that the page ends before it does and the next one"
    assert [line.text for line in parse_pdf(pdf([first], ["goes on with the rest of it."])).lines] == [
        f"{first} goes on with the rest of it."
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是有效的 PDF"),
        (b"%PDF-1.4 cut off", "不是有效的 PDF"),
        (pdf(["A page that is named and not there"]).replace(b"/Kids [5 0 R]", b"/Kids [9 0 R]"), "不是有效的 PDF"),
        (pdf([]), "扫描件"),
        (pdf(["Secret text of a handbook"], encrypted=True), "密码"),
    ],
)
def test_pdf_files_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_pdf(data)


def test_a_small_pdf_that_unpacks_to_very_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One packed page, shown a hundred times; with a limit that is reached sooner than the real one."""
    monkeypatch.setattr("corpus.parsing.pdf._MOST_CHARACTERS", 50_000)
    plain = pdf([])
    shown = b"BT /F1 4 Tf 20 800 Td " + b"".join(b"(line %d of many) Tj 0 -10 Td " % n for n in range(70)) + b"ET"
    packed = zlib.compress(shown, 9)
    start, end = plain.index(b"<< /Length"), plain.index(b"\nendstream")
    head = b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    one = plain[:start] + head + packed + plain[end:]
    bomb = one.replace(b"/Kids [5 0 R] /Count 1", b"/Kids [" + b"5 0 R " * 100 + b"] /Count 100")
    assert len(bomb) < 3_000
    with pytest.raises(UnreadableFile, match="文字太多"):
        parse_pdf(bomb)
