"""Comma-separated files to lines; they are sheets without any looks, so the rules of sheets are tried here as well."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.model import BlockKind
from corpus.parsing.delimited import parse_delimited
from corpus.parsing.lines import Line

PRICES = "店名,月费,备注\n青禾店,199 元,含停车\n绿野店,299 元,\n"
SHOWN = ["店名：青禾店；月费：199 元；备注：含停车", "店名：绿野店；月费：299 元"]


def shown(text: str, encoding: str = "utf-8") -> list[str]:
    return [f"{'#' * line.level} {line.text}".strip() for line in parse_delimited(text.encode(encoding)).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_whatever_the_encoding(encoding: str) -> None:
    assert shown(PRICES, encoding) == SHOWN


def test_traditional_script() -> None:
    assert shown("店名,月費\n青禾店,包含停車的費用是 199 元\n", "big5") == [
        "店名：青禾店；月費：包含停車的費用是 199 元"
    ]


def test_a_few_names_and_prices_are_enough_to_tell_the_encoding() -> None:
    assert shown("青禾店,199\n", "gb18030") == ["青禾店：199"]
    assert shown("绿萝店,月季,栀子,100\n", "gb18030") == ["绿萝店；月季；栀子；100"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_whatever_the_delimiter(delimiter: str) -> None:
    assert shown(PRICES.replace(",", delimiter)) == SHOWN
    assert shown(PRICES.replace(",", delimiter).replace("\n", "\r\n")) == SHOWN


def test_a_named_delimiter_counts() -> None:
    assert shown("sep=;\r\n店名;月费,元\r\n青禾店;1,5\r\n绿野店;2,5\r\n") == [
        "店名：青禾店；月费,元：1,5",
        "店名：绿野店；月费,元：2,5",
    ]


def test_quotation_marks_keep_delimiters_and_lines_together() -> None:
    assert shown('店名,地址\n青禾店,"解放路 5 号,\n二楼 ""东"""\n') == ['店名：青禾店；地址：解放路 5 号, 二楼 "东"']


def test_a_quotation_mark_that_is_never_closed_costs_no_rows() -> None:
    many = "".join(f"第{number}店,{number}\n" for number in range(20_000))
    assert "店名：第7店；月费：7" in shown(f'店名,月费\n"青禾店,199\n{many}')


def test_ragged_rows() -> None:
    assert shown("店名,月费\n青禾店,199,含停车\n绿野店\n") == ["店名：青禾店；月费：199；含停车", "店名：绿野店"]


def test_rows_without_names_stay_bare() -> None:
    assert shown("青禾店,199,含停车\n绿野店,299,\n") == ["青禾店；199；含停车", "绿野店；299"]
    assert shown("青禾店,199\n绿野店,299\n") == ["青禾店：199", "绿野店：299"]


def test_names_with_digits() -> None:
    assert shown("店名,1月,2月\n青禾店,5,6\n") == ["店名：青禾店；1月：5；2月：6"]


def test_what_is_known_of_one_thing_stands_together() -> None:
    assert shown("店名,青禾\n面积,30\n人数,5\n") == ["店名：青禾；面积：30；人数：5"]
    assert shown("店名,月费\n上海店,30\n北京店,包邮\n") == ["店名：上海店；月费：30", "店名：北京店；月费：包邮"]


def test_titles_and_notes_above_the_names() -> None:
    text = "青禾店价目表,,\n单位：元。含税,,\n\n店名,月付,年付\n青禾店,199,1999\n"
    assert shown(text) == ["## 青禾店价目表", "单位：元。含税", "店名：青禾店；月付：199；年付：1999"]


def test_an_empty_row_ends_no_table_that_goes_on() -> None:
    text = "店名,月付,年付\n青禾店,199,1999\n,,\n绿野店,299,\n,,\n城市,运费\n上海,10\n"
    assert shown(text) == ["店名：青禾店；月付：199；年付：1999", "店名：绿野店；月付：299", "城市：上海；运费：10"]


def test_tables_side_by_side() -> None:
    text = "店名,月费,,城市,运费\n青禾店,199,,上海,10\n绿野店,299,,,\n"
    assert shown(text) == ["店名：青禾店；月费：199", "店名：绿野店；月费：299", "城市：上海；运费：10"]


def test_an_empty_column_inside_a_table_parts_nothing() -> None:
    assert shown("店名,,月费\n青禾店,,199\n") == ["店名：青禾店；月费：199"]


@pytest.mark.parametrize("names", ["问题,答案", "常见问题,标准答案", "Q,A", "Question,Answer"])
def test_questions_stand_above_their_answers(names: str) -> None:
    page = parse_delimited(f"{names}\n青禾店月费多少？,199 元一个月。\n能退吗,七天内可以退。\n".encode())
    assert page.lines == (
        Line("青禾店月费多少？", level=3),
        Line("199 元一个月。"),
        Line("能退吗", level=3),
        Line("七天内可以退。"),
    )


def test_what_else_is_known_of_a_question_stands_below_it() -> None:
    assert shown("分类,问题,答案\n售后,能退吗？,七天内可以退。\n售后,,没有问题的答案\n") == [
        "### 能退吗？",
        "七天内可以退。",
        "分类：售后",
        "分类：售后；答案：没有问题的答案",
    ]


def test_a_column_of_notes() -> None:
    page = parse_delimited("请勿外传。\n周一休息。\n".encode())
    assert [line.text for line in page.lines] == ["请勿外传。", "周一休息。"]
    assert {line.kind for line in page.lines} == {BlockKind.PARAGRAPH}


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "没有文字"), (b",,\n,,\n", "没有文字"), (b"\0\1\2" * 50, "不是文字")]
)
def test_what_is_no_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_delimited(data)


def test_the_rest_of_a_huge_table_is_named() -> None:
    page = parse_delimited(("店名,月费\n" + "青禾店,199\n" * 60_000).encode())
    assert len(page.lines) == 49_999
    assert page.warnings == ("表格太大，只收录了前 50000 行，请拆成几个文件",)
    wide = parse_delimited((",".join(f"列{at}" for at in range(300)) + "\n" + ",".join(["x"] * 300)).encode())
    assert wide.warnings == ("表格太宽，只收录了前 200 列",)


WORDS = st.text("青禾绿野海棠 x7%", min_size=1, max_size=6).filter(str.strip)
NAMES = st.lists(st.text("甲乙丙丁戊己", min_size=1, max_size=3), min_size=3, max_size=5, unique=True)


@given(NAMES, st.data())
def test_every_cell_stands_beside_the_name_of_its_column(names: list[str], data: st.DataObject) -> None:
    values = st.lists(WORDS | st.just(""), min_size=len(names), max_size=len(names))
    rows = data.draw(st.lists(values.filter(lambda row: sum(map(bool, row)) > 1), min_size=1, max_size=5))
    stream = io.StringIO()
    csv.writer(stream).writerows([names, *rows])
    lines = shown(stream.getvalue())
    assert lines == [
        "；".join(f"{name}：{' '.join(cell.split())}" for name, cell in zip(names, row, strict=True) if cell)
        for row in rows
    ]
