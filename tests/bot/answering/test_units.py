"""What of a passage is shown as one piece."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.units import Unit, UnitKind, units
from corpus.cutting.passages import cut
from corpus.model import Block, BlockKind, Passage, Span
from tests.corpus.samples import article_of

ITEM, ROW, QUOTE = BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.QUOTE


def passage(*sections: tuple[tuple[str, ...], Sequence[str | Block]]) -> Passage:
    (only,) = cut(article_of(*((headings, list(blocks)) for headings, blocks in sections)))
    return only


def whole(found: Passage, unit: Unit) -> str:
    return found.text[unit.span.start : unit.span.end]


def test_each_paragraph_is_a_unit_and_its_sentences_are_the_parts() -> None:
    found = passage((("甲",), ["先看站内信。再看数据。", "没有官方数字。"]))
    first, second = units(found)
    assert (first.kind, whole(found, first), len(first.parts)) == (UnitKind.TEXT, "先看站内信。再看数据。", 2)
    assert (first.opens, second.opens) == (True, False)
    assert first.headings == ("甲",)


def test_a_list_is_one_unit_with_the_line_that_leads_into_it() -> None:
    found = passage(
        ((), ["开店不难。", "开店分三步：", Block(ITEM, "1. 注册。"), Block(ITEM, "2. 上架。"), "做完等审核。"])
    )
    assert [(each.kind, whole(found, each)) for each in units(found)] == [
        (UnitKind.TEXT, "开店不难。"),
        (UnitKind.LIST, "开店分三步：\n1. 注册。\n2. 上架。"),
        (UnitKind.TEXT, "做完等审核。"),
    ]
    assert len(units(found)[1].parts) == 2


def test_what_announces_a_list_without_a_colon_leads_into_it_and_what_does_not_stands_alone() -> None:
    announced = passage(((), ["关键词主要放五个位置，按重要程度排列如下。", Block(ITEM, "- 标题。")]))
    assert [each.kind for each in units(announced)] == [UnitKind.LIST]
    alone = passage(((), ["门店要先认领地址，客人才搜得到。", Block(ITEM, "- 标题。")]))
    assert [each.kind for each in units(alone)] == [UnitKind.TEXT, UnitKind.LIST]


def test_rows_of_a_table_are_one_unit_and_lines_of_a_template_too() -> None:
    rows = [Block(ROW, "群：客户群；上限：500 人"), Block(ROW, "群：全员群；上限：10000 人")]
    found = passage(((), ["各种群的上限：", *rows, "可以这样发：", Block(QUOTE, "您好，"), Block(QUOTE, "这是清单。")]))
    assert [(each.kind, len(each.parts)) for each in units(found)] == [(UnitKind.TABLE, 2), (UnitKind.TEMPLATE, 2)]


def test_the_heading_of_a_small_section_is_in_no_unit_and_tells_where_those_below_stand() -> None:
    found = passage((("甲", "一"), ["短。"]), (("甲", "二"), ["也短。", "完。"]))
    assert [(each.headings, whole(found, each), each.opens) for each in units(found)] == [
        (("甲", "一"), "短。", True),
        (("甲", "二"), "也短。", True),
        (("甲", "二"), "完。", False),
    ]


def test_a_few_words_above_a_paragraph_head_it() -> None:
    found = passage(((), ["准备物料", "海报和台卡各备一份。"]))
    assert [whole(found, each) for each in units(found)] == ["准备物料\n海报和台卡各备一份。"]


def test_the_rest_of_a_list_that_began_above_says_so() -> None:
    items = [Block(ITEM, f"- {'字' * 150}。") for _ in range(7)]
    first, *others = cut(article_of(((), items)))
    assert [each.goes_on for each in units(first)] == [False]
    assert all(units(other)[0].goes_on for other in others)


def test_a_passage_that_knows_nothing_of_its_blocks_is_one_paragraph() -> None:
    (only,) = units(Passage("0" * 16, "a.md", 0, (), "一。二。", (Span(0, 2), Span(2, 4))))
    assert (only.kind, only.span) == (UnitKind.TEXT, Span(0, 4))
    assert units(Passage("0" * 16, "a.md", 0, (), "", ())) == ()
