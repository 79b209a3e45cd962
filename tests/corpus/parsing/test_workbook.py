"""Workbooks to lines, as people see them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from corpus.errors import UnreadableFile
from corpus.model import BlockKind
from corpus.parsing.articles import article_from
from corpus.parsing.lines import Line
from corpus.parsing.workbook import parse_workbook
from tests.corpus.samples import saved, workbook, zipped

PRICES: list[list[object]] = [["店名", "月费", "备注"], ["青禾店", 199, "含停车"], ["绿野店", 299, None]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def shown(made: Workbook) -> list[str]:
    return [line.text for line in parse_workbook(saved(made)).lines]


def warned(made: Workbook) -> tuple[str, ...]:
    return parse_workbook(saved(made)).warnings


def test_every_row_has_the_names_of_its_columns() -> None:
    page = parse_workbook(saved(workbook(("Sheet1", PRICES))))
    assert page.lines == (
        Line("店名：青禾店；月费：199；备注：含停车", BlockKind.TABLE_ROW),
        Line("店名：绿野店；月费：299", BlockKind.TABLE_ROW),
    )
    assert page.warnings == ()


def test_sheets_are_sections_below_the_name_of_the_file_or_the_book() -> None:
    notes: list[list[object]] = [["门店周一休息，节假日照常营业。"]]
    sheets = ("价目", PRICES), ("Sheet2", notes), ("空表", notes[:0])
    page = parse_workbook(saved(workbook(*sheets)))
    assert [line.text for line in page.lines if line.level] == ["价目"]
    assert article_from("a/青禾资料.xlsx", page, b"").title == "青禾资料"
    named = parse_workbook(saved(workbook(*sheets, title="青禾 2026 资料")))
    assert article_from("a/1.xlsx", named, b"").title == "青禾 2026 资料"


def test_the_title_of_a_table_is_a_heading() -> None:
    made = workbook(("价目", [["青禾店价目表"], ["单位：元，含税。"], *PRICES]))
    made["价目"].merge_cells("A1:C1")
    lines = parse_workbook(saved(made)).lines
    assert [(line.level, line.text) for line in lines[:3]] == [
        (1, "价目"),
        (2, "青禾店价目表"),
        (0, "单位：元，含税。"),
    ]
    assert lines[3].text == "店名：青禾店；月费：199；备注：含停车"


def test_questions_stand_above_their_answers() -> None:
    lines = parse_workbook(
        saved(workbook(("问答", [["问题", "答案"], ["能退吗？", "七天内可以退。\n要带小票。"]])))
    ).lines
    assert lines == (Line("问答", level=1), Line("能退吗？", level=3), Line("七天内可以退。 要带小票。"))


def test_numbers_and_dates_look_as_in_the_sheet() -> None:
    day = datetime.date(2026, 5, 1)
    made = workbook(
        (
            "Sheet1",
            [["店名", "折扣", "月费", "生效", "时段", "满"], ["青禾店", 0.15, 199, day, datetime.time(9, 30), True]],
        )
    )
    sheet = made["Sheet1"]
    for cell, code in {"B2": "0%", "C2": '"¥"#,##0.00', "D2": 'yyyy"年"m"月"d"日"', "E2": "h:mm"}.items():
        sheet[cell].number_format = code
    assert shown(made) == ["店名：青禾店；折扣：15%；月费：¥199.00；生效：2026年5月1日；时段：09:30；满：TRUE"]


def test_dates_in_the_formats_that_only_chinese_systems_have() -> None:
    made = workbook(("Sheet1", [["店名", "生效"], ["青禾店", 46143]]))
    made["Sheet1"]["B2"].number_format = "0.00000"
    plain = 'fontId="0" fillId="0" borderId="0"'
    styles = (
        f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/>'
        f'</borders><cellStyleXfs><xf numFmtId="0" {plain}/></cellStyleXfs><cellXfs><xf numFmtId="0" {plain}/>'
        f'<xf numFmtId="31" {plain}/></cellXfs></styleSheet>'
    )
    (line,) = parse_workbook(saved(made, {"xl/styles.xml": styles})).lines
    assert line.text == "店名：青禾店；生效：2026年5月1日"


def test_merged_cells_stand_in_each_row_and_name_each_column() -> None:
    made = workbook(
        (
            "Sheet1",
            [
                ["区域", "价格", None, "备注"],
                [None, "月付", "年付"],
                ["东区", 10, 100, "新店"],
                [None, 20, 200],
                ["以上含税。"],
            ],
        )
    )
    for area in ("A1:A2", "B1:C1", "D1:D2", "A3:A4", "A5:D5"):
        made["Sheet1"].merge_cells(area)
    assert shown(made) == [
        "区域：东区；价格 月付：10；价格 年付：100；备注：新店",
        "区域：东区；价格 月付：20；价格 年付：200",
        "以上含税。",
    ]


def test_what_is_hidden_is_left_out_and_said_to_be() -> None:
    made = workbook(
        ("Sheet1", [["店名", "内部价", "月费"], ["青禾店", 88, 199], ["内部店", 77, 1], ["绿野店", 66, 299]]),
        ("成本", [["店名", "成本"], ["青禾店", 55]]),
    )
    sheet = made["Sheet1"]
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    made["成本"].sheet_state = "veryHidden"
    assert shown(made) == ["店名：青禾店；月费：199", "店名：绿野店；月费：299"]
    assert warned(made) == ("隐藏的内容没有收录（1 张工作表、1 行、1 列），需要的话请取消隐藏",)


def test_a_merged_cell_is_seen_though_its_first_column_is_hidden() -> None:
    made = workbook(("Sheet1", [["区域", None, "月费"], ["东区", None, 199]]))
    for area in ("A1:B1", "A2:B2"):
        made["Sheet1"].merge_cells(area)
    made["Sheet1"].column_dimensions["A"].hidden = True
    assert shown(made) == ["区域：东区；月费：199"]


def test_struck_text_and_notes_are_left_out() -> None:
    made = workbook(("Sheet1", [["店名", "月费", "人数"], ["青禾店", 199, "x"], ["旧店", 299, 3]]))
    sheet = made["Sheet1"]
    sheet["C2"] = CellRichText("限", TextBlock(InlineFont(strike=True), "三"), "五人")
    sheet["B3"].font = Font(strike=True)
    sheet["A2"].comment = Comment("只给老板看", "小满")
    assert shown(made) == ["店名：青禾店；月费：199；人数：限五人", "店名：旧店；人数：3"]


def test_raised_and_struck_parts_of_shared_texts() -> None:
    made = workbook(("Sheet1", []))
    cells = [f'<c t="s"><v>{at}</v></c>' for at in range(4)]
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row>{"".join(cells[:2])}</row><row>{"".join(cells[2:])}</row>'
        "</sheetData></worksheet>"
    )
    parts = (
        "<r><t>30m</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r>"
        "<r><rPr><strike/></rPr><t>（旧）</t></r><r><t>_x000D_\n整层</t></r>"
    )
    table = "".join(f"<si><t>{text}</t></si>" for text in ("店名", "面积", "青禾店"))
    strings = f'<sst xmlns="{MAIN}">{table}<si>{parts}</si></sst>'
    (line,) = parse_workbook(saved(made, {"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": sheet})).lines
    assert line.text == "店名：青禾店；面积：30m² 整层"


def test_formulas_show_their_results_and_are_named_without_one() -> None:
    made = workbook(("Sheet1", [["店名", "月费", "年费"], ["青禾店", 199, "=B2*12"]]))
    assert shown(made) == ["店名：青禾店；月费：199"]
    assert warned(made) == ("1 个公式没有算好的结果（Sheet1!C2），请用 Excel 或 WPS 打开、保存后再放进来",)
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("店名", "年费", "优惠"))
    body = (
        '<c t="inlineStr"><is><t>青禾店</t></is></c><c><f>B2*12</f><v>2388</v></c><c t="str"><f>""</f><v></v></c>'
        '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row>{head}</row><row>{body}</row></sheetData></worksheet>'
    page = parse_workbook(saved(made, {"xl/worksheets/sheet1.xml": sheet}))
    assert [line.text for line in page.lines] == ["店名：青禾店；年费：2388"]
    assert page.warnings == ("1 个格子是错误值（Sheet1!D2）",)


def test_several_tables_on_a_sheet() -> None:
    rows: list[list[object]] = [
        ["青禾", None, None],
        ["店名", "月费", None, "城市", "运费"],
        ["青禾店", 199, None, "上海", 10],
        [],
        [None, "联系人", "小满"],
        [None, "电话", 5550],
    ]
    assert shown(workbook(("Sheet1", rows))) == [
        "青禾",
        "店名：青禾店；月费：199",
        "城市：上海；运费：10",
        "联系人：小满；电话：5550",
    ]


def test_a_sheet_that_declares_more_than_it_has() -> None:
    made = workbook(("Sheet1", PRICES))
    made["Sheet1"]["XFD1"] = "远处"
    sheet = parse_workbook(saved(made))
    assert [line.text for line in sheet.lines] == ["店名：青禾店；月费：199；备注：含停车", "店名：绿野店；月费：299"]
    assert sheet.warnings == ("表格太宽，只收录了前 200 列",)
    cells = '<c t="inlineStr"><is><t>青禾店的月费是 199 元。</t></is></c>'
    merged = '<mergeCell ref="A1:XFD1048576"/>'
    columns = '<cols><col min="2" max="99999999" hidden="1"/></cols>'
    xml = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/>{columns}'
        f'<sheetData><row r="1">{cells}</row><row r="1048576">{cells}</row></sheetData>'
        f"<mergeCells>{merged * 50}</mergeCells></worksheet>"
    )
    page = parse_workbook(saved(workbook(("Sheet1", PRICES)), {"xl/worksheets/sheet1.xml": xml}))
    assert {line.text for line in page.lines} == {"青禾店的月费是 199 元。"}


def test_the_rest_of_a_huge_workbook_is_named() -> None:
    rows: list[list[object]] = [["店名", "月费"], *(["青禾店", number] for number in range(60_000))]
    page = parse_workbook(saved(workbook(("Sheet1", rows))))
    assert len(page.lines) == 49_999
    assert page.warnings == ("表格太大，只收录了前 50000 行，请拆成几个文件",)


LAUGHS = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">]><sst xmlns="{MAIN}"><si><t>&a;</t></si></sst>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是有效的 Excel 文件"),
        (b"PK\x03\x04", "不是有效的 Excel 文件"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 .xls 或加了密码"),
        (zipped({"a.txt": "x"}), "不是 Excel 文件"),
        (zipped({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<x/>"}), "已损坏"),
        (saved(workbook(("Sheet1", [])))[:-90], "不是有效的 Excel 文件"),
        (saved(workbook(("Sheet1", []))), "没有看得见的文字"),
        (saved(workbook(("Sheet1", PRICES)), {"xl/sharedStrings.xml": LAUGHS}), "不允许的声明"),
        (saved(workbook(("Sheet1", PRICES)), {"xl/sharedStrings.xml": " " * 20_000_000}), "解压后太大"),
        (saved(workbook(("Sheet1", PRICES)), {"xl/worksheets/sheet1.xml": "<worksheet"}), "已损坏"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_workbook(data)


NAMES = st.lists(st.text("甲乙丙丁戊己", min_size=1, max_size=3), min_size=3, max_size=5, unique=True)
VALUES = st.text("青禾绿野海棠", min_size=1, max_size=6) | st.integers(0, 9999) | st.none()


@settings(max_examples=30)
@given(NAMES, st.data())
def test_every_cell_stands_beside_the_name_of_its_column(names: list[str], data: st.DataObject) -> None:
    row = st.lists(VALUES, min_size=len(names), max_size=len(names)).filter(
        lambda row: row.count(None) < len(names) - 1
    )
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    assert shown(workbook(("Sheet1", [[*names], *map(list[object], rows)]))) == [
        "；".join(f"{name}：{cell}" for name, cell in zip(names, row, strict=True) if cell is not None) for row in rows
    ]
