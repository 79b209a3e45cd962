"""Raised, struck and hidden text of Word files, by what it means."""

from __future__ import annotations

import pytest

from corpus.parsing.word import parse_docx
from tests.corpus.samples import docx, word_block, word_paragraph, word_run, word_table

RAISED = '<w:vertAlign w:val="superscript"/>'
LOWERED = '<w:vertAlign w:val="subscript"/>'
STYLES = (
    f'<w:style w:type="character" w:styleId="Up"><w:name w:val="上标"/><w:rPr>{RAISED}</w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Out"><w:name w:val="作废"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Old"><w:name w:val="旧条款"/><w:rPr><w:dstrike/></w:rPr></w:style>'
)


def texts(*body: str) -> list[str]:
    return [line.text for line in parse_docx(docx(*body, styles=STYLES)).lines]


@pytest.mark.parametrize(
    ("before", "raised", "after", "shown"),
    [
        ("每天上限 50", "1", " 人。", "每天上限 50[1] 人。"),
        ("每天上限 300", "[2]", " 人。", "每天上限 300[2] 人。"),
        ("服务 10", "6", " 名客户。", "服务 10^6 名客户。"),
        ("面积 30 m", "2", "，临街。", "面积 30 m²，临街。"),
    ],
)
@pytest.mark.parametrize("properties", [RAISED, '<w:rStyle w:val="Up"/>', '<w:position w:val="8"/><w:sz w:val="12"/>'])
def test_raised_figures_never_join_the_number_before(
    before: str, raised: str, after: str, shown: str, properties: str
) -> None:
    assert texts(word_block(word_run(before), word_run(raised, properties), word_run(after))) == [shown]


def test_a_paragraph_that_is_raised_as_a_whole_is_plain_text() -> None:
    raised = '<w:position w:val="8"/>'
    assert texts(word_block(word_run("储值 ", raised), word_run("30", raised))) == ["储值 30"]


def test_lowered_figures_stay_apart_too() -> None:
    assert texts(word_block(word_run("CO"), word_run("2", LOWERED), word_run(" 排放 3 吨。"))) == ["CO2 排放 3 吨。"]


@pytest.mark.parametrize("properties", ["<w:strike/>", "<w:dstrike/>", '<w:rStyle w:val="Out"/>'])
def test_struck_text_is_not_read(properties: str) -> None:
    block = word_block(word_run("定金 "), word_run("199 元", properties), word_run(" 99 元，不退。"))
    assert texts(block) == ["定金 99 元，不退。"]


def test_a_struck_style_holds_unless_the_text_says_otherwise() -> None:
    old = word_paragraph("七天内可以无理由退货。", "Old")
    kept = word_block(
        word_run("十五天内可以退货。", '<w:strike w:val="0"/><w:dstrike w:val="0"/>'),
        properties='<w:pStyle w:val="Old"/>',
    )
    assert texts(old, kept) == ["十五天内可以退货。"]


@pytest.mark.parametrize("value", ["0", "false", "off"])
def test_a_mark_that_is_off_strikes_nothing(value: str) -> None:
    assert texts(word_block(word_run("定金 99 元。", f'<w:strike w:val="{value}"/>'))) == ["定金 99 元。"]


@pytest.mark.parametrize(("length", "struck"), [(20, True), (21, False)])
def test_a_style_says_what_those_it_is_based_on_say(length: int, struck: bool) -> None:
    chain = "".join(
        f'<w:style w:type="character" w:styleId="s{at}"><w:name w:val="s{at}"/>'
        + (f'<w:basedOn w:val="s{at + 1}"/>' if at + 1 < length else "<w:rPr><w:strike/></w:rPr>")
        + "</w:style>"
        for at in range(length)
    )
    block = word_block(word_run("定金 99 元。"), word_run("作废。", '<w:rStyle w:val="s0"/>'))
    (line,) = parse_docx(docx(block, styles=chain)).lines
    assert (line.text == "定金 99 元。") is struck


@pytest.mark.parametrize("default", ["1", "true", "on"])
def test_the_default_style_holds_where_a_paragraph_names_none(default: str) -> None:
    styles = (
        f'<w:style w:type="paragraph" w:default="{default}" w:styleId="N"><w:name w:val="Normal"/>'
        "<w:rPr><w:strike/></w:rPr></w:style>"
        '<w:style w:type="character" w:styleId="C"><w:name w:val="c"/><w:rPr><w:strike/></w:rPr></w:style>'
    )
    block = word_block(word_run("作废。"), word_run("有效。", '<w:rStyle w:val="C"/>'))
    assert [line.text for line in parse_docx(docx(block, styles=styles)).lines] == ["有效。"]


def test_what_all_text_of_a_document_is_by_default() -> None:
    defaults = "<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>"
    block = word_block(word_run("内部。"), word_run("公开。", '<w:vanish w:val="0"/>'))
    assert [line.text for line in parse_docx(docx(block, styles=defaults)).lines] == ["公开。"]


def test_struck_cells_of_a_table_are_empty() -> None:
    table = word_table(["档位", "价"], ["散客", "三折"]).replace(
        "<w:r><w:t>三折", "<w:r><w:rPr><w:strike/></w:rPr><w:t>三折"
    )
    assert texts(table) == ["档位：散客"]


@pytest.mark.parametrize("bold", [True, False])
def test_the_first_row_names_the_columns_of_figures(bold: bool) -> None:
    rows = (["门店", "城市", "月保底(万元)"], ["青禾一店", "杭州", "9"], ["青禾二店", "宁波", "10"])
    table = word_table(*rows)
    if not bold:
        table = table.replace("<w:b/>", "")
    assert texts(table) == [
        "门店：青禾一店；城市：杭州；月保底(万元)：9",
        "门店：青禾二店；城市：宁波；月保底(万元)：10",
    ]
