"""What holds for all numbers: order and unit do not matter to reading, counts never grow, planning is inverted."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.insights.funnel.certainty import chance_of_difference, wilson
from bot.insights.funnel.comparison import Verdict, compare
from bot.insights.funnel.figures import Figure, Stage, Statement, Step, Term
from bot.insights.funnel.model import Funnel
from bot.insights.funnel.planning import levers, plan
from bot.insights.funnel.reading import read_text
from bot.insights.funnel.sense import impossible
from bot.insights.funnel.tables import read

WORDS: dict[Stage | Term, str] = {
    Stage.EXPOSURE: "曝光",
    Stage.CLICK: "点击",
    Stage.MESSAGE: "私信",
    Stage.LEAD: "留资",
    Stage.FRIEND: "加微",
    Stage.ORDER: "成交",
    Term.PRICE: "客单价",
    Term.ADS: "投放",
}
PATH = (Stage.EXPOSURE, Stage.CLICK, Stage.MESSAGE, Stage.LEAD, Stage.FRIEND, Stage.ORDER)


def written(value: int) -> st.SearchStrategy[str]:
    """The ways to write a whole number."""
    ways = [str(value), f"{value:,}"]
    if value % 100 == 0 and value >= 1000:
        ways += [f"{value / 10_000:g}万", f"{value / 10_000:g}w", f"{value / 1000:g}k", f"{value / 1000:g}千"]
    return st.sampled_from(ways)


@st.composite
def statements(draw: st.DrawFn) -> tuple[dict[Stage | Term, int], str]:
    """Numbers and one way to write them."""
    figures = draw(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, unique=True))
    values = {figure: draw(st.integers(1, 99_999) | st.integers(10, 999).map(lambda n: 100 * n)) for figure in figures}
    mark = draw(st.sampled_from((" ", "，", ", ", "；", "\n", "、")))
    before = draw(st.booleans())
    link = draw(st.sampled_from(("", ":", "：", " ", "大概")))
    pieces = []
    for figure, value in values.items():
        number = draw(written(value))
        money = "元" if figure in (Term.PRICE, Term.ADS) and draw(st.booleans()) else ""
        pieces.append(f"{WORDS[figure]}{link}{number}{money}" if before else f"{number}{money}{WORDS[figure]}")
    return values, mark.join(pieces)


@given(statements())
def test_numbers_are_read_in_any_order_and_unit(case: tuple[dict[Stage | Term, int], str]) -> None:
    values, text = case
    reading = read(text)
    assert not reading.asks, text
    assert [dict(period.values) for period in reading.periods] == [values], text


@given(
    st.text(max_size=80)
    | st.text("曝光点击私信加微成交毛利率到开口万千百一二三%成元.,:：0123456789 \n\t|", max_size=80)
)
@example("1" * 400)
@example("一" * 60)
def test_nothing_that_people_type_makes_the_reader_fail(text: str) -> None:
    for period in read(text).periods:
        assert all(value >= 0 for value in period.values.values())
        if not impossible(period):
            Funnel(period).stages  # noqa: B018 - the point is that it can be counted


@st.composite
def shares(draw: st.DrawFn) -> dict[Figure, Fraction]:
    """Rates of a whole chain, in tenths of a per cent."""
    return {Step(base, stage): Fraction(draw(st.integers(1, 1000)), 1000) for base, stage in itertools.pairwise(PATH)}


@given(st.integers(0, 10**7), shares())
def test_counts_never_grow_and_rates_multiply(views: int, rates: dict[Figure, Fraction]) -> None:
    counts = Funnel(Statement({Stage.EXPOSURE: Fraction(views), **rates})).counts
    assert list(counts) == list(PATH)
    assert all(later <= earlier for earlier, later in itertools.pairwise(counts.values()))
    for base, stage in itertools.pairwise(PATH):
        assert counts[stage] == counts[base] * rates[Step(base, stage)]


@given(shares(), st.integers(1, 500))
def test_planning_backwards_inverts_counting_forwards(rates: dict[Figure, Fraction], orders: int) -> None:
    planned = plan(Funnel(Statement(rates)), orders)
    needed = {each.stage: each.needed for each in planned.stages}
    assert tuple(needed) == PATH
    for base, stage in itertools.pairwise(PATH):
        # Enough, and with one fewer it would not be.
        assert needed[base] * rates[Step(base, stage)] >= needed[stage]
        assert (needed[base] - 1) * rates[Step(base, stage)] < needed[stage]
    got = Funnel(Statement({Stage.EXPOSURE: Fraction(needed[Stage.EXPOSURE]), **rates})).counts
    assert got[Stage.ORDER] >= orders


@given(shares(), st.integers(1, 500), st.integers(1, 500))
def test_more_orders_need_no_less_of_anything(rates: dict[Figure, Fraction], some: int, more: int) -> None:
    small, large = sorted((some, more))
    needed = [[each.needed for each in plan(Funnel(Statement(rates)), orders).stages] for orders in (small, large)]
    assert all(a <= b for a, b in zip(*needed, strict=True))


@given(st.integers(1, 10**6), shares(), st.sampled_from(PATH[1:]), st.integers(1, 999))
def test_a_better_step_never_costs_orders_or_makes_one_dearer(
    views: int, rates: dict[Figure, Fraction], stage: Stage, better: int
) -> None:
    step = next(step for step in rates if isinstance(step, Step) and step.stage is stage)
    assume(Fraction(better, 1000) > rates[step])
    base: dict[Figure, Fraction] = {Stage.EXPOSURE: Fraction(views), Term.SPENT: Fraction(1000)}
    before = Funnel(Statement({**base, **rates}))
    after = Funnel(Statement({**base, **rates, step: Fraction(better, 1000)}))
    assert after.counts[Stage.ORDER] >= before.counts[Stage.ORDER]
    cost, cheaper = before.cost(Stage.ORDER), after.cost(Stage.ORDER)
    assert cost is not None
    assert cheaper is not None
    assert cheaper <= cost


@given(st.integers(1, 10**6), shares(), st.integers(1, 5000), st.integers(0, 100_000))
def test_levers_come_by_worth_and_none_takes_a_rate_past_the_whole(
    views: int, rates: dict[Figure, Fraction], price: int, ads: int
) -> None:
    stated: dict[Figure, Fraction] = {Stage.EXPOSURE: Fraction(views), Term.PROFIT: Fraction(price), **rates}
    stated[Term.ADS] = Fraction(ads)
    found = levers(Funnel(Statement(stated)))
    worths = [lever.worth for lever in found if lever.worth is not None]
    assert worths == sorted(worths, reverse=True)
    assert len(worths) == len(found)
    assert all(lever.rate is None or lever.rate * (1 + lever.lift) <= 1 for lever in found)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_of_newcombes_table(successes: int, trials: int, low: float, high: float) -> None:
    # Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    interval = wilson(successes, trials)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((0, 1))
@example((1, 1))
def test_an_interval_holds_its_rate_and_mirrors_that_of_the_others(case: tuple[int, int]) -> None:
    successes, trials = case
    interval, mirrored = wilson(successes, trials), wilson(trials - successes, trials)
    assert 0 <= interval.low <= successes / trials <= interval.high <= 1
    assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-12)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 5), (6, 5)])
def test_an_interval_of_no_proportion_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, trials)


def test_the_test_of_two_proportions_is_that_of_the_physicians_health_study() -> None:
    # Agresti (2002), Categorical Data Analysis, 2.1.1 and 3.2.1: 189 of 11 034 and 104 of 11 037, X² = 25.0.
    chance = chance_of_difference((189, 104), (11_034, 11_037))
    assert chance == pytest.approx(math.erfc(math.sqrt(25.01 / 2)), rel=0.01)


@example(30, 30, 84, 84)
@given(st.integers(30, 900), st.integers(30, 900), st.integers(10, 90), st.integers(10, 90))
def test_the_chance_of_a_difference_is_that_of_pearsons_square(n: int, m: int, percent: int, other: int) -> None:
    a, c = n * percent // 100, m * other // 100
    b, d = n - a, m - c
    ours = chance_of_difference((a, c), (n, m))
    if min(n, m) * min(a + c, b + d) / (n + m) < 5:
        assert ours is None
        return
    square = (n + m) * (a * d - b * c) ** 2 / (n * m * (a + c) * (b + d))
    assert ours == pytest.approx(math.erfc(math.sqrt(square / 2)), abs=1e-12)


def _compared(before: str, after: str) -> list[Verdict]:
    return [change.verdict for change in compare(*(Funnel(read_text(text).periods[0]) for text in (before, after)))]


def test_half_of_twenty_against_three_fifths_may_be_chance_and_of_a_thousand_is_not() -> None:
    assert _compared("留资20 加微10", "留资20 加微12") == [Verdict.CHANCE]
    assert _compared("留资1000 加微500", "留资1000 加微600") == [Verdict.REAL]
    assert _compared("留资8 加微1", "留资8 加微2") == [Verdict.TOO_FEW]


def test_of_many_rates_one_has_to_stand_out_further() -> None:
    alone = _compared("留资200 加微100", "留资200 加微120")
    among = _compared("曝光90000 点击9000 私信900 留资200 加微100", "曝光90000 点击9000 私信900 留资200 加微120")
    assert alone == [Verdict.REAL]
    assert among[-1] is Verdict.CHANCE


def test_a_rate_is_compared_only_over_the_same_earlier_stage() -> None:
    changes = compare(*(Funnel(read_text(text).periods[0]) for text in ("私信60 加微20", "私信70 留资40 加微30")))
    assert [(change.step.base, change.step.stage) for change in changes] == [(Stage.MESSAGE, Stage.FRIEND)]
