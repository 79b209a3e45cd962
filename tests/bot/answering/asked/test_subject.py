"""What questions name, and which texts are about the same."""

from __future__ import annotations

import pytest

from bot.answering.asked.subject import Subject, SubjectFit, Subjects
from corpus.vocabulary.glossary import Glossary

SUBJECTS = Subjects(Glossary.load())


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("xhs怎么涨粉", Subject(said=("小红书",))),
        ("企微和个微哪个好", Subject(said=("企业微信", "个人微信"))),
        ("微信里的企业微信怎么注册", Subject(said=("企业微信",))),
        ("聚光怎么开户", Subject(products=("聚光",), of_products=("小红书",))),
        ("抖音的企业号怎么认证", Subject(said=("抖音",), products=("企业号",), of_products=("小红书",))),
        ("引流会被罚吗", Subject(assumed="小红书")),
        ("抖音引流会被罚吗", Subject(said=("抖音",))),
        ("有赞一年多少钱", Subject(products=("有赞",))),
        ("复购率怎么提高", Subject()),
    ],
)
def test_a_question_names_platforms_and_products(question: str, subject: Subject) -> None:
    assert SUBJECTS.read(question) == subject


def test_what_is_said_goes_before_what_a_product_belongs_to_and_that_before_what_is_assumed() -> None:
    assert SUBJECTS.read("抖音的企业号怎么认证").platforms == ("抖音",)
    assert SUBJECTS.read("聚光的私信怎么收费").platforms == ("小红书",)
    assert SUBJECTS.read("私信能发图吗").platforms == ("小红书",)
    assert SUBJECTS.read("复购率怎么提高").platforms == ()


@pytest.mark.parametrize(
    ("question", "text", "headings", "title", "fit"),
    [
        ("小红书群最多多少人", "群聊上限五百人。", (), "小红书的群怎么用", SubjectFit.SAME),
        ("小红书群最多多少人", "客户群上限五百人。", (), "企业微信的群怎么用", SubjectFit.OTHER),
        ("小红书群最多多少人", "小红书群聊上限五百人。", (), "企业微信的群怎么用", SubjectFit.SAME),
        ("小红书群最多多少人", "群太大就没人说话。", ("人数",), "社群怎么做", SubjectFit.UNSAID),
        ("怎么提高复购率", "企业微信里打标签。", (), "企业微信标签", SubjectFit.UNSAID),
        ("企微怎么群发", "个人微信的群发助手一次两百人。", (), "企业微信还是个人微信", SubjectFit.UNSAID),
        ("企微怎么群发", "个人微信的群发助手一次两百人。", (), "个人微信的限制", SubjectFit.OTHER),
        ("企微怎么群发", "在微信里发。", (), "微信的规则", SubjectFit.UNSAID),
        ("个人微信加人上限", "微信好友最多一万人。", (), "加人", SubjectFit.SAME),
        ("聚光怎么开户", "聚光先要企业号。", (), "聚光开户", SubjectFit.SAME),
        ("聚光怎么开户", "薯条直接在笔记里买。", (), "薯条", SubjectFit.UNSAID),
        ("抖音小店保证金多少", "微信小店的保证金按类目。", (), "微信小店", SubjectFit.OTHER),
        ("小红书怎么导到微信", "把小红书的客户引到微信。", (), "合规路径", SubjectFit.SAME),
        ("小红书怎么导到微信", "把笔记写好。", (), "小红书笔记", SubjectFit.UNSAID),
        ("小程序能挂吗", "JD.com 上卖。", (), "京东", SubjectFit.UNSAID),
    ],
)
def test_a_text_is_about_the_same_or_says_nothing_or_is_about_another(
    question: str, text: str, headings: tuple[str, ...], title: str, fit: SubjectFit
) -> None:
    assert SUBJECTS.fit(SUBJECTS.read(question), text, headings, title) is fit


def test_a_latin_name_is_a_word_of_its_own() -> None:
    assert SUBJECTS.mentioned("wecom 和 KOS") == {"企业微信", "KOS"}
    assert not SUBJECTS.mentioned("wecomx, jd.common, xkos")


def test_a_platform_is_named_by_its_products_too() -> None:
    assert SUBJECTS.is_named("抖音", ["没有", "抖店怎么开"])
    assert not SUBJECTS.is_named("抖音", ["小红书", ""])
