"""A question taken apart."""

from __future__ import annotations

import pytest

from bot.answering.curated.phrasing import Phrasings
from corpus.vocabulary.glossary import Glossary
from embeddings.index.segmentation import Segmenter

GLOSSARY = Glossary.load()
PHRASINGS = Phrasings(GLOSSARY, Segmenter(GLOSSARY.words()))


def test_words_are_those_of_the_subject_each_once_and_no_counting_ones() -> None:
    assert PHRASINGS.read("请问企业微信认证要多少钱").words == ("企业", "微信", "企业微信", "认证")
    assert PHRASINGS.read("有没有优惠优惠").words == ("优惠",)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [("群满200人怎么办", {200}), ("佣金1.5还是三级分销", {1.5, 3}), ("两层分销合法吗", {2}), ("群怎么建", set())],
)
def test_numbers_are_read_in_digits_and_in_words_of_a_level(question: str, numbers: set[float]) -> None:
    assert PHRASINGS.read(question).numbers == numbers


@pytest.mark.parametrize(
    ("question", "negated"),
    [
        ("不能发货怎么办", True),
        ("没法登录怎么办", True),
        ("能不能发货", False),
        ("有没有优惠", False),
        ("发货吗", False),
    ],
)
def test_a_question_that_asks_by_a_negation_is_not_negated(question: str, negated: bool) -> None:
    assert PHRASINGS.read(question).negated is negated


def test_what_another_question_names_and_this_one_does_not_is_lacking() -> None:
    short, long = PHRASINGS.read("认证多少钱"), PHRASINGS.read("企业微信认证多少钱")
    assert short.lacks(long) == {"企业微信"}
    assert long.lacks(short) == frozenset()


def test_a_move_has_a_direction() -> None:
    there, back = PHRASINGS.read("微信怎么迁移到企业微信"), PHRASINGS.read("企业微信怎么迁移到微信")
    assert there.places == back.places
    assert there.order == tuple(reversed(back.order))
    assert PHRASINGS.conflict(there, back)
    assert not PHRASINGS.conflict(there, there)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("微信和企业微信哪个好", "企业微信和微信哪个好"),
        ("微信怎么迁移到企业微信", "怎么迁移到企业微信"),
        ("群满200人怎么办", "群满了怎么办"),
        ("200人和500人的群", "500人的群"),
    ],
)
def test_what_one_leaves_open_is_no_conflict(one: str, other: str) -> None:
    assert not PHRASINGS.conflict(PHRASINGS.read(one), PHRASINGS.read(other))
    assert not PHRASINGS.conflict(PHRASINGS.read(other), PHRASINGS.read(one))
