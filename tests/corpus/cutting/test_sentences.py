"""Sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cutting.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["先加微信。", "再进群！", "能行吗？", "能；", "不过慢一点……", "好"],
        ["他问：“真的吗？”", "我说：“真的。”", "就这样。"],
        ["（先登记。再入群。）之后发券。", "完。"],
        ["回头率是 3.5%，比上月高 1.2 个百分点。", "很好。"],
        ["见 https://example.com/a?b=c!d.html 的说明。", "再看。"],
        ["e.g. WeCom is free.", "It works.", "Does it?", "Yes!"],
        ["Ask Mr. Li.", "Then pay $3.5 vs. $4."],
        ["书名《别急着加人！先养号》很有用。", "读完再说。"],
        ["“买！”、“太贵了！”", "都有人说。"],
        ["1. 先登记。", "再发券。"],
        ["真的？！", "是的！！！"],
        ["用 Node.js 写的。", "版本是 v2.0。"],
        ["没有标点的一行"],
        ["a;b;c 是参数；", "d 也是。"],
    ],
)
def test_sentences(parts: list[str]) -> None:
    assert sentences("".join(f"{part} " if part[-1] in ".!?" else part for part in parts)) == parts


def test_an_english_full_stop_between_chinese_characters() -> None:
    assert sentences("先登记.再发券.") == ["先登记.", "再发券."]


def test_newlines_always_end_a_sentence() -> None:
    assert sentences("步骤如下：\n- 登记\n\n  - 发券  \n") == ["步骤如下：", "- 登记", "- 发券"]


def test_nothing_in_nothing() -> None:
    assert split_sentences("") == split_sentences(" \n\t ") == ()


TEXTS = st.text() | st.text(alphabet="甲乙。！？；…“”（）《》.!? \nab1:/", max_size=80)


@given(TEXTS)
def test_spans_cover_everything_but_white_space(text: str) -> None:
    at = 0
    for span in split_sentences(text):
        assert text[at : span.start].strip() == ""
        sentence = text[span.start : span.end]
        assert sentence
        assert sentence == sentence.strip()
        assert "\n" not in sentence
        at = span.end
    assert text[at:].strip() == ""


@given(TEXTS)
def test_a_sentence_is_not_split_again_by_its_neighbours(text: str) -> None:
    assert split_sentences(text) == split_sentences(text)
    assert len(sentences(text.replace("\n", "\n\n"))) == len(sentences(text))
