"""Kinds of things that are asked for, and texts that hold them."""

from __future__ import annotations

import pytest

from bot.answering.asked.aspect import Aspect, aspect_of, holds


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("企业号认证多少钱", Aspect.PRICE),
        ("会话存档怎么收费", Aspect.PRICE),
        ("平台抽几个点", Aspect.PRICE),
        ("复购率怎么算", Aspect.CALCULATION),
        ("申诉要多久", Aspect.DURATION),
        ("什么时候能恢复", Aspect.DURATION),
        ("一个月能群发几次", Aspect.FREQUENCY),
        ("笔记一天发几篇", Aspect.FREQUENCY),
        ("客户群上限", Aspect.NUMBER),
        ("最多加多少人", Aspect.NUMBER),
        ("在哪设置欢迎语", Aspect.PLACE),
        ("几点发笔记好", Aspect.TIME),
        ("哪些行业适合", Aspect.PERSON),
        ("为什么没有曝光", Aspect.REASON),
        ("怎么老是加不上人", Aspect.REASON),
        ("帮我写一条入群欢迎语", Aspect.TEMPLATE),
        ("客户嫌麻烦怎么回", Aspect.TEMPLATE),
        ("给个30天的计划", Aspect.PLAN),
        ("活码和群活码有什么区别", Aspect.COMPARISON),
        ("屡次违规会怎么样", Aspect.CONSEQUENCE),
        ("什么是活码", Aspect.DEFINITION),
        ("开店要哪些资料", Aspect.ENUMERATION),
        ("怎么提高复购", Aspect.WAY),
        ("群没人说话咋办", Aspect.WAY),
        ("能不能写电话", Aspect.VERDICT),
        ("发二维码算导流吗", Aspect.VERDICT),
        ("蓝链算导流不", Aspect.VERDICT),
        ("how much does it cost", Aspect.PRICE),
        ("how do i start", Aspect.WAY),
        ("包裹卡", None),
    ],
)
def test_the_words_of_a_question_tell_what_it_asks_for(question: str, aspect: Aspect | None) -> None:
    assert aspect_of(question) is aspect


@pytest.mark.parametrize(
    ("question", "answers", "beside"),
    [
        ("认证多少钱", "认证费每年 600 元。", "认证要交营业执照。"),
        ("开户多少钱", "首充约 2000–5000 元。", "先把笔记发起来。"),
        ("要收费吗", "这个功能免费。", "先在后台打开。"),
        ("申诉要多久", "一般三到五个工作日。", "把截图交上去。"),
        ("多久恢复", "没有统一的天数。", "把违规的笔记删掉。"),
        ("一天发几条", "一天 1–2 条比较稳。", "内容要像生活。"),
        ("最多多少人", "上限是 500 人。", "群主可以移除成员。"),
        ("在哪设置", "在管理后台的客户联系里打开。", "欢迎语写得短一点。"),
        ("为什么没人看", "多半是封面不清楚。", "封面放一张图。"),
        ("怎么设置自动回复", "先进入后台，再打开开关。", "自动回复很普遍。"),
        ("怎么算复购率", "复购率＝买过两次的人÷全部买过的人。", "复购率很重要。"),
        ("写一条欢迎语", "可以写：“您好，我是店主小陈，下单有问题找我。”", "欢迎语是第一印象。"),
        ("屡犯会怎样", "短期屡犯会被封号。", "平台看重内容。"),
        ("要哪些资料", "营业执照、身份证、手机号。", "审核约一天。"),
    ],
)
def test_what_answers_holds_more_of_it_than_what_stands_beside(question: str, answers: str, beside: str) -> None:
    aspect = aspect_of(question)
    assert aspect is not None
    assert holds(aspect, answers, question) == 1
    assert holds(aspect, beside, question) < 1


@pytest.mark.parametrize(
    ("question", "answers", "beside"),
    [
        ("能写电话吗", "不能写电话。", "电话有十一位。"),
        ("算导流吗", "这样写属于导流。", "平台看得见评论。"),
        ("需要营业执照吗", "不用营业执照。", "执照由工商颁发。"),
        ("会封号吗", "没有官方规定。", "账号有等级。"),
        ("是不是连坐", "没有公开的连带规则。", "两个号一起看。"),
    ],
)
def test_a_yes_or_no_is_answered_by_one_or_by_that_no_rule_is_known(question: str, answers: str, beside: str) -> None:
    assert holds(Aspect.VERDICT, answers, question) == 1
    assert holds(Aspect.VERDICT, beside, question) == 0
