"""What cannot be: more friends than leads, a rate over 100 %, numbers that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from bot.insights.funnel.figures import SHARES, SPENDING, Figure, Stage, Statement, Step, Term

_TOLERANCE = Fraction(2, 100)
"""By how much a rounded rate or cost may differ from what the counts give, as a share of it."""


class Contradiction(StrEnum):
    """What is wrong. The values end the keys of the sentences in `bot/locales`."""

    MORE = "more"
    OVER = "over"
    MISMATCH = "mismatch"
    SUM = "sum"
    BROKEN = "broken"
    FEWER_ORDERS = "fewer_orders"


@dataclass(frozen=True, slots=True)
class Impossible:
    """One thing that cannot be; `first` and `second` are the figures concerned, with their numbers."""

    kind: Contradiction
    first: Figure
    value: Fraction
    second: Figure | None = None
    other: Fraction | None = None


def impossible(statement: Statement) -> tuple[Impossible, ...]:
    """Everything in a statement that cannot be, in the order of the stages; empty where all of it can."""
    counts = statement.counts
    found = [
        Impossible(Contradiction.BROKEN, stage, count) for stage, count in counts.items() if count.denominator != 1
    ]
    found += [
        Impossible(Contradiction.MORE, later, counts[later], earlier, counts[earlier])
        for earlier, later in pairwise(counts)
        if counts[later] > counts[earlier]
    ]
    shares = [figure for figure in statement.values if isinstance(figure, Step) or figure in SHARES]
    found += [
        Impossible(Contradiction.OVER, figure, statement.values[figure])
        for figure in shares
        if statement.values[figure] > 1
    ]
    return (*found, *_mismatches(statement), *_sums(statement))


def _mismatches(statement: Statement) -> list[Impossible]:
    """Rates beside counts, and costs of one beside the sum, that say something else."""
    found = []
    for step, rate in statement.rates.items():
        base, count = statement.get(step.base), statement.get(step.stage)
        if base and count is not None and rate <= 1 and _differ(rate, count / base):
            found.append(Impossible(Contradiction.MISMATCH, step, rate, step.stage, count / base))
    return found


def _differ(stated: Fraction, counted: Fraction) -> bool:
    return abs(stated - counted) > max(_TOLERANCE * counted, Fraction(1, 200))


def _sums(statement: Statement) -> list[Impossible]:
    found = []
    spent = statement.get(Term.SPENT)
    parts = sum((statement.values.get(term, Fraction(0)) for term in SPENDING), Fraction(0))
    if spent is not None and parts > spent:
        found.append(Impossible(Contradiction.SUM, Term.SPENT, spent, Term.ADS, parts))
    orders, first = statement.get(Term.ALL_ORDERS), statement.get(Stage.ORDER)
    if orders is not None and first is not None and orders < first:
        found.append(Impossible(Contradiction.FEWER_ORDERS, Term.ALL_ORDERS, orders, Stage.ORDER, first))
    return found
