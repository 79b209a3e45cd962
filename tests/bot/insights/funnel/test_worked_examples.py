"""The worked examples of the articles come out to the digit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bot.insights.funnel.certainty import wilson
from bot.insights.funnel.figures import Stage
from bot.insights.funnel.model import Funnel
from bot.insights.funnel.planning import levers, plan
from bot.insights.funnel.tables import read


def funnel(text: str) -> Funnel:
    reading = read(text)
    assert not reading.asks
    (statement,) = reading.periods
    return Funnel(statement)


def rounded(value: Fraction | None, digits: int = 0) -> float:
    assert value is not None
    return round(float(value), digits)


CANDLES = (
    "曝光60000 点击4800 私信144 留资86 加微60 开口42 首单15 复购5 总共成交25单 "
    "客单价168 毛利率55% 样品和拍摄900 投放1500"
)


def test_the_candle_shop_of_the_worked_example() -> None:
    shop = funnel(CANDLES)
    rates = {result.stage: result.rate for result in shop.stages}
    assert rates[Stage.CLICK] == Fraction(8, 100)
    assert rates[Stage.MESSAGE] == Fraction(3, 100)
    assert rounded(rates[Stage.LEAD], 1) == 0.6
    assert rounded(rates[Stage.FRIEND], 1) == 0.7
    assert rates[Stage.REPLY] == Fraction(70, 100)
    assert rates[Stage.ORDER] == Fraction(25, 100)
    assert rounded(rates[Stage.REPEAT], 2) == 0.33
    assert shop.spent == 2400
    assert rounded(shop.cost(Stage.LEAD)) == 28
    assert shop.cost(Stage.FRIEND) == 40
    assert shop.cost(Stage.ORDER) == 160
    assert rounded(shop.contribution) == 92
    assert shop.revenue == 4200
    assert shop.gross == 2310
    assert shop.net == -90
    assert rounded(shop.returns["revenue_by_ads"], 1) == 2.8
    assert shop.returns["revenue_by_spent"] == Fraction(175, 100)
    assert rounded(shop.returns["gross_by_spent"], 2) == 0.96


def test_twenty_orders_planned_backwards() -> None:
    planned = plan(funnel("点击率8% 私信率3% 留资率60% 加微率70% 首单转化率25%"), 20)
    assert [stage.needed for stage in planned.stages] == [80_000, 6400, 192, 115, 80, 20]


@pytest.mark.parametrize(
    ("shop", "customer", "friend"),
    [
        ("客单价60 毛利40% 年6单 首单转化率30%", 144, 43),
        ("客单价168 毛利55% 一年买2.5单 首单转化率25%", 231, 58),
        ("客单价5000 毛利35% 年1单 首单转化率5%", 1750, 88),
    ],
)
def test_what_a_friend_is_worth_to_three_shops(shop: str, customer: int, friend: int) -> None:
    counted = funnel(shop)
    assert counted.customer_value == customer
    assert counted.friend_value is not None
    assert int(counted.friend_value + Fraction(1, 2)) == friend  # 87.5 is about 88


def test_value_by_cost_and_payback_of_the_candle_shop() -> None:
    shop = funnel("获客成本160元 客单价168 毛利55% 一年买2.5单")
    assert rounded(shop.value_by_cost, 1) == 1.4
    assert 8 < rounded(shop.payback, 1) < 9
    better = funnel("获客成本160元 客单价168 毛利55% 一年买4单")
    assert rounded(better.customer_value, -1) == 370
    assert rounded(better.value_by_cost, 1) == 2.3
    assert funnel("加微成本40元 首单转化率25%").cost(Stage.ORDER) == 160


def test_three_sources_of_friends() -> None:
    worth = [funnel(f"客单价168 毛利55% 年2.5单 首单转化率{rate}%").friend_value for rate in (35, 18, 50)]
    assert [int(value + Fraction(1, 2)) for value in worth if value is not None] == [81, 42, 116]


def test_the_cost_of_a_customer_from_the_price_of_a_click() -> None:
    assert funnel("单次点击1.2元 点击到留资8% 留资到成交25%").cost(Stage.ORDER) == 60


def test_from_the_cost_of_a_message_to_that_of_an_order() -> None:
    shop = funnel("开口成本20元 开口到留资40% 加微率60% 首单转化率20% 每单毛利600元")
    assert shop.cost(Stage.LEAD) == 50
    assert [rounded(shop.cost(stage)) for stage in (Stage.FRIEND, Stage.ORDER)] == [83, 417]
    assert shop.contribution is not None
    assert rounded(shop.contribution - (shop.cost(Stage.ORDER) or 0)) == 183


@pytest.mark.parametrize(
    ("shop", "most"),
    [
        ("每单毛利600 线索到成交15% 投放份额50%", "45"),
        ("每单毛利180元 线索到成交20% 投放份额40%", "14.4"),
        ("每单毛利1500元 线索到成交20% 投放份额40%", "120"),
        ("每单毛利1800元 线索到成交12% 投放份额40%", "86.4"),
        ("每单毛利2500元 线索到成交8% 投放份额40%", "80"),
        ("每单毛利90元 线索到成交30% 投放份额30%", "8.1"),
        ("每单毛利1200元 线索到成交10% 投放份额40%", "48"),
        ("客单价3000 毛利率40% 留资成交率10%", "120"),
        ("客单价3000 毛利率40% 留资成交率5%", "60"),
        ("每单毛利600 留资成交率15%", "90"),
    ],
)
def test_the_most_that_a_lead_may_cost(shop: str, most: str) -> None:
    assert funnel(shop).ceiling(Stage.LEAD) == Fraction(most)


def test_a_month_of_six_orders_from_ads() -> None:
    planned = plan(funnel("留资成交率10% 留资成本60元"), 6)
    assert [(each.stage, each.needed) for each in planned.stages] == [(Stage.LEAD, 60), (Stage.ORDER, 6)]
    assert planned.budget == 3600


@pytest.mark.parametrize(("margin", "roi"), [("50%", 2.0), ("70%", 1.43), ("30%", 3.33)])
def test_the_return_at_which_nothing_is_lost(margin: str, roi: float) -> None:
    assert rounded(funnel(f"毛利率{margin} 客单价100").break_even_roi, 2) == roi


def test_refunds_are_taken_off_before_the_return_is_counted() -> None:
    shop = funnel("投放1万 成交100 客单价200 退货率30%")
    assert shop.revenue == 14_000
    assert shop.returns["revenue_by_ads"] == Fraction(14, 10)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(10, 20, 30, 70), (25, 50, 37, 63), (50, 100, 40, 60), (100, 200, 43, 57), (1, 8, 2, 47)],
)
def test_the_intervals_of_the_articles(successes: int, trials: int, low: int, high: int) -> None:
    interval = wilson(successes, trials)
    assert (round(100 * interval.low), round(100 * interval.high)) == (low, high)


def test_the_four_improvements_of_the_worked_example() -> None:
    better = [
        funnel(f"留资86 加微率{friends}% 首单转化率{orders}% 投放2400") for friends, orders in ((85, 25), (70, 30))
    ]
    assert [rounded(shop.counts[Stage.ORDER]) for shop in better] == [18, 18]
    assert [rounded(shop.cost(Stage.ORDER), -1) for shop in better] == [130, 130]


def test_the_example_of_the_command_line() -> None:
    shop = funnel("曝光1万 点击800 私信60 留资35 加微20 成交4 客单价268 毛利50% 投放1500")
    assert shop.cost(Stage.ORDER) == 375
    assert shop.contribution == 134
    assert shop.break_even_roi == 2
    assert shop.break_even_orders == 12
    best, *_, last = levers(shop)
    assert (best.stage, rounded(best.worth, 1)) == (Stage.ORDER, 53.6)
    assert (last.stage, rounded(last.worth, 1)) == (Stage.EXPOSURE, -96.4)
