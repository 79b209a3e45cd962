"""What can be said about a funnel: its stages, the rates between them, and money; one period of them is a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Stage(StrEnum):
    """The stages in the order in which customers come through them; the values are their names in Chinese."""

    EXPOSURE = "曝光"
    CLICK = "点击"
    MESSAGE = "私信"
    LEAD = "留资"
    FRIEND = "加微"
    REPLY = "开口"
    ORDER = "首单"
    REPEAT = "复购"

    @property
    def place(self) -> int:
        """From 0, in the order of the stages."""
        return _PLACES[self]


_PLACES = {stage: place for place, stage in enumerate(Stage)}

CANONICAL_BASE: Mapping[Stage, Stage] = {
    Stage.CLICK: Stage.EXPOSURE,
    Stage.MESSAGE: Stage.CLICK,
    Stage.LEAD: Stage.MESSAGE,
    Stage.FRIEND: Stage.LEAD,
    Stage.REPLY: Stage.FRIEND,
    Stage.ORDER: Stage.FRIEND,
    Stage.REPEAT: Stage.ORDER,
}
"""Of which earlier stage a stage's rate is a share: the denominators of `corpus/figures.yaml` and `funnel-basics.md`.

First orders are a share of the friends, whether they said a word before or not.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """From one stage to a later one."""

    base: Stage
    stage: Stage

    def __str__(self) -> str:
        return f"{self.base}到{self.stage}"


class Term(StrEnum):
    """Whatever is no count and no rate of a stage; the values are the names in Chinese.

    Money is in yuan, shares are shares of 1. `SPENT` is all that was spent, of which the four kinds before it may be
    known. `PROFIT` is what is left of one order's price after the goods.
    """

    PRICE = "客单价"
    MARGIN = "毛利率"
    PROFIT = "每单毛利"
    GOODS = "每单货成本"
    REFUND = "退款率"
    ADS = "投放"
    CONTENT = "内容"
    PEOPLE = "人工"
    OTHER = "其他花费"
    SPENT = "总花费"
    REVENUE = "成交额"
    ALL_ORDERS = "总单数"
    REPEAT_ORDERS = "复购单数"
    ORDERS_A_YEAR = "每人每年单数"
    REPEAT_DAYS = "复购天数"
    AD_SHARE = "投放份额"
    TARGET = "目标单数"
    DAYS = "天数"


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What one of a stage's people or views costs, in yuan."""

    stage: Stage

    def __str__(self) -> str:
        return "获客成本" if self.stage is Stage.ORDER else f"{self.stage}成本"


Figure = Stage | Step | Term | UnitCost
"""Anything that a merchant can state a number for."""

SHARES = frozenset({Term.MARGIN, Term.REFUND, Term.AD_SHARE})
"""The terms that are shares of 1."""

SPENDING = (Term.ADS, Term.CONTENT, Term.PEOPLE, Term.OTHER)
"""The kinds of spending that may be known apart."""

MONTH = Fraction(30)
"""Days of a month."""

REPEAT_WINDOW = Fraction(90)
"""Days in which repurchases are counted where nothing else is said: the window of `funnel-basics.md`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody states about one period; exact, nothing derived. `label` names the period where it has a name."""

    values: Mapping[Figure, Fraction] = field(default_factory=dict)
    label: str = ""

    def get(self, figure: Figure) -> Fraction | None:
        """The number, None where none was given."""
        return self.values.get(figure)

    @property
    def counts(self) -> dict[Stage, Fraction]:
        """The counts that were given, in the order of the stages."""
        return {stage: self.values[stage] for stage in Stage if stage in self.values}

    @property
    def rates(self) -> dict[Step, Fraction]:
        """The rates that were given, in the order of their stages."""
        found = [figure for figure in self.values if isinstance(figure, Step)]
        return {step: self.values[step] for step in sorted(found, key=lambda step: (step.stage.place, step.base.place))}

    @property
    def unit_costs(self) -> dict[Stage, Fraction]:
        """The costs of one that were given."""
        return {figure.stage: value for figure, value in self.values.items() if isinstance(figure, UnitCost)}


def figure_named(name: str) -> Figure:
    """The figure whose `str` this is. Raises KeyError for anything else."""
    return _NAMES[name]


_NAMES: dict[str, Figure] = {
    **{stage.value: stage for stage in Stage},
    **{term.value: term for term in Term},
    **{str(cost): cost for cost in map(UnitCost, Stage)},
    **{
        str(step): step for step in (Step(base, stage) for base in Stage for stage in Stage if base.place < stage.place)
    },
}
