"""Ways of doing the same, measured by turns, so that a machine's ups and downs meet all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turns:
    """What was measured of each way, a figure a round, by its name; the unit is that of the measurement."""

    figures: Mapping[str, tuple[float, ...]]

    def median(self, way: str) -> float:
        """The median over the rounds."""
        return statistics.median(self.figures[way])

    def ratio(self, way: str, to: str) -> float:
        """The median over the rounds of one way's figure divided by another's of the same round."""
        pairs = zip(self.figures[way], self.figures[to], strict=True)
        return statistics.median(one / other for one, other in pairs)


def by_turns(ways: Mapping[str, Callable[[], float]], rounds: int) -> Turns:
    """Take each way's figure once a round; every second round goes backwards, so that none always comes first."""
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        order = list(ways.items())
        for name, measured in order if number % 2 == 0 else reversed(order):
            figures[name].append(measured())
    return Turns({name: tuple(values) for name, values in figures.items()})


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def timed(ways: Mapping[str, Callable[[], object]], rounds: int) -> Turns:
    """The wall time of each way, in seconds."""

    def clock(call: Callable[[], object]) -> Callable[[], float]:
        return lambda: seconds(call)

    return by_turns({name: clock(call) for name, call in ways.items()}, rounds)
