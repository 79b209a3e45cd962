"""The real model over the starter articles: the same question in other forms finds the same, however it is dressed."""

from __future__ import annotations

import pytest

from bot.answering.service import Service
from bot.model import Remark, Status

pytestmark = [pytest.mark.xdist_group("starter"), pytest.mark.model, pytest.mark.timeout(1800)]

# What is asked for, and the article that holds it.
REQUESTS = [
    ("讲讲企业微信客户上限", "wecom-contacts-limit.md"),
    ("列一下朋友圈发什么内容合适", "moments-sop.md"),
    ("企业微信群发次数限制", None),
    ("小红书限流的原因", "xhs-limited-flow.md"),
    ("求一个复购提醒的话术", "repurchase.md"),
    ("麻烦说说个人微信和企业微信的区别", "wecom-vs-personal.md"),
    ("给个加好友之后的欢迎语呗", "wecom-welcome.md"),
    ("来个30天起步计划", "solo-first-30-days.md"),
    ("能不能给我讲讲加微率", None),
    ("沉睡客户唤醒方案", "dormant-wakeup.md"),
    ("帮我出一套老客户转介绍的玩法", "referral-compliant.md"),
    ("整理下小红书私信引导加微的合规做法", None),
]
BACKGROUND = (
    "我是做手工皂的，在县城租了个小门面，去年春天开始发小红书，粉丝一千多。平时白天看店，晚上打包，老公下班了过来帮忙。"
    "上个月刚换了包装，客人都说好看，也有人嫌贵。"
)
QUESTIONS = [
    "企业微信一个人最多能加多少客户",
    "小红书笔记被限流了怎么恢复",
    "群里没人说话怎么办",
    "一天发几条朋友圈合适",
]


@pytest.mark.parametrize(("request_", "article"), REQUESTS)
def test_a_request_is_answered(starter_service: Service, request_: str, article: str | None) -> None:
    answer = starter_service.ask(request_)
    assert answer.status in (Status.ANSWERED, Status.UNSURE)
    assert article is None or article == answer.sources[0].article


@pytest.mark.parametrize("question", QUESTIONS)
def test_background_changes_nothing(starter_service: Service, question: str) -> None:
    plain = starter_service.ask(f"{question}？")
    for times in (1, 4, 8):
        told = starter_service.ask(BACKGROUND * times + f"请问{question}？")
        assert told.passages[0].passage == plain.passages[0].passage
        assert told.confidence <= plain.confidence + 0.05
        assert told.status is plain.status


@pytest.mark.parametrize(
    "text", ["怎么弄", "要交钱吗", "合法吗", "要多久", "咋整", "贵不贵", "为啥啊", "what does it cost?"]
)
def test_a_bare_question_is_asked_back(starter_service: Service, text: str) -> None:
    answer = starter_service.ask(text)
    assert (answer.status, answer.remark, answer.near_topics) == (Status.REFUSED, Remark.BARE, ())


def test_a_link_adds_nothing(starter_service: Service) -> None:
    question = "企业微信一个人最多能加多少客户"
    answer, plain = starter_service.ask(f"https://example.org/a/b {question}"), starter_service.ask(question)
    assert (answer.confidence, answer.quotes, answer.remark) == (plain.confidence, plain.quotes, Remark.LINK)


def test_a_correction_does_not_spoil_what_follows(starter_service: Service) -> None:
    first = starter_service.ask("不是，我问的是个人微信", ["企业微信一天能加多少人"])
    assert first.status is Status.ANSWERED
    assert first.understood is not None
    second = starter_service.ask("会被封吗", [first.understood])
    assert second.understood is not None
    assert "个人微信" in second.understood
