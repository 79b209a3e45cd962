"""Which figures hold which: claim, what the source says, whether that is enough."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generation.facts import Amount
from bot.generation.quantities import facts
from bot.generation.support import holds

HELD = [
    # Ways to write a number.
    ("群上限是三千人", "确认过群上限 3000 人", True),
    ("群上限是 3,000 人", "确认过群上限 3000 人", True),
    ("上限３０００人", "上限 3000 人", True),
    ("上限 0.3 万人", "上限 3000 人", True),
    ("上限 3k 人", "上限 3000 人", True),
    ("月入 2.5w 元", "月入两万五千元", True),
    ("月入两万五", "月入 2.5 万元", True),
    ("粉丝 20W+", "粉丝超过 20 万", True),
    ("4.5 万元", "45000 元", True),
    ("7000", "7000 人", True),
    ("2 到 4 万元", "20000–40000 元", True),
    # Parts.
    ("占95%", "95% 的店主", True),
    ("占百分之九十五", "95% 的店主", True),
    ("占八成", "80% 的店主", True),
    ("接近一半", "50% 的老客", True),
    ("约三分之二", "66% 的老客", False),
    ("费率千分之八", "费率 0.8%", True),
    ("涨了 4%", "涨了 4 个百分点", False),
    ("打七折", "打 7 折", True),
    ("打七折", "便宜 70%", False),
    ("变成 2 倍", "翻了一番", True),
    ("10%–20%", "一到两成", True),
    ("1/4 的人", "四分之一的人", True),
    # Ranges and their ends.
    ("2 到 5 个月见效", "要 2 到 5 个月才见效", True),
    ("2-5个月见效", "要二到五个月才见效", True),
    ("见效要 2 个月", "要 2 到 5 个月才见效", False),
    ("最多 5 个月", "要 2 到 5 个月才见效", True),
    ("最多 2 个月", "要 2 到 5 个月才见效", False),
    ("至少 2 个月", "要 2 到 5 个月才见效", True),
    ("1到5个月", "要 2 到 5 个月", False),
    ("两三天见效", "2 到 3 天见效", True),
    ("20–30 人", "20 到 30 人以内", True),
    # Time.
    ("等 5 个工作日", "等 5 天", False),
    ("等 5 个月", "等 5 天", False),
    ("48 小时内", "两天内答复", True),
    ("120 分钟", "2 小时", True),
    ("三周", "21 天", True),
    ("两个月", "60 天", False),
    ("半年", "6 个月", True),
    ("两年", "24 个月", True),
    ("半个小时", "30 分钟", True),
    # Dates: a coarser one is held by a finer one.
    ("截至 2024 年 8 月", "截至 2024-08-15 的公告", True),
    ("2024 年 8 月 15 日起", "2024 年 8 月", False),
    ("8月15日起", "从 2024-08-15 起", True),
    ("2024年起", "2024-08-15 起", True),
    ("2023年起", "2024-08-15 起", False),
    ("二〇二四年", "2024 年", True),
    ("2024.8.15", "2024-08-15", True),
    ("2024 年 13 月", "2024 年", False),
    ("2024 年 13 月", "2024 年 13 月", False),
    ("晚上7点开播", "19:00 开播", True),
    ("晚上6点开播", "19:00 开播", False),
    # Limits and what is only about right.
    ("最多 100 字", "建议 100 字左右", True),
    ("至少 300 人", "不超过 300 人", False),
    ("超过 300 人", "300 人以上", True),
    ("不超过 300 人", "300 人以上", False),
    ("约 3000 人", "2988 人", True),
    ("3000 人", "2988 人", False),
    ("约 2900 人", "2988 人", True),
    ("两万多人", "23000 人", True),
    ("两万多人", "47000 人", False),
    ("几百人", "320 人", True),
    ("几百人", "3200 人", False),
    # Counting and order.
    ("分三步走", "分三步", True),
    ("一共有五种办法", "有六种办法", False),
    ("1. 打开后台", "打开后台", True),
    ("第二步：打开后台", "再打开后台", True),
    ("第二步打开后台", "再打开后台", True),
    ("先注册，第二步：打开后台", "先注册，再打开后台", True),
    ("关键在第七步要付款", "关键在第三步要付款", False),
    ("先注册，第七步要付款", "先注册，第三步要付款", False),
    ("关键在第七步要付款", "关键在第 7 步要付款", True),
    ("② 打开后台", "打开后台", True),
    ("第 5 次会限流", "第五次会限流", True),
    ("第 5 次会限流", "一天 5 次", False),
    ("第 2 周", "第 2 天", False),
    # No numbers at all.
    ("一般不会限流", "不会限流", True),
    ("万一限流", "限流以后", True),
    ("双十二活动", "年底活动", True),
    ("店员一起来", "店员来", True),
    ("C2M 和 H5 页面", "页面", True),
    # Units.
    ("一次最多选300个客户", "群发一次最多选 300 个客户", True),
    ("每人每天2条", "每天最多 2 次", False),
    ("8 元", "8 美元", False),
    ("￥8", "8 元", True),
    ("8块", "8 元", True),
    ("3 人", "三位店员", True),
]


@pytest.mark.parametrize(("claim", "source", "held"), HELD)
def test_a_figure_is_held_by_the_same_or_a_more_exact_one(claim: str, source: str, held: bool) -> None:
    assert is_held(claim, source) is held


def is_held(claim: str, source: str) -> bool:
    claimed = [fact for fact in facts(claim) if not (isinstance(fact, Amount) and fact.weak)]
    return all(any(holds(each, fact) for each in facts(source)) for fact in claimed)


PIECES = st.lists(
    st.one_of(
        st.text(
            alphabet="零一二两三四五六七八九十百千万亿半几个多第年月日号元天人次条%折成倍点:：.,-–~至到 约超过以上",
            max_size=8,
        ),
        st.integers(0, 10**7).map(str),
        st.sampled_from(("2025-03-12", "3 到 6 个月", "20:00", "百分之五", "1/3", "5,000 元", "十几个", "第三次")),
    ),
    max_size=8,
).map("".join)


@given(PIECES)
def test_figures_stand_in_the_text_in_order_and_hold_themselves(text: str) -> None:
    found = facts(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    assert all(holds(fact, fact) for fact in found if isinstance(fact, Amount) or fact.possible)


@given(st.integers(2, 10**8 - 1), st.sampled_from("元 人 次 天 个月 % 条".split()))
def test_a_number_is_the_same_however_it_is_written_and_no_other(number: int, unit: str) -> None:
    for written in (f"{number}", f"{number:,}", f"{number / 10_000:.4f}万", in_characters(number)):
        (fact,) = facts(f"共{written}{unit}") or (None,)
        assert fact is not None
        assert is_held(f"共{written}{unit}", f"共 {number} {unit}")
        assert not is_held(f"共{written}{unit}", f"共 {number + 1} {unit}")


def in_characters(number: int) -> str:
    """15000 → 一万五千, as a slow and obvious speller writes it."""
    if number >= 10_000:
        rest = number % 10_000
        return (
            in_characters(number // 10_000)
            + "万"
            + (("零" if rest < 1000 else "") + in_characters(rest) if rest else "")
        )
    spelt = ""
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            spelt += "零一二三四五六七八九"[digit] + name
        elif spelt and number % power and not spelt.endswith("零"):
            spelt += "零"
    return spelt


@pytest.mark.parametrize(
    "bomb",
    ["9" * 4000, "万" * 4000, "1,1," * 1000, "一" * 4000, "第" * 4000, "1-" * 2000, "百分之" * 1300, "2025-" * 800],
)
def test_time_grows_with_the_length_only(bomb: str) -> None:
    started = time.process_time()
    facts(bomb)
    assert time.process_time() - started < 1


def test_a_third_is_exact() -> None:
    (fact,) = facts("三分之一")
    assert isinstance(fact, Amount)
    assert fact.low == Fraction(100, 3)
