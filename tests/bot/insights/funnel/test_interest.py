"""Which questions get the button to the merchant's own numbers."""

from __future__ import annotations

import pytest

from bot.insights.funnel.interest import asks_for_own_numbers


@pytest.mark.parametrize(
    "question",
    [
        "一个私域客户值多少钱",
        "100个粉丝能转化几个",
        "私信成本贵不贵",
        "每月投5000回不回得来",
        "要100单得多少曝光",
        "怎么预测GMV",
        "聚光一个留资80块贵不贵",
        "获客多久回本",
        "ＲＯＩ只有2要不要停",
    ],
)
def test_questions_that_only_the_merchants_numbers_answer(question: str) -> None:
    assert asks_for_own_numbers(question)


@pytest.mark.parametrize(
    "question", ["加微信会不会封号", "企业微信群发每天几条", "欢迎语怎么写", "小红书怎么开店", "私信发微信号会怎样"]
)
def test_other_questions(question: str) -> None:
    assert not asks_for_own_numbers(question)
