"""A funnel counted: every stage with its rate and interval, what one costs, what a customer brings. Exact arithmetic.

Formulas and denominators are those of the articles `funnel-basics.md`, `funnel-cac-ltv.md`, `juguang-budget.md`,
`juguang-diagnose.md` and `lead-cost-ceiling.md`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from bot.insights.funnel.certainty import Interval, is_unsure, wilson
from bot.insights.funnel.figures import (
    CANONICAL_BASE,
    MONTH,
    REPEAT_WINDOW,
    SPENDING,
    Stage,
    Statement,
    Step,
    Term,
)

_MONTHS_OF_YEAR = Fraction(12)


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage: its count, and its rate with the stage that it is a share of.

    Both are None where they are not known. `interval` is there where the rate was observed, not planned; `unsure` tells
    that it is too wide to conclude anything.
    """

    stage: Stage
    count: Fraction | None
    base: Stage | None
    rate: Fraction | None
    interval: Interval | None
    unsure: bool


class Funnel:
    """One period's numbers and all that follows from them; what does not is None. The statement has to make sense."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._levels, self._islands = _levels(statement)

    @cached_property
    def counts(self) -> dict[Stage, Fraction]:
        """The counts, stated or following from rates or costs, in the order of the stages."""
        return {stage: self._levels[stage] for stage in Stage if self._islands.get(stage) == _COUNTED}

    def share(self, base: Stage, stage: Stage) -> Fraction | None:
        """How many of the one stage come to the other, as a share of 1; None where no numbers join the two."""
        known = self._islands.get(base) is not None and self._islands.get(base) == self._islands.get(stage)
        return self._levels[stage] / self._levels[base] if known and self._levels[base] else None

    def base_of(self, stage: Stage) -> Stage | None:
        """The stage that the rate of this one is a share of: the usual one, else the nearest before that is known."""
        usual = CANONICAL_BASE.get(stage)
        earlier = [other for other in Stage if other.place < stage.place and other is not Stage.REPLY]
        candidates = [*([usual] if usual else []), *reversed(earlier), *([Stage.REPLY] if stage is Stage.ORDER else [])]
        return next((base for base in candidates if self.share(base, stage) is not None), None)

    @cached_property
    def stages(self) -> tuple[StageResult, ...]:
        """All stages of which anything is known."""
        return tuple(self._stage(stage) for stage in Stage if stage in self._levels)

    def _stage(self, stage: Stage) -> StageResult:
        base = self.base_of(stage)
        rate = None if base is None else self.share(base, stage)
        interval = None if base is None else self._interval(base, stage)
        trials = self.counts.get(base, Fraction(0)) if base else Fraction(0)
        return StageResult(
            stage, self.counts.get(stage), base, rate, interval, interval is not None and is_unsure(interval, trials)
        )

    def _interval(self, base: Stage, stage: Stage) -> Interval | None:
        """Of a rate that was seen: its base was counted, and so was the stage or the share that came there."""
        stated = self.statement
        seen = base in stated.counts and (stage in stated.counts or Step(base, stage) in stated.rates)
        trials, successes = self.counts.get(base), self.counts.get(stage)
        if not seen or not trials or successes is None or successes > trials:
            return None
        return wilson(round(successes), round(trials))

    @cached_property
    def path(self) -> tuple[Stage, ...]:
        """The stages that customers come through up to the first order, without those that nothing joins to it."""
        joined = [stage for stage in Stage if self.share(stage, Stage.ORDER) is not None]
        return tuple(stage for stage in joined if stage not in (Stage.REPLY, Stage.REPEAT))

    # Money.

    @cached_property
    def spent(self) -> Fraction | None:
        """All that was spent: as stated, else the sum of its kinds, else what the counts at their stated cost make."""
        stated = self.statement
        kinds = [stated.values[term] for term in SPENDING if term in stated.values]
        if (whole := stated.get(Term.SPENT)) is not None:
            return whole
        if kinds:
            return sum(kinds, Fraction(0))
        costs = [(stage, cost) for stage, cost in stated.unit_costs.items() if stage in self.counts]
        return costs[-1][1] * self.counts[costs[-1][0]] if costs else None

    def cost(self, stage: Stage) -> Fraction | None:
        """What one of a stage costs: what was spent by its count, else from another stage's cost and the rates.

        Of views and clicks it is the ads alone where they are known, as in CPM and CPC.
        """
        count, spent = self.counts.get(stage), self.spent
        if stage in (Stage.EXPOSURE, Stage.CLICK):
            spent = self.statement.values.get(Term.ADS, spent)
        if spent is not None and count is not None:
            return spent / count if count else None
        stated = self.statement.unit_costs
        if stage in stated:
            return stated[stage]
        for other, cost in sorted(stated.items(), key=lambda item: -item[0].place):
            first, second = (other, stage) if other.place < stage.place else (stage, other)
            share = self.share(first, second)
            if share:
                return cost / share if first is other else cost * share
        return None

    @cached_property
    def price(self) -> Fraction | None:
        """Of one order, in yuan; from the revenue where it was not stated."""
        stated, orders = self.statement, self.all_orders
        revenue = stated.get(Term.REVENUE)
        derived = revenue / orders if revenue is not None and orders else None
        return stated.values.get(Term.PRICE, derived)

    @cached_property
    def profit(self) -> Fraction | None:
        """What is left of one order's price after the goods, before refunds."""
        stated = self.statement
        if (profit := stated.get(Term.PROFIT)) is not None:
            return profit
        margin, goods = stated.get(Term.MARGIN), stated.get(Term.GOODS)
        if self.price is None or (margin is None and goods is None):
            return None
        return self.price * margin if margin is not None else self.price - (goods or 0)

    @cached_property
    def margin(self) -> Fraction | None:
        """The share of the price that is left after the goods."""
        derived = self.profit / self.price if self.profit is not None and self.price else None
        return self.statement.values.get(Term.MARGIN, derived)

    @cached_property
    def contribution(self) -> Fraction | None:
        """What a first order brings towards what was spent to get it: its profit, refunds taken off."""
        return None if self.profit is None else self.profit * (1 - self._refunds)

    @property
    def _refunds(self) -> Fraction:
        return self.statement.values.get(Term.REFUND, Fraction(0))

    @cached_property
    def repeat_orders(self) -> Fraction | None:
        """Orders beyond the first; of customers who came again at least one each. None where nothing is known."""
        stated = self.statement
        if (orders := stated.get(Term.REPEAT_ORDERS)) is not None:
            return orders
        return self.counts.get(Stage.REPEAT)

    @cached_property
    def all_orders(self) -> Fraction | None:
        """First and repeated orders together, as stated or as far as they are known."""
        stated, first = self.statement, self.counts.get(Stage.ORDER)
        if (orders := stated.get(Term.ALL_ORDERS)) is not None:
            return orders
        return None if first is None else first + (self.repeat_orders or 0)

    @cached_property
    def orders_a_customer(self) -> Fraction | None:
        """Orders of one customer in the window, the first among them; None where nothing is known of repurchases."""
        stated, first = self.statement, self.counts.get(Stage.ORDER)
        if (yearly := stated.get(Term.ORDERS_A_YEAR)) is not None:
            return yearly
        if first and self.repeat_orders is not None:
            return 1 + self.repeat_orders / first
        share = self.share(Stage.ORDER, Stage.REPEAT)
        return None if share is None else 1 + share

    @cached_property
    def window_months(self) -> Fraction:
        """The months in which a customer's value is counted: a year, or the window of the repurchases."""
        if Term.ORDERS_A_YEAR in self.statement.values:
            return _MONTHS_OF_YEAR
        return self.statement.values.get(Term.REPEAT_DAYS, REPEAT_WINDOW) / MONTH

    @cached_property
    def customer_value(self) -> Fraction | None:
        """What a customer's orders bring in the window (LTV)."""
        if self.contribution is None or self.orders_a_customer is None:
            return None
        return self.contribution * self.orders_a_customer

    @cached_property
    def friend_value(self) -> Fraction | None:
        """What a friend is worth: how many of them buy, by what a customer brings; their upkeep is not taken off."""
        share, value = self.share(Stage.FRIEND, Stage.ORDER), self.customer_value
        return None if share is None or value is None else share * value

    @cached_property
    def value_by_cost(self) -> Fraction | None:
        """LTV / CAC."""
        cost = self.cost(Stage.ORDER)
        return None if self.customer_value is None or not cost else self.customer_value / cost

    @cached_property
    def payback(self) -> Fraction | None:
        """Months until a customer has brought what it cost to get one; 0 where the first order does.

        None where it does not and nothing is known of repurchases, or where nothing is earned.
        """
        cost = self.cost(Stage.ORDER)
        if cost is None or self.contribution is None:
            return None
        if self.contribution >= cost:
            return Fraction(0)
        value = self.customer_value
        return None if value is None or value <= 0 else cost / (value / self.window_months)

    @cached_property
    def break_even_roi(self) -> Fraction | None:
        """The revenue for each yuan spent at which nothing is lost or gained: 1 / margin."""
        return None if self.margin is None or self.margin <= 0 else 1 / self.margin

    @cached_property
    def break_even_orders(self) -> int | None:
        """Orders after which what was spent is back."""
        if self.spent is None or self.contribution is None or self.contribution <= 0:
            return None
        return math.ceil(self.spent / self.contribution)

    def ceiling(self, stage: Stage) -> Fraction | None:
        """The most that one of a stage may cost: what an order brings, by the share that buy and by that for ads."""
        share = self.share(stage, Stage.ORDER)
        if share is None or self.contribution is None:
            return None
        return self.contribution * share * self.statement.values.get(Term.AD_SHARE, Fraction(1))

    @cached_property
    def revenue(self) -> Fraction | None:
        """Of all orders, refunds taken off where it was not stated as a sum."""
        if (stated := self.statement.get(Term.REVENUE)) is not None:
            return stated
        if self.price is None or self.all_orders is None:
            return None
        return self.all_orders * self.price * (1 - self._refunds)

    @cached_property
    def gross(self) -> Fraction | None:
        """What all orders bring; of a revenue without orders its margin."""
        if self.contribution is not None and self.all_orders is not None:
            return self.all_orders * self.contribution
        return None if self.revenue is None or self.margin is None else self.revenue * self.margin

    @cached_property
    def net(self) -> Fraction | None:
        """What all orders bring, less what was spent."""
        return None if self.gross is None or self.spent is None else self.gross - self.spent

    @cached_property
    def returns(self) -> dict[str, Fraction]:
        """Three returns on what was spent, which people mix up: revenue by ads, revenue by all, gross by all."""
        ads = self.statement.get(Term.ADS)
        found = (
            ("revenue_by_ads", self.revenue, ads),
            ("revenue_by_spent", self.revenue, self.spent),
            ("gross_by_spent", self.gross, self.spent),
        )
        return {name: over / under for name, over, under in found if over is not None and under}


_COUNTED = 0
"""The island of the stages whose counts are known; others only stand in a proportion to each other."""


def _levels(statement: Statement) -> tuple[dict[Stage, Fraction], dict[Stage, int]]:
    """For each stage that is known a number, and its island: numbers of one island stand in proportion."""
    levels = dict(statement.counts)
    islands = dict.fromkeys(levels, _COUNTED)
    if (bought := _bought(statement, levels)) is not None:
        stage, count = bought
        levels[stage], islands[stage] = count, _COUNTED
    rates, island = statement.rates, _COUNTED
    _spread(rates, levels, islands)
    for step in rates:
        if step.base not in levels:
            island += 1
            levels[step.base], islands[step.base] = Fraction(1), island
            _spread(rates, levels, islands)
    return levels, islands


def _bought(statement: Statement, levels: Mapping[Stage, Fraction]) -> tuple[Stage, Fraction] | None:
    """A stage's count from what was spent and what one costs, where nothing was counted."""
    spent = statement.get(Term.SPENT) or statement.get(Term.ADS)
    if levels or spent is None:
        return None
    return next(((stage, spent / cost) for stage, cost in statement.unit_costs.items() if cost), None)


def _spread(rates: Mapping[Step, Fraction], levels: dict[Stage, Fraction], islands: dict[Stage, int]) -> None:
    """Follow the rates from the stages that are known to those that are not."""
    before = -1
    while before != len(levels):
        before = len(levels)
        for step, rate in rates.items():
            if step.base in levels and step.stage not in levels:
                levels[step.stage], islands[step.stage] = levels[step.base] * rate, islands[step.base]
            elif step.stage in levels and step.base not in levels and rate:
                levels[step.base], islands[step.base] = levels[step.stage] / rate, islands[step.stage]
