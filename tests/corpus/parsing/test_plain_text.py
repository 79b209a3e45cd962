"""Bare text to lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.characters import normalise
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.plain_text import join_wrapped, read_text, width


def test_every_line_of_pasted_text_is_a_paragraph() -> None:
    lines = read_text("第一段说明为什么要建群。\n\u3000\u3000第二段说明怎么建。\n\n# 小结\n- 先定位\n1. 再拉人\n").lines
    assert lines == (
        Line("第一段说明为什么要建群。"),
        Line("第二段说明怎么建。"),
        Line("小结", level=1),
        Line("- 先定位", BlockKind.LIST_ITEM),
        Line("1. 再拉人", BlockKind.LIST_ITEM),
    )


def test_wrapped_lines_are_joined() -> None:
    text = [
        "这一段文字在右边的边界处被折断了所以一行接着一行地往下",
        "写直到句子结束。",
        "新的一段从这里开始也一样被折断成了两行来排版印刷",
    ]
    assert list(join_wrapped([*text, "就是这样。"])) == ["".join(text[:2]), text[2] + "就是这样。"]


def test_english_words_keep_their_space() -> None:
    lines = ["Private traffic means customers that a shop can reach", "again without paying."]
    assert list(join_wrapped(lines)) == [" ".join(lines)]


def test_numbered_lines_are_not_joined() -> None:
    lines = ["一、这是一个比较长的小标题它没有句号而且几乎写满了一整行", "（1）这是第一条"]
    assert list(join_wrapped(lines)) == lines


@given(st.text())
def test_no_letter_is_lost(text: str) -> None:
    lines = normalise(text).split("\n")
    joined = "".join(join_wrapped(lines))
    assert [letter for letter in joined if letter.isalnum()] == [
        letter for letter in normalise(text) if letter.isalnum()
    ]
    assert len(read_text(text).lines) <= len(lines)


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert width("微a信 b。") == 9
