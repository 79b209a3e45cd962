"""A report as the JSON object that `siyu funnel --json` prints; its keys stay as they are, more may come."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from bot.insights.funnel.explaining_articles import EXPLAINING
from bot.insights.funnel.figures import Stage, Statement
from bot.insights.funnel.model import Funnel, StageResult
from bot.insights.funnel.planning import Plan, levers
from bot.insights.funnel.report import Report
from bot.insights.funnel.wording import FunnelWords, formulas, warnings
from bot.locales import Texts

_COSTS = (Stage.CLICK, Stage.MESSAGE, Stage.LEAD, Stage.FRIEND, Stage.ORDER)


def document(found: Report, words: Texts) -> dict[str, Any]:
    """The report with numbers as JSON has them: money in yuan, rates as shares of 1, what is not known as null."""
    named, funnel = FunnelWords(words), found.funnel
    doubts = [named.impossible(each) for each in found.impossible]
    return {
        "status": _status(found),
        "period": found.statement.label or None,
        "understood": {str(figure): _plain(value) for figure, value in found.statement.values.items()},
        "stages": _stages(found, named),
        **_money(funnel or Funnel(Statement())),
        "levers": [] if funnel is None else _levers(funnel, named),
        "plan": None if found.plan is None else _plan(found.plan, named),
        "comparison": [
            {
                "step": named.step(change.step.stage, change.step.base),
                "before": _plain(change.before),
                "after": _plain(change.after),
                "p": change.chance,
                "verdict": change.verdict,
            }
            for change in found.changes
        ],
        "warnings": [*doubts, *([] if funnel is None else warnings(funnel, words))],
        "questions": [named.ask(ask) for ask in found.asks],
        "formulas": {} if funnel is None else dict(formulas(funnel, words)),
        "articles": [] if found.stage is None else list(EXPLAINING[found.stage]),
    }


def _status(found: Report) -> str:
    if found.funnel is None:
        return "impossible" if found.impossible else "unclear" if found.asks else "nothing"
    return "unclear" if found.asks else "counted"


def _stages(found: Report, named: FunnelWords) -> list[dict[str, Any]]:
    """Where the counts cannot be, they stand alone, as they were stated."""
    if found.funnel is not None:
        results = found.funnel.stages
    else:
        counts = found.statement.counts.items()
        results = tuple(StageResult(stage, count, None, None, None, unsure=False) for stage, count in counts)
    return [
        {
            "name": named.stage(result.stage),
            "key": result.stage.name.lower(),
            "count": _plain(result.count),
            "of": None if result.base is None else result.base.name.lower(),
            "rate": _plain(result.rate),
            "low": result.interval.low if result.interval else None,
            "high": result.interval.high if result.interval else None,
            "unsure": result.unsure,
        }
        for result in results
    ]


def _money(funnel: Funnel) -> dict[str, Any]:
    values: dict[str, Fraction | int | None] = {
        "spent": funnel.spent,
        **{f"cost_per_{stage.name.lower()}": funnel.cost(stage) for stage in _COSTS},
        "contribution_per_order": funnel.contribution,
        "customer_value": funnel.customer_value,
        "value_by_cost": funnel.value_by_cost,
        "friend_value": funnel.friend_value,
        "payback": funnel.payback,
        "break_even_roi": funnel.break_even_roi,
        "break_even_orders": funnel.break_even_orders,
        "lead_cost_ceiling": funnel.ceiling(Stage.LEAD),
        "friend_cost_ceiling": funnel.ceiling(Stage.FRIEND),
        "revenue": funnel.revenue,
        "gross": funnel.gross,
        "net": funnel.net,
    }
    plain = {key: _plain(value) for key, value in values.items()}
    return {**plain, "returns": {key: _plain(value) for key, value in funnel.returns.items()}}


def _levers(funnel: Funnel, named: FunnelWords) -> list[dict[str, Any]]:
    return [
        {
            "step": named.step(lever.stage, funnel.base_of(lever.stage) if lever.rate is not None else None),
            "key": lever.stage.name.lower(),
            "rate": _plain(lever.rate),
            "lift": _plain(lever.lift),
            "orders_a_month": _plain(lever.orders),
            "worth": _plain(lever.worth),
        }
        for lever in levers(funnel)
    ]


def _plan(found: Plan, named: FunnelWords) -> dict[str, Any]:
    return {
        "orders": found.orders,
        "budget": _plain(found.budget),
        "stages": [
            {
                "name": named.stage(each.stage),
                "key": each.stage.name.lower(),
                "needed": each.needed,
                "cost": _plain(each.cost),
            }
            for each in found.stages
        ],
    }


def _plain(value: Fraction | int | None) -> float | int | None:
    """A number as JSON has it: whole ones without a point."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
