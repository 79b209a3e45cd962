"""Everything that follows from what somebody stated: a funnel, a plan, a comparison, what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.insights.funnel.comparison import Change, compare
from bot.insights.funnel.figures import Stage, Statement
from bot.insights.funnel.model import Funnel
from bot.insights.funnel.planning import Plan, plan
from bot.insights.funnel.reading import Ask, Reading
from bot.insights.funnel.sense import Impossible, impossible
from bot.insights.funnel.wording import best_lever, target

_EARLIER = ("上", "前", "去")


@dataclass(frozen=True, slots=True)
class Report:
    """What can be said about a reading. `funnel` is None where nothing was read or where what was read cannot be.

    `statement` is the latest period; where there are several, `changes` tell what became of the rates since the one
    before it.
    """

    statement: Statement
    funnel: Funnel | None
    changes: tuple[Change, ...] = ()
    plan: Plan | None = None
    impossible: tuple[Impossible, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def stage(self) -> Stage | None:
        """The stage at whose step an improvement pays most, None where that is not known."""
        best = None if self.funnel is None else best_lever(self.funnel)
        return None if best is None else best.stage

    @property
    def drawable(self) -> bool:
        """Whether there are two stages with counts to draw."""
        return self.funnel is not None and len(self.funnel.counts) > 1


def report(reading: Reading) -> Report:
    """The report on what was read."""
    *before, statement = _in_order(reading.periods) or [Statement()]
    found = impossible(statement)
    if found or not statement.values:
        return Report(statement, None, impossible=found, asks=reading.asks)
    funnel = Funnel(statement)
    earlier = before[-1] if before else None
    wrong = () if earlier is None else impossible(earlier)
    changes = compare(Funnel(earlier), funnel) if earlier is not None and not wrong else ()
    orders = target(statement)
    planned = plan(funnel, orders) if orders is not None and len(funnel.path) > 1 else None
    return Report(statement, funnel, changes, planned, wrong, reading.asks)


def _in_order(periods: Sequence[Statement]) -> list[Statement]:
    """The latest period last: as they stand, but what calls itself the last month or week before the others."""
    return sorted(periods, key=lambda period: not period.label.startswith(_EARLIER))
