"""Messages that lean on an earlier question, and such that do not."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answerer import Answerer
from bot.answering.followup_detection import Dependence
from bot.answering.followups import Completed, complete, standing_question
from bot.model import Status
from embeddings.index.lexical import LexicalIndex
from embeddings.refusal.confidence import Calibration
from embeddings.search.retriever import Retriever
from tests.embeddings.helpers import Bench
from tests.support import dictionaries

GLOSSARY = dictionaries.glossary()
ALWAYS = Calibration(0, {}, answer_at=0, unsure_at=0)
NEVER = Calibration(0, {}, answer_at=0.9, unsure_at=0.9)


@pytest.fixture(scope="module")
def lexical() -> LexicalIndex:
    texts = [
        paragraph
        for file in sorted((files("corpus") / "articles").iterdir(), key=lambda file: file.name)
        for paragraph in file.read_text(encoding="utf-8").split("\n\n")
    ]
    return LexicalIndex.index(texts, dictionaries.glossary_segmenter())


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    bench = Bench(tmp_path_factory.mktemp("followups"))
    bench.indexer().reindex()
    return bench.retriever()


@pytest.mark.parametrize(
    "message",
    [
        "那个人号呢",
        "那企业的呢？",
        "做美甲的呢",
        "要多少钱",
        "多久能下来",
        "审核要多久",
        "能退吗",
        "怎么弄",
        "第二点展开说说",
        "第二步呢",
        "你刚才说的第三点是怎么回事",
        "具体怎么操作",
        "还有别的办法吗",
        "它违法吗",
        "它俩有啥不一样",
        "这样做会被罚吗",
        "那我该怎么办",
        "换成视频号呢",
        "改成实物奖励可以吗",
        "没有粉丝的话呢",
        "要是客户不同意呢",
        "那個要錢嗎",
        "第二點展開講講",
        "为什么",
        "and for a shop?",
        "what about a personal account?",
        "how much is it?",
        "is that allowed?",
        "tell me more about the second point",
        "what if they don't reply?",
        "how long does it take?",
    ],
)
def test_a_message_without_a_subject_follows_up(message: str, lexical: LexicalIndex) -> None:
    completed = complete(message, ["小红书商家做私域从哪一步开始"], GLOSSARY, lexical)
    assert completed.link is Dependence.CERTAIN
    assert completed.text.startswith("小红书商家做私域从哪一步开始")


@pytest.mark.parametrize(
    "message",
    [
        "微信群怎么活跃",
        "这个月小红书有什么新规则",
        "这几天小红书笔记没流量怎么回事",
        "第一次开薯店要准备什么",
        "第三方工具自动回复会封号吗",
        "换了公司主体，企业微信的客户还在吗",
        "如果员工离职客户怎么办，他手上的群能转吗",
        "复购率到多少才算及格",
        "什么是活码",
        "KOC是什么",
        "红烧肉怎么炖",
        "茅台股票现在能不能买",
        "今天好累，不想上班",
        "你能做什么",
        "谢谢老师！",
        "What is LTV?",
        "Is it legal to pay customers for reviews on Xiaohongshu?",
        "Can the boss read staff chats with customers on WeCom by default?",
        "How to cook pork?",
        "",
    ],
)
def test_a_message_with_a_subject_stays_as_it_is(message: str, lexical: LexicalIndex) -> None:
    assert complete(message, ["小红书企业号认证要交多少钱"], GLOSSARY, lexical) == Completed(message)


@pytest.mark.parametrize(
    ("earlier", "message", "expected"),
    [
        ("小红书企业号认证要交多少钱", "那个人号呢", "小红书个人号认证要交多少钱"),
        ("服务号一个月能群发几回", "订阅号呢", "订阅号一个月能群发几回"),
        ("漏斗里加微率怎么算", "那开口率呢？", "漏斗里开口率怎么算"),
        ("小红书上能发券吗", "抖音呢", "抖音上能发券吗"),
        ("薯条最少投多少钱起", "聚光呢", "聚光最少投多少钱起"),
        ("薯条是什么", "它和聚光有什么区别", "薯条和聚光有什么区别"),
        ("什么是SCRM？", "一年要花多少", "SCRM一年要花多少"),
        ("私域是什么", "那公域呢", "公域是什么"),
        ("小红书申诉分几步？", "第三步怎么做", "小红书申诉分几步，第三步怎么做"),
        ("企业微信认证费是多少", "what about 1000 staff?", "企业微信认证费是多少，what about 1000 staff?"),
        ("How do I appeal?", "what if it fails?", "How do I appeal? what if it fails?"),
        ("企业微信能加多少人", "个人微信呢", "个人微信能加多少人"),
        ("小红书能发券吗", "服务号呢", "小红书能发券吗，服务号呢"),
        ("服务号和订阅号哪个好", "视频号呢", "服务号和订阅号哪个好，视频号呢"),
        ("服务号一个月能群发几次？！", "订阅号的话呢", "订阅号一个月能群发几次"),
        ("服务号一个月能群发几次", "服务号呢", "服务号一个月能群发几次，服务号呢"),
        ("薯条是什么", "这个怎么收费", "薯条怎么收费"),
        ("薯条是什么", "聚光呢", "聚光是什么"),
        ("薯条能投多少？", "要多少钱", "薯条能投多少，要多少钱"),
        ("加微率怎么算", "率呢", "加微率怎么算，率呢"),
    ],
)
def test_the_completed_question_reads_well(earlier: str, message: str, expected: str, lexical: LexicalIndex) -> None:
    assert complete(message, [earlier], GLOSSARY, lexical).text == expected


def test_follow_ups_lean_on_each_other_and_greetings_in_between_are_skipped(lexical: LexicalIndex) -> None:
    history = ["会员卡怎么设计", "小红书企业号认证要多少钱", "那个人号呢", "好的谢谢"]
    completed = complete("一般要等几天", history, GLOSSARY, lexical)
    assert completed.text == "小红书个人号认证要多少钱，一般要等几天"


@pytest.mark.parametrize(
    ("history", "standing"),
    [
        (["多少钱"], None),
        (["多少钱", "薯条是什么"], "薯条是什么"),
        (["薯条是什么", "多少钱"], "薯条多少钱"),
        (["薯条是什么", "聚光呢", "要多少钱"], "聚光要多少钱"),
        (["薯条是什么", "不是，我是说聚光"], "聚光是什么"),
        (["薯条是什么", "你好", " "], "薯条是什么"),
        (["薯条是什么", "企业微信能加多少客户"], "企业微信能加多少客户"),
    ],
)
def test_what_stands_at_the_end_of_a_conversation(
    history: list[str], standing: str | None, lexical: LexicalIndex
) -> None:
    assert standing_question(history, GLOSSARY, lexical) == standing


@pytest.mark.parametrize("history", [[], ["你好"], ["", "  "]])
def test_without_an_earlier_question_there_is_nothing_to_lean_on(history: list[str], lexical: LexicalIndex) -> None:
    assert complete("要多少钱", history, GLOSSARY, lexical) == Completed("要多少钱")


def test_a_long_earlier_question_is_cut(lexical: LexicalIndex) -> None:
    completed = complete("要多少钱", ["怎么认证" * 200], GLOSSARY, lexical)
    assert completed.text.endswith("，要多少钱")
    assert len(completed.text) < 200


@given(message=st.text(max_size=60), earlier=st.text(max_size=60))
def test_any_two_messages_can_be_completed(message: str, earlier: str, lexical: LexicalIndex) -> None:
    completed = complete(message, [earlier], GLOSSARY, lexical)
    assert completed.link is not Dependence.NONE or completed.text == message


def test_an_answer_tells_what_was_understood_and_keeps_what_was_typed(retriever: Retriever) -> None:
    answer = Answerer(retriever, ALWAYS, glossary=GLOSSARY).answer("一天能发几次呢", ["企业微信群发"])
    assert answer.question == "一天能发几次呢"
    assert answer.understood == "企业微信群发，一天能发几次呢"
    assert answer.passages[0].article == "qiwei.md"


def test_a_definition_is_found_through_the_conversation(retriever: Retriever) -> None:
    answer = Answerer(retriever, NEVER, glossary=GLOSSARY).answer("那公域呢", ["私域是什么"])
    assert answer.sources[0].title == "术语表：公域"


def test_a_new_question_is_answered_as_if_nothing_had_been_asked(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=GLOSSARY)
    alone, later = answerer.answer("复购率怎么提高"), answerer.answer("复购率怎么提高", ["企业微信能加多少客户"])
    assert later.understood is None
    assert later.passages == alone.passages
    assert answerer.answer("谢谢", ["企业微信能加多少客户"]).status is Status.SMALLTALK


def test_where_the_form_settles_nothing_what_is_answered_as_typed_stays(retriever: Retriever) -> None:
    message, history = "要先清理客户吗", ["企业微信能加多少客户"]
    assert complete(message, history, GLOSSARY, retriever.generation.lexical).link is Dependence.POSSIBLE
    assert Answerer(retriever, ALWAYS, glossary=GLOSSARY).answer(message, history).understood is None
    assert Answerer(retriever, NEVER, glossary=GLOSSARY).answer(message, history).understood is None


def test_without_a_glossary_the_conversation_is_left_alone(retriever: Retriever, tmp_path: Path) -> None:
    assert Answerer(retriever, ALWAYS).answer("要多少钱", ["企业微信群发"]).understood is None
