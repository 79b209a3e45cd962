"""How surely a message depends on the one before it, sign by sign and up to which length each counts."""

from __future__ import annotations

import pytest

from bot.answering.followup_detection import Dependence, depends_on_context, ellipsis_subject, names_nothing, remainder
from embeddings.index.lexical import LexicalIndex
from tests.support import dictionaries

GLOSSARY = dictionaries.glossary()
NONE, POSSIBLE, LIKELY, CERTAIN = Dependence


@pytest.fixture(scope="module")
def lexical() -> LexicalIndex:
    """Articles that know every word of these messages but 红烧肉."""
    texts = ["会员卡的积分怎么抵扣", "客户在门店自提，运费由买家承担", "小红书、抖音都可以", "券", "限流、降权和封号"]
    return LexicalIndex.index(texts, dictionaries.glossary_segmenter())


@pytest.mark.parametrize(
    ("message", "dependence"),
    [
        ("一般都要多少钱才能抵", CERTAIN),
        ("一般都要花多少钱才能抵", POSSIBLE),
        ("一般都要多少钱才能够抵", POSSIBLE),
        ("怎么样这样自提券", CERTAIN),
        ("怎么样这样门店自提", POSSIBLE),
        ("要门店自提券多少钱", POSSIBLE),
        ("要客户门店自提多少钱", NONE),
        ("要门店自提的券大概要多少钱的", POSSIBLE),
        ("要门店自提的券大概要多少钱的呀", NONE),
        ("可以在门店自提积分多少的", POSSIBLE),
        ("可以在门店自提积分多少的钱", NONE),
        ("可以用抖音发积分吗", NONE),
        ("积分可以抵吗", NONE),
        ("红烧肉怎么炖", NONE),
        ("运费", NONE),
        ("啥都不好干", NONE),
        ("老师好", NONE),
        ("你能做什么", NONE),
    ],
)
def test_a_question_without_a_sign_is_judged_by_how_little_it_says(
    message: str, dependence: Dependence, lexical: LexicalIndex
) -> None:
    assert depends_on_context(message, GLOSSARY, lexical) is dependence


@pytest.mark.parametrize(
    ("message", "dependence"),
    [
        ("那么", CERTAIN),
        ("那门店自提的运费由谁来出呀", CERTAIN),
        ("那门店自提的运费由谁来出的呀", LIKELY),
        ("那门店自提的运费大概到底应该由谁来出才对呢", LIKELY),
        ("那门店自提的运费大概到底应该由谁来出才对的呢", NONE),
        ("那红烧肉怎么弄", CERTAIN),
        ("那红烧肉丁怎么弄", NONE),
        ("那积分到底要怎么弄才可以的呀吗", LIKELY),
        ("那积分到底要怎么弄才可以比较好吗", NONE),
        ("它门店自提运费大概要怎么算的", CERTAIN),
        ("它门店自提运费大概要怎么算的呢", LIKELY),
        ("它门店自提运费大概应该要怎么去算才可以的", LIKELY),
        ("它门店自提运费大概应该要怎么去算才可以的呢", NONE),
        ("它门店自提客户怎么算", CERTAIN),
        ("它门店自提运费客户怎么算", LIKELY),
        ("它积分门店自提怎么算", CERTAIN),
        ("它积分抖音怎么算", LIKELY),
        ("它红烧肉怎么炖", NONE),
    ],
)
def test_a_question_that_points_back(message: str, dependence: Dependence, lexical: LexicalIndex) -> None:
    assert depends_on_context(message, GLOSSARY, lexical) is dependence


@pytest.mark.parametrize(
    ("message", "dependence"),
    [
        ("再说说券", CERTAIN),
        ("再说说券抵", NONE),
        ("再说说抖音", NONE),
        ("具体应该怎么弄才可以比较好的解决这个问题", CERTAIN),
        ("具体应该怎么弄才可以比较好的去解决这个问题", NONE),
        ("第二点应该怎么弄才可以比较好的去解决问题", CERTAIN),
        ("第二点应该怎么弄才可以比较好的去解决问题呢", NONE),
        ("第一个月具体说说", CERTAIN),
        ("第一周具体说说券抵", CERTAIN),
        ("第一周具体说说抖音", NONE),
        ("视频号呢", CERTAIN),
        ("抖音怎么发券呢", NONE),
        ("换成抖音呢", CERTAIN),
    ],
)
def test_a_message_that_is_cut_short(message: str, dependence: Dependence, lexical: LexicalIndex) -> None:
    assert depends_on_context(message, GLOSSARY, lexical) is dependence


@pytest.mark.parametrize(
    ("message", "dependence"),
    [
        ("tell me more", CERTAIN),
        ("tell me more about WeCom", NONE),
        ("what about a red box for us and them", CERTAIN),
        ("what about WeCom right now", CERTAIN),
        ("what about WeCom group sends now", LIKELY),
        ("could they be red or blue in may or", CERTAIN),
        ("could they be red or blue in may or june", CERTAIN),
        ("could they be red or blue in may or june then", NONE),
        ("could they be on WeCom in may or", LIKELY),
        ("could they be on WeCom in may or june", NONE),
        ("and red boxes", CERTAIN),
        ("how much for the", CERTAIN),
        ("how much for boxes", POSSIBLE),
        ("how much for red boxes", NONE),
        ("how much is WeCom", NONE),
        ("how much is the best price per day", CERTAIN),
        ("how much is the best price per day for", NONE),
        ("is it legal to sell", NONE),
        ("what are you", NONE),
        ("thanks", NONE),
    ],
)
def test_a_message_in_english(message: str, dependence: Dependence, lexical: LexicalIndex) -> None:
    assert depends_on_context(message, GLOSSARY, lexical) is dependence


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("多少钱", False),
        ("那多少钱", False),
        ("它贵吗", False),
        ("违规不", False),
        ("会限流降权吗", False),
        ("要会限流降权吗", True),
        ("券多少钱", True),
        ("门店自提多少钱", True),
        ("视频号呢", True),
        ("积分可以抵吗", True),
        ("how much is it", False),
        ("and how much", False),
        ("how much for boxes", True),
        ("how much is that box", True),
    ],
)
def test_whether_a_message_names_anything(message: str, named: bool, lexical: LexicalIndex) -> None:
    assert names_nothing(message, GLOSSARY, lexical) is not named


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("视频号呢", "视频号"),
        ("视频号呢,好", "视频号"),
        ("视频号呢,好吗", None),
        ("换成视频号可以吗", "视频号"),
        ("换成视频号也一样吗", None),
        ("视频号", None),
    ],
)
def test_the_subject_of_an_ellipsis(message: str, subject: str | None) -> None:
    assert ellipsis_subject(message) == subject


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("请问一下,那个人号呢", "个人号呢"),
        ("想问下群发呢", "群发呢"),
        ("再请教一下子,群发呢", "群发呢"),
        ("请问下拉词多久更新一次", "下拉词多久更新一次"),
    ],
)
def test_what_only_says_that_a_question_follows_is_no_part_of_it(message: str, rest: str) -> None:
    assert remainder(message) == rest
