"""A funnel in words: a few lines that a phone shows at once, every formula with its numbers, and questions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.insights.funnel.comparison import Change
from bot.insights.funnel.figures import Figure, Stage, Statement, Step, Term, UnitCost
from bot.insights.funnel.model import Funnel, StageResult
from bot.insights.funnel.planning import Lever, Plan, levers
from bot.insights.funnel.reading import Ask
from bot.insights.funnel.sense import Contradiction, Impossible
from bot.locales import Texts

EXAMPLE = "曝光1万 点击800 私信60 留资35 加微20 成交4 客单价268 毛利50% 投放1500"
"""Numbers as they may be sent."""

_SHARES = frozenset({Term.MARGIN, Term.REFUND, Term.AD_SHARE})
_SUMS = frozenset(
    {
        Term.PRICE,
        Term.PROFIT,
        Term.GOODS,
        Term.ADS,
        Term.CONTENT,
        Term.PEOPLE,
        Term.OTHER,
        Term.SPENT,
        Term.REVENUE,
    }
)


def number(value: Fraction | float, digits: int = 1) -> str:
    """A number with separators; with decimals only below a hundred, and none that are zero."""
    amount = float(value)
    shown = f"{amount:,.{digits if abs(amount) < 100 else 0}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def percent(share: Fraction | float) -> str:
    """A share of 1 in per cent: whole from ten per cent on, below with a decimal, and two below one."""
    value = 100 * float(share)
    digits = 0 if value >= 10 or value == 0 else 1 if value >= 1 else 2
    shown = f"{value:.{digits}f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}%"


@dataclass(frozen=True, slots=True)
class FunnelWords:
    """A language's names and sentences of funnels."""

    words: Texts

    def yuan(self, amount: Fraction | float) -> str:
        """A sum of money."""
        return self.words("funnel_yuan", amount=number(amount))

    def stage(self, stage: Stage) -> str:
        """A stage's name."""
        return self.words(f"funnel_stage_{stage.name.lower()}")

    def step(self, stage: Stage, base: Stage | None) -> str:
        """The way to a stage; its name alone where nothing comes before it."""
        if base is None:
            return self.stage(stage)
        return self.words("funnel_step", base=self.stage(base), stage=self.stage(stage))

    def figure(self, figure: Figure) -> str:
        """Anything that can be stated, by its name."""
        if isinstance(figure, Stage):
            return self.stage(figure)
        if isinstance(figure, Step):
            return self.step(figure.stage, figure.base)
        if isinstance(figure, UnitCost):
            return self.words("funnel_unit_cost", stage=self.stage(figure.stage))
        return self.words(f"funnel_term_{figure.name.lower()}")

    def value(self, figure: Figure, value: Fraction) -> str:
        """A number as its figure counts."""
        if isinstance(figure, Step) or figure in _SHARES:
            return percent(value)
        if isinstance(figure, UnitCost) or figure in _SUMS:
            return self.yuan(value)
        return number(value)

    def statement(self, statement: Statement) -> str:
        """Everything that was read of one period, in one line."""
        named = (f"{self.figure(figure)} {self.value(figure, value)}" for figure, value in statement.values.items())
        label = self.words("funnel_period", label=statement.label) if statement.label else ""
        return label + self.words("funnel_comma").join(named)

    def ask(self, ask: Ask) -> str:
        """A question about a piece of the text."""
        return self.words(f"funnel_ask_{ask.doubt}", text=ask.text)

    def impossible(self, found: Impossible) -> str:
        """What cannot be, with its numbers."""
        second = found.second or found.first
        # People count whoever bought again this month, of all customers that they ever had.
        repeated = found.kind is Contradiction.MORE and found.first is Stage.REPEAT
        return self.words(
            "funnel_impossible_repeat" if repeated else f"funnel_impossible_{found.kind}",
            first=self.figure(found.first),
            value=self.value(found.first, found.value),
            second=self.figure(second),
            other="" if found.other is None else self.value(_as_shown(found), found.other),
        )

    def change(self, change: Change) -> str:
        """One rate before and after, with whether that means anything."""
        return self.words(
            "funnel_change",
            step=self.step(change.step.stage, change.step.base),
            before=percent(change.before),
            after=percent(change.after),
            verdict=self.words(f"funnel_verdict_{change.verdict}"),
        )


def _as_shown(found: Impossible) -> Figure:
    """A rate beside counts is compared with a rate, though the count is what was stated."""
    return found.first if isinstance(found.first, Step) else found.second or found.first


def result_lines(funnel: Funnel, words: Texts) -> tuple[str, ...]:
    """What a phone shows first, at most five lines: the stages, costs, an order against its cost, a step, a warning."""
    named = FunnelWords(words)
    lines = (_stages(funnel, named), _costs(funnel, named), _earnings(funnel, named), _best(funnel, named))
    return tuple(filter(None, (*lines, *warnings(funnel, words)[:1])))


def _stages(funnel: Funnel, named: FunnelWords) -> str:
    return " → ".join(filter(None, (_stage(result, named) for result in funnel.stages)))


def _stage(result: StageResult, named: FunnelWords) -> str:
    rate = "" if result.rate is None else percent(result.rate)
    if result.count is None:
        base = named.stage(result.base) if result.base else ""
        alone = named.words("funnel_rate_alone", base=base, stage=named.stage(result.stage), rate=rate)
        return alone if rate else ""
    key = "funnel_count" if rate else "funnel_count_alone"
    return named.words(key, stage=named.stage(result.stage), count=number(result.count), rate=rate)


def _costs(funnel: Funnel, named: FunnelWords) -> str:
    comma = named.words("funnel_comma")
    costs = [
        named.words(f"funnel_cost_{stage.name.lower()}", cost=named.yuan(cost))
        for stage in (Stage.LEAD, Stage.FRIEND, Stage.ORDER)
        if (cost := funnel.cost(stage)) is not None
    ]
    ceiling = funnel.ceiling(Stage.LEAD)
    if ceiling is not None:
        costs.append(named.words("funnel_ceiling", cost=named.yuan(ceiling)))
    if not costs:
        return ""
    if funnel.spent is None:
        return named.words("funnel_costs_only", costs=comma.join(costs))
    return named.words("funnel_costs", spent=named.yuan(funnel.spent), costs=comma.join(costs))


def _earnings(funnel: Funnel, named: FunnelWords) -> str:
    return named.words("funnel_comma").join(_earning_parts(funnel, named))


def _earning_parts(funnel: Funnel, named: FunnelWords) -> Iterator[str]:
    brings, cost, words = funnel.contribution, funnel.cost(Stage.ORDER), named.words
    if brings is not None and cost is not None:
        key = "funnel_first_order_pays" if brings >= cost else "funnel_first_order_loses"
        yield words(key, contribution=named.yuan(brings), cost=named.yuan(cost), left=named.yuan(abs(brings - cost)))
    elif brings is not None:
        yield words("funnel_contribution", contribution=named.yuan(brings))
    if funnel.break_even_orders is not None:
        now = funnel.all_orders
        key = "funnel_break_even" if now is None else "funnel_break_even_now"
        yield words(key, orders=funnel.break_even_orders, now="" if now is None else number(now))
    if funnel.break_even_roi is not None:
        current = funnel.returns.get("revenue_by_ads", funnel.returns.get("revenue_by_spent"))
        key = "funnel_roi" if current is None else "funnel_roi_now"
        yield words(key, roi=number(funnel.break_even_roi, 2), now="" if current is None else number(current, 2))
    beyond = (Term.ALL_ORDERS, Term.REPEAT_ORDERS, Term.REVENUE)
    if funnel.net is not None and any(term in funnel.statement.values for term in beyond):
        yield words("funnel_net", net=named.yuan(funnel.net))
    yield from _worth_of_customers(funnel, named)


def _worth_of_customers(funnel: Funnel, named: FunnelWords) -> Iterator[str]:
    words = named.words
    if funnel.customer_value is not None:
        year = funnel.statement.get(Term.ORDERS_A_YEAR) is not None
        key = "funnel_value_year" if year else "funnel_value"
        yield words(key, value=named.yuan(funnel.customer_value), window=number(funnel.window_months))
    if funnel.friend_value is not None:
        yield words("funnel_friend_value", value=named.yuan(funnel.friend_value))
    if funnel.payback:
        yield words("funnel_payback", months=number(funnel.payback))


def _best(funnel: Funnel, named: FunnelWords) -> str:
    best = best_lever(funnel)
    return "" if best is None else _lever(best, funnel, named)


def best_lever(funnel: Funnel) -> Lever | None:
    """The step that pays most, None where none pays anything."""
    found = levers(funnel)
    return found[0] if found and (found[0].worth is None or found[0].worth > 0) else None


def _lever(lever: Lever, funnel: Funnel, named: FunnelWords) -> str:
    step = named.step(lever.stage, funnel.base_of(lever.stage) if lever.rate is not None else None)
    if lever.worth is None:
        return named.words("funnel_lever_orders", step=step, orders=number(lever.orders))
    return named.words("funnel_lever", step=step, worth=named.yuan(lever.worth))


def warnings(funnel: Funnel, words: Texts) -> tuple[str, ...]:
    """What must be known before anything is concluded, the most important first."""
    return tuple(_warnings(funnel, FunnelWords(words)))


def _warnings(funnel: Funnel, named: FunnelWords) -> Iterator[str]:
    words = named.words
    unsure = [result for result in funnel.stages if result.unsure and result.interval]
    if unsure:
        steps = (
            words(
                "funnel_unsure_step",
                step=named.step(result.stage, result.base),
                low=percent(result.interval.low),
                high=percent(result.interval.high),
            )
            for result in unsure
            if result.interval
        )
        yield words("funnel_unsure", steps=words("funnel_comma").join(steps))
    cost, brings = funnel.cost(Stage.ORDER), funnel.contribution
    if brings is not None and brings <= 0:
        yield words("funnel_payback_never")
    elif cost is not None and brings is not None and brings < cost and funnel.payback is None:
        yield words("funnel_payback_unknown")
    if levers(funnel) and funnel.statement.get(Term.DAYS) is None:
        yield words("funnel_month_assumed")


def plan_lines(plan: Plan, words: Texts) -> tuple[str, ...]:
    """What so many orders take."""
    named = FunnelWords(words)
    stages = (
        words("funnel_plan_stage", stage=named.stage(each.stage), count=number(Fraction(each.needed)))
        for each in plan.stages
    )
    lines = [words("funnel_plan", orders=plan.orders, stages=" → ".join(stages))]
    if plan.budget is not None:
        lines.append(words("funnel_plan_budget", budget=named.yuan(plan.budget)))
    return tuple(lines)


def target(statement: Statement) -> int | None:
    """The orders that somebody wants, as a whole number; None where none were named."""
    wanted = statement.get(Term.TARGET)
    return None if wanted is None or wanted < 1 else math.ceil(wanted)


def formula_lines(funnel: Funnel, words: Texts) -> tuple[str, ...]:
    """Every result with the numbers that made it."""
    return tuple(text for _, text in formulas(funnel, words))


def formulas(funnel: Funnel, words: Texts) -> Sequence[tuple[str, str]]:
    """The formulas of all results, each behind the name of its result."""
    named = FunnelWords(words)
    return [*_rate_formulas(funnel, named), *_money_formulas(funnel, named), *_customer_formulas(funnel, named)]


def _rate_formulas(funnel: Funnel, named: FunnelWords) -> Iterator[tuple[str, str]]:
    for result in funnel.stages:
        if result.base is None or result.rate is None or result.interval is None or result.count is None:
            continue
        yield (
            f"rate_{result.stage.name.lower()}",
            named.words(
                "funnel_formula_rate",
                base=named.stage(result.base),
                stage=named.stage(result.stage),
                count=number(result.count),
                of=number(funnel.counts[result.base]),
                rate=percent(result.rate),
                low=percent(result.interval.low),
                high=percent(result.interval.high),
            ),
        )
    if any(result.interval for result in funnel.stages):
        yield "interval", named.words("funnel_formula_interval")


def _money_formulas(funnel: Funnel, named: FunnelWords) -> Iterator[tuple[str, str]]:
    words = named.words
    for stage in (Stage.LEAD, Stage.FRIEND, Stage.ORDER):
        cost, count = funnel.cost(stage), funnel.counts.get(stage)
        if funnel.spent is not None and cost is not None and count is not None:
            yield (
                f"cost_per_{stage.name.lower()}",
                words(
                    "funnel_formula_cost",
                    stage=named.stage(stage),
                    spent=number(funnel.spent),
                    count=number(count),
                    cost=named.yuan(cost),
                ),
            )
    brings = funnel.contribution
    if brings is not None:
        stated = Term.PROFIT in funnel.statement.values
        key = "funnel_formula_contribution_stated" if stated else "funnel_formula_contribution"
        yield "contribution_per_order", words(key, contribution=named.yuan(brings))
    if funnel.break_even_roi is not None and funnel.margin is not None:
        values = {"margin": percent(funnel.margin), "roi": number(funnel.break_even_roi, 2)}
        yield "break_even_roi", words("funnel_formula_roi", **values)
    if funnel.break_even_orders is not None and funnel.spent is not None and brings is not None:
        yield (
            "break_even_orders",
            words(
                "funnel_formula_break_even",
                spent=number(funnel.spent),
                contribution=number(brings),
                orders=funnel.break_even_orders,
            ),
        )
    for name, value in funnel.returns.items():
        yield name, words(f"funnel_formula_return_{name}", value=number(value, 2))


def _customer_formulas(funnel: Funnel, named: FunnelWords) -> Iterator[tuple[str, str]]:
    words, brings, value = named.words, funnel.contribution, funnel.customer_value
    ceiling, to_order = funnel.ceiling(Stage.LEAD), funnel.share(Stage.LEAD, Stage.ORDER)
    if ceiling is not None and brings is not None and to_order is not None:
        share = funnel.statement.values.get(Term.AD_SHARE, Fraction(1))
        parts = {"contribution": number(brings), "rate": percent(to_order), "share": percent(share)}
        yield "lead_cost_ceiling", words("funnel_formula_ceiling", **parts, cost=named.yuan(ceiling))
    if value is not None and brings is not None and funnel.orders_a_customer is not None:
        parts = {"contribution": number(brings), "orders": number(funnel.orders_a_customer, 2)}
        yield "customer_value", words("funnel_formula_value", **parts, value=named.yuan(value))
    rate = funnel.share(Stage.FRIEND, Stage.ORDER)
    if funnel.friend_value is not None and rate is not None and value is not None:
        parts = {"rate": percent(rate), "value": number(value), "worth": named.yuan(funnel.friend_value)}
        yield "friend_value", words("funnel_formula_friend_value", **parts)
    cost = funnel.cost(Stage.ORDER)
    if funnel.payback and cost is not None and value is not None:
        parts = {"cost": number(cost), "monthly": number(value / funnel.window_months)}
        yield "payback", words("funnel_formula_payback", **parts, months=number(funnel.payback))
    if levers(funnel):
        yield "levers", words("funnel_formula_lever")
