"""Two periods of one funnel side by side: what changed, and whether by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.insights.funnel.certainty import chance_of_difference
from bot.insights.funnel.figures import Stage, Step
from bot.insights.funnel.model import Funnel

_ALPHA = 0.05


class Verdict(StrEnum):
    """What a change of a rate is. The values end the keys of the words in `bot/locales`."""

    REAL = "real"
    CHANCE = "chance"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Change:
    """A rate before and after; `chance` is the p-value that nothing changed, None where too few came."""

    step: Step
    before: Fraction
    after: Fraction
    chance: float | None
    verdict: Verdict


def compare(before: Funnel, after: Funnel) -> tuple[Change, ...]:
    """The rates that both periods counted, in the order of the stages.

    A change is more than chance where its p-value is below 0.05 divided by the number of rates (Bonferroni): of six
    rates looked at together one would otherwise seem to have changed in every fourth comparison in which none has.
    """
    steps = [step for stage in Stage if (step := _step(before, after, stage)) is not None]
    changes = []
    for step in steps:
        successes = (_count(before, step.stage), _count(after, step.stage))
        trials = (_count(before, step.base), _count(after, step.base))
        chance = chance_of_difference(successes, trials)
        changes.append(
            Change(
                step,
                Fraction(successes[0], trials[0]),
                Fraction(successes[1], trials[1]),
                chance,
                _verdict(chance, len(steps)),
            )
        )
    return tuple(changes)


def _verdict(chance: float | None, looked_at: int) -> Verdict:
    if chance is None:
        return Verdict.TOO_FEW
    return Verdict.REAL if chance < _ALPHA / looked_at else Verdict.CHANCE


def _step(before: Funnel, after: Funnel, stage: Stage) -> Step | None:
    """The rate of a stage that is counted in both periods, as a share of the same earlier stage."""
    base = before.base_of(stage)
    stages = (stage, base)
    counted = all(each in funnel.statement.counts for funnel in (before, after) for each in stages)
    if base is None or not counted or not all(funnel.statement.counts[base] for funnel in (before, after)):
        return None
    return Step(base, stage)


def _count(funnel: Funnel, stage: Stage) -> int:
    return int(funnel.statement.counts[stage])
