"""Lines below their headings."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.model import Block, BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.sections import build_sections


def outline(*lines: Line) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(section.headings, [block.text for block in section.blocks]) for section in build_sections(lines)]


def bold(text: str) -> Line:
    return Line(text, bold=True)


def test_headings_make_paths_even_where_levels_are_skipped() -> None:
    assert outline(
        Line("前言"),
        Line("甲", level=2),
        Line("一"),
        Line("乙", level=4),
        Line("二"),
        Line("丙", level=3),
        Line("三"),
        Line("丁", level=1),
        Line("四"),
    ) == [
        ((), ["前言"]),
        (("甲",), ["一"]),
        (("甲", "乙"), ["二"]),
        (("甲", "丙"), ["三"]),
        (("丁",), ["四"]),
    ]


def test_headings_with_nothing_below_become_text() -> None:
    assert outline(Line("甲", level=2), Line("乙", level=2), Line("一"), Line("丙", level=2)) == [
        ((), ["甲"]),
        (("乙",), ["一"]),
        ((), ["丙"]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        Line("一、先定日子"),
        Line("第一步：登记"),
        Line("第一章 开业"),
        Line("01 怎么开头"),
        Line("Part 1 准备"),
        bold("（一）对话"),
        bold("1. 报身份"),
        bold("2、问问题"),
        bold("（1）对话"),
        bold("①晒日常"),
        Line("1. 报身份", BlockKind.LIST_ITEM, bold=True),
    ],
)
def test_short_numbered_lines_act_as_headings_and_stay_in_the_text(line: Line) -> None:
    assert outline(Line("前言"), line, Line("正文。")) == [((), ["前言"]), ((line.text,), [line.text, "正文。"])]


@pytest.mark.parametrize(
    "line",
    [
        Line("1. 报身份"),
        Line("1. 报身份", BlockKind.LIST_ITEM),
        Line("一、先定日子，再印立牌，最后在群里说一声。"),
        bold("但这真的可以照搬吗？"),
        bold("1. " + "很长的一行" * 12),
        Line("第一天只来了三个人"),
        Line("（一）对话"),
        Line("（1）对话"),
        Line("①晒日常"),
        Line("一、先定日子", BlockKind.LIST_ITEM, bold=True),
        Line("一、甲；乙：丙", BlockKind.TABLE_ROW),
    ],
)
def test_other_lines_do_not(line: Line) -> None:
    assert outline(Line("前言"), line, Line("正文。")) == [((), ["前言", line.text, "正文。"])]


@pytest.mark.parametrize(("length", "acts"), [(40, True), (41, False)])
def test_a_line_that_acts_as_a_heading_is_short(length: int, acts: bool) -> None:
    line = Line(f"一、{'先' * (length - 2)}")
    assert (build_sections([line, Line("正文。")])[0].headings == (line.text,)) is acts


@pytest.mark.parametrize(
    ("lines", "acts"),
    [
        ([Line("一、甲"), Line("正文。"), Line("二、乙"), Line("正文。")], ["一、甲", "二、乙"]),
        ([Line("一、甲"), Line("二、乙"), Line("正文。")], []),
        ([Line("正文。"), Line("一、甲")], []),
        ([Line("一、甲"), Line("下一节", level=2), Line("正文。")], []),
        ([Line("第一步：甲"), Line("一、乙"), Line("正文。")], ["一、乙"]),
    ],
)
def test_which_numbered_lines_lead(lines: list[Line], acts: list[str]) -> None:
    paths = [section.headings for section in build_sections(lines)]
    assert [path[-1] for path in paths if path and path[-1][1:2] in "、"] == acts


@pytest.mark.parametrize("after", [[], [Line("下一节", level=2), Line("正文。")]])
def test_a_numbered_line_that_leads_nothing_stays_below_the_one_before(after: list[Line]) -> None:
    first, *_ = outline(Line("一、甲"), Line("正文。"), Line("二、乙"), *after)
    assert first == (("一、甲",), ["一、甲", "正文。", "二、乙"])


def test_a_heading_above_a_deeper_one_is_not_childless() -> None:
    assert outline(Line("甲", level=1), Line("乙", level=2), Line("一")) == [(("甲", "乙"), ["一"])]


def test_childless_headings_in_a_row_stay_in_one_section() -> None:
    lines = [Line("甲", level=1), Line("一"), Line("乙", level=2), Line("丙", level=2), Line("丁", level=1)]
    assert outline(*lines) == [(("甲",), ["一", "乙", "丙"]), ((), ["丁"])]


def test_numbered_lines_one_below_the_other_are_a_list() -> None:
    lines = [Line("第一，要不要做"), Line("第二，做给谁"), Line("第三，做多久"), Line("想清楚再动手。")]
    assert outline(*lines) == [((), [line.text for line in lines])]


def test_acting_headings_nest_below_real_ones_and_by_shape() -> None:
    lines = [
        Line("一、方法", level=2),
        bold("1. 准备"),
        Line("甲"),
        bold("（1）细节"),
        Line("乙"),
        bold("2. 开始"),
        Line("丙"),
        Line("二、总结", level=2),
        Line("丁"),
    ]
    assert [path for path, _ in outline(*lines)] == [
        ("一、方法", "1. 准备"),
        ("一、方法", "1. 准备", "（1）细节"),
        ("一、方法", "2. 开始"),
        ("二、总结",),
    ]


def test_an_item_that_cannot_lead_stays_an_item() -> None:
    """A numbered bold item right above a line of an outer shape has nothing below it."""
    lines = [Line("1. 丙", BlockKind.LIST_ITEM, bold=True), Line("一、甲"), Line("正文。")]
    first, second = build_sections(lines)
    assert first.blocks == (Block(BlockKind.LIST_ITEM, "1. 丙"),)
    assert second.headings == ("一、甲",)


LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from(["一、甲", "二、乙", "1. 丙", "（1）丁", "正文。", "第一步：戊", "01 己"]),
        st.sampled_from([BlockKind.PARAGRAPH, BlockKind.LIST_ITEM]),
        st.integers(0, 6),
        st.booleans(),
    ),
    max_size=20,
)


@example([Line("1. 丙", BlockKind.LIST_ITEM, bold=True), Line("一、甲"), Line("一、甲", BlockKind.LIST_ITEM)])
@given(LINES)
def test_every_line_stands_in_the_text_or_in_a_path(lines: list[Line]) -> None:
    sections = build_sections(lines)
    blocks = [block for section in sections for block in section.blocks]
    plain = [Block(line.kind, line.text) for line in lines if not line.level]
    rest = iter(blocks)
    assert all(any(block == other for other in rest) for block in plain)
    everything = {block.text for block in blocks} | {heading for section in sections for heading in section.headings}
    assert {line.text for line in lines} <= everything
    assert all(section.blocks for section in sections)
