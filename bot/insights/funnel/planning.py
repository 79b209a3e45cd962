"""From numbers to decisions: what +10 % at a step is worth a month, and what so many orders take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from bot.insights.funnel.figures import MONTH, Stage, Term
from bot.insights.funnel.model import Funnel

LIFT = Fraction(1, 10)
"""By which every step is improved, one at a time: a tenth of its rate, as far as that stays within 100 %."""

_RECEPTION = (Stage.LEAD, Stage.FRIEND, Stage.ORDER, Stage.REPEAT)
"""The steps that hardly cost money to improve, being the merchant's own answers: `funnel-worked-example.md`."""


@dataclass(frozen=True, slots=True)
class Lever:
    """What improving the step to a stage by `lift` is worth: more orders a month, and yuan a month.

    `worth` is None where it is not known what an order brings. For more views it has what they cost taken off.
    """

    stage: Stage
    rate: Fraction | None
    lift: Fraction
    orders: Fraction
    worth: Fraction | None


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """How many of a stage are needed, and what one costs where that is known."""

    stage: Stage
    needed: int
    cost: Fraction | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What `orders` first orders take, stage by stage from the top, at today's rates and costs; `budget` in yuan."""

    orders: int
    stages: tuple[PlannedStage, ...]
    budget: Fraction | None


def levers(funnel: Funnel) -> tuple[Lever, ...]:
    """All steps by what an improvement is worth, the best first; empty where no orders were counted.

    In a chain of rates a tenth more at any step makes a tenth more orders. What differs: views are bought, a rate
    cannot pass 100 %, repurchases only add to themselves. Of steps worth as much, those that the merchant's own
    answers decide come first, and among them the one at which most are lost now.
    """
    orders = funnel.counts.get(Stage.ORDER)
    if not orders:
        return ()
    found = [_lever(funnel, stage, orders) for stage in funnel.path]
    if funnel.repeat_orders and (repeat := _repeat_lever(funnel)) is not None:
        found.append(repeat)
    return tuple(sorted((lever for lever in found if lever.lift), key=_by_worth))


def _by_worth(lever: Lever) -> tuple[Fraction, Fraction, bool, Fraction]:
    worth = Fraction(0) if lever.worth is None else lever.worth
    return (-worth, -lever.orders, lever.stage not in _RECEPTION, Fraction(2) if lever.rate is None else lever.rate)


def _lever(funnel: Funnel, stage: Stage, orders: Fraction) -> Lever:
    base = funnel.base_of(stage)
    rate = None if base is None else funnel.share(base, stage)
    lift = LIFT if rate is None else min(LIFT, 1 / rate - 1)
    value = funnel.contribution if funnel.customer_value is None else funnel.customer_value
    extra = orders * lift
    # More of what stands first is bought; a better rate later on is not.
    price = funnel.statement.values.get(Term.ADS, Fraction(0)) * lift if rate is None else Fraction(0)
    a_month = _months(funnel)
    return Lever(stage, rate, lift, extra / a_month, None if value is None else (extra * value - price) / a_month)


def _repeat_lever(funnel: Funnel) -> Lever | None:
    rate = funnel.share(Stage.ORDER, Stage.REPEAT)
    if rate is None or not rate or funnel.repeat_orders is None:
        return None
    lift = min(LIFT, 1 / rate - 1)
    extra, a_month = funnel.repeat_orders * lift, _months(funnel)
    worth = None if funnel.contribution is None else extra * funnel.contribution / a_month
    return Lever(Stage.REPEAT, rate, lift, extra / a_month, worth)


def _months(funnel: Funnel) -> Fraction:
    """How many months the numbers are of; one where they do not say."""
    return funnel.statement.values.get(Term.DAYS, MONTH) / MONTH


def plan(funnel: Funnel, orders: int) -> Plan:
    """What so many first orders take, every stage rounded up to whole people as `funnel-worked-example.md` does."""
    needed, below = [PlannedStage(Stage.ORDER, orders, funnel.cost(Stage.ORDER))], Fraction(orders)
    for earlier, later in zip(funnel.path[-2::-1], funnel.path[:0:-1], strict=True):
        share = funnel.share(earlier, later)
        if not share:
            break
        below = Fraction(math.ceil(below / share))
        needed.append(PlannedStage(earlier, int(below), funnel.cost(earlier)))
    cost = funnel.cost(Stage.ORDER)
    return Plan(orders, tuple(reversed(needed)), None if cost is None else cost * orders)
