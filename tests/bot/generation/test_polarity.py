"""Which words negate, and which clauses say the opposite of others."""

from __future__ import annotations

import pytest

from bot.generation.polarity import Assertion, contradicted, negations


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("可以发微信号", 0),
        ("不可以发微信号", 1),
        ("没有公开的上限", 1),
        ("别用小号", 1),
        ("禁止在评论里留号", 1),
        ("不是不可以", 2),
        ("不仅便宜，而且好用", 0),
        ("两者不同", 0),
        ("不超过 200 字", 0),
        ("特别要注意区别", 0),
        ("能不能发，要看类目", 0),
        ("有没有效果看数据", 0),
        ("未来三年", 0),
        ("未结算的提成照付", 0),
        ("Do not send it, you cannot undo that", 2),
    ],
)
def test_words_that_negate_are_counted(text: str, count: int) -> None:
    assert negations(text) == count


@pytest.mark.parametrize(
    ("claimed", "held", "opposite"),
    [
        ("申诉期间要删除聊天证据", "申诉期间不要删除聊天证据", True),
        ("商家可以在私信里发微信号", "商家不可以在私信里发微信号", True),
        ("商家不能在私信里发微信号", "商家不可以在私信里发微信号", False),
        ("别用员工小号加客户", "不要用员工小号加客户", False),
        ("不是不可以换店铺名称", "可以换店铺名称", False),
        ("申诉期间要删除聊天证据", "申诉说明不要写太长", False),
    ],
)
def test_the_opposite_of_what_is_held_is_seen(claimed: str, held: str, opposite: bool) -> None:
    assert contradicted(Assertion.of(claimed), [[Assertion.of(held)]]) is opposite
