"""Articles to passages and windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cutting.passages import SCHEME, TARGET, cut, windows
from corpus.model import Article, Block, BlockKind, Passage, Section, Span
from tests.corpus.samples import article_of

ITEM, ROW = BlockKind.LIST_ITEM, BlockKind.TABLE_ROW
MAXIMUM = 600


def sentence(length: int, letter: str = "文") -> str:
    return letter * (length - 1) + "。"


def paragraph(length: int, letter: str = "文") -> str:
    return sentence(50, letter) * (length // 50)


def shown(article: Article) -> list[tuple[tuple[str, ...], int]]:
    return [(passage.headings, len(passage.text)) for passage in cut(article)]


def test_the_scheme_names_the_target() -> None:
    assert str(TARGET) in SCHEME


def test_passages_follow_headings() -> None:
    article = article_of((("甲",), [paragraph(150)]), (("甲", "乙"), [paragraph(200)]), (("丙",), [paragraph(100)]))
    assert shown(article) == [(("甲",), 150), (("甲", "乙"), 200), (("丙",), 100)]


def test_long_sections_are_cut_between_blocks_into_even_parts() -> None:
    passages = cut(article_of((("甲",), [paragraph(150, str(n)) for n in range(6)])))
    assert [len(passage.text) for passage in passages] == [301, 301, 301]
    assert [passage.position for passage in passages] == [0, 1, 2]


def test_a_short_tail_joins_the_passage_above() -> None:
    assert shown(article_of((("甲",), [paragraph(350), paragraph(50)]))) == [(("甲",), 401)]


def test_long_paragraphs_are_cut_between_sentences() -> None:
    passages = cut(article_of(((), [sentence(90) * 10])))
    assert all(passage.text.endswith("。") for passage in passages)
    assert "".join(passage.text for passage in passages) == sentence(90) * 10
    assert all(200 <= len(passage.text) <= 450 for passage in passages)


def test_a_tiny_section_joins_the_next_below_the_shared_heading() -> None:
    article = article_of((("甲", "一"), ["短。"]), (("甲", "二"), [paragraph(150)]), (("丙",), [paragraph(150)]))
    first, second = cut(article)
    assert first.headings == ("甲",)
    assert first.text == f"一\n短。\n二\n{paragraph(150)}"
    assert second.headings == ("丙",)


def test_a_tiny_section_joins_its_child_and_a_tiny_last_one_its_sibling() -> None:
    child = cut(article_of((("甲",), ["短。"]), (("甲", "乙"), [paragraph(150)])))
    assert [(passage.headings, passage.text) for passage in child] == [(("甲",), f"短。\n乙\n{paragraph(150)}")]
    last = cut(article_of((("甲",), [paragraph(150)]), (("乙",), ["短。"])))
    assert [(passage.headings, passage.text) for passage in last] == [((), f"甲\n{paragraph(150)}\n乙\n短。")]


def test_a_heading_that_stands_in_the_text_is_not_doubled() -> None:
    (passage,) = cut(article_of((("一、甲",), ["一、甲", "短。"]), (("二、乙",), ["二、乙", "也短。"])))
    assert passage.text == "一、甲\n短。\n二、乙\n也短。"


def test_tiny_sections_of_strangers_stay_apart() -> None:
    assert shown(article_of((("甲", "一"), ["短。"]), (("乙", "二"), [paragraph(150)]))) == [
        (("甲", "一"), 2),
        (("乙", "二"), 150),
    ]


def test_a_lead_in_stays_with_its_first_item() -> None:
    items = [Block(ITEM, f"- {sentence(110)}") for _ in range(4)]
    article = article_of(((), [paragraph(250), paragraph(50), "步骤如下：", *items]))
    assert not any(passage.text.endswith("步骤如下：") for passage in cut(article))


def test_a_small_heading_stays_with_what_it_heads() -> None:
    article = article_of(((), [paragraph(350), "准备物料", paragraph(300)]))
    assert [passage.text[:4] for passage in cut(article)] == ["文文文文", "准备物料"]


def test_rows_and_items_stay_whole() -> None:
    rows = [Block(ROW, f"店：{n}；说明：{sentence(180)}") for n in range(6)]
    lines = [line for passage in cut(article_of(((), rows))) for line in passage.text.split("\n")]
    assert lines == [row.text for row in rows]


def test_an_item_above_the_maximum_is_cut_at_sentences_then_clauses_then_anywhere() -> None:
    by_sentence = cut(article_of(((), [Block(ITEM, f"- {sentence(200) * 4}")])))
    assert all(passage.text.endswith("。") for passage in by_sentence)
    by_clause = cut(article_of(((), [("字" * 99 + "，") * 9])))
    assert all(passage.text.endswith("，") for passage in by_clause)
    by_length = cut(article_of(((), ["字" * 1500])))
    assert max(len(passage.text) for passage in by_length) <= MAXIMUM
    assert "".join(passage.text for passage in by_length) == "字" * 1500


def test_code_keeps_its_lines() -> None:
    code = "\n".join(f"line {n} of a long program that prints something" for n in range(30))
    passages = cut(article_of(((), [Block(BlockKind.CODE, code)])))
    assert "\n".join(passage.text for passage in passages) == code


def test_items_count_as_one_sentence_unless_they_are_long() -> None:
    (passage,) = cut(
        article_of(((), ["先。后。", Block(ITEM, "- 先登记。再发券。"), Block(ITEM, f"- {sentence(100) * 2}")]))
    )
    parts = [passage.text[span.start : span.end] for span in passage.sentences]
    assert parts == ["先。", "后。", "- 先登记。再发券。", f"- {sentence(100)}", sentence(100)]


def blocks(passage: Passage) -> list[tuple[str, str, bool]]:
    return [(each.kind.value, passage.text[each.span.start : each.span.end], each.goes_on) for each in passage.blocks]


def test_a_passage_knows_its_blocks_and_which_lines_are_headings_of_small_sections() -> None:
    (passage,) = cut(
        article_of((("甲", "一"), ["步骤：", Block(ITEM, "1. 先。")]), (("甲", "二"), [Block(ROW, "店：一")]))
    )
    assert blocks(passage) == [
        ("heading", "一", False),
        ("paragraph", "步骤：", False),
        ("list_item", "1. 先。", False),
        ("heading", "二", False),
        ("table_row", "店：一", False),
    ]


def test_what_a_cut_left_in_the_middle_of_a_block_or_list_says_that_it_goes_on() -> None:
    first, *others = cut(article_of(((), [sentence(90) * 10, Block(ITEM, "- 完。")])))
    assert blocks(first) == [("paragraph", first.text, False)]
    assert [blocks(other)[0][2] for other in others] == [True] * len(others)
    assert blocks(others[-1])[-1] == ("list_item", "- 完。", False)
    items = [Block(ITEM, f"- {sentence(110)}") for _ in range(7)]
    listed = [passage.blocks[0].goes_on for passage in cut(article_of(((), items)))]
    assert listed == [False, *[True] * (len(listed) - 1)]
    assert len(listed) > 1
    apart = cut(
        article_of((("甲",), [Block(ITEM, f"- {sentence(150)}")]), (("乙",), [Block(ITEM, f"- {sentence(150)}")]))
    )
    assert not any(passage.blocks[0].goes_on for passage in apart)


def test_ids_survive_a_second_run_and_tell_equal_passages_apart() -> None:
    article = article_of((("甲",), [paragraph(100)]), (("甲",), [paragraph(100)]), (("甲",), [paragraph(100)]))
    ids = [passage.id for passage in cut(article)]
    assert len(set(ids)) == 3
    assert all(len(identity) == 16 and int(identity, 16) >= 0 for identity in ids)
    assert [passage.id for passage in cut(article)] == ids
    assert cut(replace(article, path="b.md"))[0].id != ids[0]
    assert cut(replace(article, title="另一个题"))[0].id == ids[0]


def test_an_empty_article_has_no_passages() -> None:
    assert cut(article_of()) == ()
    with pytest.raises(ValueError, match="target"):
        cut(article_of(), target=0)


def test_windows_are_pairs_of_neighbours() -> None:
    (passage,) = cut(article_of(((), ["甲。乙。", "丙。"])))
    assert [(window.first, window.last, window.text) for window in windows(passage)] == [
        (0, 1, "甲。乙。"),
        (1, 2, "乙。\n丙。"),
    ]
    (single,) = cut(article_of(((), ["只有一句。"])))
    (window,) = windows(single)
    assert (window.passage, window.first, window.last, window.text) == (single.id, 0, 0, "只有一句。")


def test_questions_are_windows_without_sentences() -> None:
    article = article_of((("甲",), [paragraph(350), paragraph(350)]), (("乙",), ["丙。"]), (("丁",), ["戊。"]))
    first, second, third = article.sections
    sections = (
        replace(first, questions=("问甲",)),
        replace(second, questions=("问乙", "都问")),
        replace(third, questions=("都问", "问丁")),
    )
    part, joined = cut(replace(article, sections=sections))
    assert part.questions == ("问甲",)
    assert joined.questions == ("问甲", "问乙", "都问", "问丁")
    found = windows(joined)
    assert [window.text for window in found if window.first > window.last] == list(joined.questions)
    assert [window for window in found if window.first <= window.last] == list(windows(replace(joined, questions=())))
    assert [passage.id for passage in cut(article)] == [passage.id for passage in (part, joined)]


BLOCKS = st.builds(
    Block,
    st.sampled_from(BlockKind),
    st.text(alphabet="甲乙丙丁。，；：“”（） ab.1\n", min_size=1, max_size=30).filter(str.strip)
    | st.builds(
        lambda part, times: part * times, st.sampled_from(["一句话。", "半句，", "字", "a b "]), st.integers(1, 300)
    ),
)
SECTIONS = st.lists(
    st.builds(
        Section,
        st.lists(st.sampled_from(["甲", "乙"]), max_size=3).map(tuple),
        st.lists(BLOCKS, min_size=1, max_size=6).map(tuple),
    ),
    max_size=5,
)
ARTICLES = SECTIONS.map(lambda sections: replace(article_of(), sections=tuple(sections)))


def ink(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None)
@given(ARTICLES, st.sampled_from([20, 60, 350]))
def test_any_article_is_cut_without_loss(article: Article, target: int) -> None:
    passages = cut(article, target=target)
    assert cut(article, target=target) == passages
    written = iter(ink("".join(passage.text for passage in passages)))
    for section in article.sections:
        for character in ink("".join(block.text for block in section.blocks)):
            assert character in written  # in order: the iterator is used up to here
    for position, passage in enumerate(passages):
        assert passage.position == position
        assert len(passage.text) <= target * 12 // 7
        assert passage.text.strip() == passage.text.strip("\n ")
    assert len({passage.id for passage in passages}) == len(passages)


@settings(deadline=None)
@given(ARTICLES)
def test_sentences_and_windows_cover_every_passage(article: Article) -> None:
    for passage in cut(article):
        check_spans(passage, passage.sentences)
        spans = [block.span for block in passage.blocks]
        assert all(one.end <= other.start for one, other in pairwise(spans))
        assert all(
            any(block.span.start <= each.start and each.end <= block.span.end for block in passage.blocks)
            for each in passage.sentences
        )
        found = windows(passage)
        assert len(found) == max(len(passage.sentences) - 1, 1)
        assert {at for window in found for at in (window.first, window.last)} == set(range(len(passage.sentences)))
        assert all(window.passage == passage.id for window in found)
        assert all(window.text in passage.text for window in found)


def check_spans(passage: Passage, spans: Sequence[Span]) -> None:
    at = 0
    for span in spans:
        assert span.start >= at
        assert passage.text[at : span.start].strip() == ""
        assert passage.text[span.start : span.end].strip() == passage.text[span.start : span.end] != ""
        at = span.end
    assert passage.text[at:].strip() == ""
