"""Mistyped words are put right by the corpus' own, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index.lexical import LexicalIndex
from embeddings.index.segmentation import Segmenter
from embeddings.search.homophones import Homophones

PASSAGES = (
    "聚光消耗满一千元可以开通私信通，消耗越多权益越多。",
    "私信通要开通，先看聚光的消耗。",
    "蓝莓坏了怎么赔给客人：拍照，坏几成赔几成。",
    "卖蓝莓的商家，客人收货后拍照。",
    "机关单位的客户要开发票。",
    "给机关单位供货要签合同。",
    "运营经理要写周报。",
)


@pytest.fixture(scope="module")
def homophones() -> Homophones:
    segmenter = Segmenter(("私信通", "微信"))
    return Homophones(LexicalIndex.index(PASSAGES, segmenter), ("私信通", "微信", "私域"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("开私信童要先消好多少钱", "开私信通要先消耗多少钱"),
        ("咋开同", "咋开通"),
        ("一盒蓝霉多少钱", "一盒蓝莓多少钱"),
        ("威信怎么加", "微信怎么加"),  # 威信 is a word itself, but a term of the trade sounds the same
        ("私欲流量", "私域流量"),
    ],
)
def test_words_of_the_same_sound_are_put_right(homophones: Homophones, typed: str, meant: str) -> None:
    assert homophones.corrected(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("牌照怎么弄", "牌照怎么弄"),  # a word itself, though 拍照 sounds the same
        ("机管单位", "机关单位"),
        ("机管丹位", "机关单位"),
        ("丝信通", "私信通"),
        ("丝新通", "丝新通"),  # more than half of it would be another
        ("可人要退货", "可人要退货"),  # 可 stands alone too often to be a mistake
        ("微信怎么加", "微信怎么加"),
        ("周抱怎么写", "周抱怎么写"),  # 周报 stands in one passage only
        ("机管单位的客户和蓝霉", "机关单位的客户和蓝莓"),
    ],
)
def test_how_much_of_a_word_may_be_mistyped(homophones: Homophones, typed: str, meant: str) -> None:
    assert homophones.corrected(typed) == meant


@pytest.mark.parametrize("text", ["聚光消耗多少", "功能给关了几天", "蓝色的霉斑", "what about kos", ""])
def test_what_is_right_stays(homophones: Homophones, text: str) -> None:
    assert homophones.corrected(text) == text


def test_what_ends_a_question_is_no_mistyped_word() -> None:
    homophones = Homophones(LexicalIndex.index(("活码能换人，活码长期有效。",) * 3, Segmenter(("活码",))), ("活码",))
    assert homophones.corrected("群还能救活吗") == "群还能救活吗"
    assert homophones.corrected("群活吗怎么做") == "群活码怎么做"


def test_a_word_of_the_trade_is_meant_as_it_stands_though_no_dictionary_has_it() -> None:
    """问企 sounds like 问起, which the corpus has."""
    corpus = LexicalIndex.index(("客户问起价格，先报区间。",) * 3, Segmenter(("企微",)))
    assert Homophones(corpus, ("企微",)).corrected("有人问企微工具") == "有人问企微工具"


@given(st.text(alphabet="私信童通消好耗蓝霉莓开同威微客人abc 1，", max_size=30))
def test_length_and_all_but_han_characters_stay(homophones: Homophones, text: str) -> None:
    corrected = homophones.corrected(text)
    assert len(corrected) == len(text)
    assert all(a == b for a, b in zip(text, corrected, strict=True) if not "\u4e00" <= a <= "\u9fff")
