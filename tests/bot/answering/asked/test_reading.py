"""A question and a text together."""

from __future__ import annotations

import pytest

from bot.answering.asked.aspect import Aspect
from bot.answering.asked.reading import Fit, QuestionReader
from bot.answering.asked.subject import SubjectFit
from bot.answering.clauses import what_asks
from corpus.vocabulary.glossary import Glossary

READER = QuestionReader(Glossary.load())


def test_a_question_is_read_in_whatever_spelling() -> None:
    asked = READER.read("薯店抽成几个点")
    assert asked.subject.products == ("小红书店铺",)
    assert asked.aspect is Aspect.PRICE


def test_a_text_fits_by_its_subject_and_by_what_it_holds() -> None:
    asked = READER.read("企业微信群最多多少人")
    right = READER.fit(asked, "客户群上限 500 人。", ("人数",), "企业微信客户群")
    assert right == Fit(SubjectFit.SAME, 1.0)
    assert READER.fit(asked, "群聊上限 500 人。", (), "小红书群聊") == Fit(SubjectFit.OTHER, 1.0)
    assert READER.fit(asked, "群主决定群规。", (), "社群") == Fit(SubjectFit.UNSAID, 0.0)


def test_where_no_kind_is_asked_for_every_text_fits_half() -> None:
    assert READER.fit(READER.read("包裹卡"), "随包裹放的卡片。").aspect == 0.5


def test_the_share_of_a_questions_terms_that_a_text_or_what_stands_above_it_names() -> None:
    asked = READER.read("薯店的聚光怎么投")
    assert READER.named(asked, "投放之前先看素材。") == 0
    assert READER.named(asked, "聚光先投一条笔记。") == 0.5
    assert READER.named(asked, "聚光先投一条笔记。", ("小红书店铺怎么投",), "投放") == 1
    assert READER.named(READER.read("怎么样才好"), "随便什么。") == 1


@pytest.mark.parametrize(
    ("message", "aspect"),
    [
        ("客户问我多少钱，我报完价他就不回了，该怎么办", Aspect.WAY),
        ("发了三天才有人问几点开门，笔记还能改标题吗", Aspect.VERDICT),
        ("群里天天有人问在哪买，群公告要写哪些东西", Aspect.ENUMERATION),
        ("别人说要多少钱我都给，退款多久到账", Aspect.DURATION),
    ],
)
def test_the_kind_of_thing_is_read_in_the_clauses_that_ask(message: str, aspect: Aspect) -> None:
    assert READER.read(message, what_asks(message)).aspect is aspect


def test_where_the_clause_that_asks_tells_no_kind_the_rest_tells_it() -> None:
    assert READER.read("聚光一天要花多少，懂的说一下", "懂的说一下").aspect is Aspect.PRICE
