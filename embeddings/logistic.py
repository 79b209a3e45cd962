"""The logistic function, for every small model that was fitted as one."""

from __future__ import annotations

import math


def logistic(log_odds: float) -> float:
    """The probability, 0 to 1, of finite log-odds: 1 / (1 + exp(-x)), written so that no x overflows."""
    return (1 + math.tanh(log_odds / 2)) / 2
