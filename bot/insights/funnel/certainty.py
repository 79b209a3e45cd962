"""How sure a rate is, and whether two differ by more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution: intervals of 95 %."""

FEWEST = 30
"""Of fewer people `lead-cost-ceiling.md` draws no conclusion."""

_FEWEST_EXPECTED = 5.0
"""Below so many expected in a cell the test's approximation does not hold (Cochran 1954)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The range that a rate's true value lies in, 19 times of 20; shares of 1."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval:
    """The 95 % score interval of a proportion. Raises ValueError unless 0 <= successes <= trials and trials > 0.

    With p = successes / trials and n = trials: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Wilson (1927),
    Probable Inference, the Law of Succession, and Statistical Inference, JASA 22.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"no proportion: {successes} of {trials}")
    share, square = successes / trials, _Z * _Z
    middle = share + square / (2 * trials)
    reach = _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    low = 0.0 if successes == 0 else (middle - reach) / scale
    high = 1.0 if successes == trials else (middle + reach) / scale
    return Interval(max(0.0, low), min(1.0, high))


def is_unsure(interval: Interval, trials: Fraction) -> bool:
    """Whether nothing should be concluded yet: few people, or a true rate that may as well be half or double.

    That is when the upper end is more than twice the lower one. Where nobody came of many, it is sure that nearly
    nobody does.
    """
    return trials < FEWEST or (interval.low > 0 and interval.high > 2 * interval.low)


def chance_of_difference(successes: tuple[int, int], trials: tuple[int, int]) -> float | None:
    """The two-sided p-value that two proportions are one, by the pooled z-test; None where too few make it void.

    z = (p1 - p2) / √(p(1-p)(1/n1 + 1/n2)) with p of both together; Fleiss, Levin and Paik (2003), Statistical Methods
    for Rates and Proportions, 3.2, without correction for continuity. Void where
    fewer than five are expected in a cell.
    """
    if not all(trials):
        return None
    pooled = sum(successes) / sum(trials)
    rarer = min(sum(successes), sum(trials) - sum(successes))
    if min(trials) * rarer < _FEWEST_EXPECTED * sum(trials):  # in whole numbers: five of thirty is not rounded below
        return None
    spread = math.sqrt(pooled * (1 - pooled) * (1 / trials[0] + 1 / trials[1]))
    z = (successes[0] / trials[0] - successes[1] / trials[1]) / spread
    return math.erfc(abs(z) / math.sqrt(2))
