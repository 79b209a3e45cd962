"""How long a person waits for `ask` in a fresh process, and what it holds in memory at most."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.report import Bars, Section, number
from tests.bench.turns import Turns, by_turns
from tests.bench.versions import ROOT, Run, Version, run

PYTHON = "starting Python"
HELP = "--help"


@dataclass(frozen=True, slots=True)
class ColdStarts:
    """Seconds by what was started, round by round, and the median of the most MiB that each held."""

    turns: Turns
    peak: dict[str, float]


def measure(versions: Sequence[Version], question: str, rounds: int) -> ColdStarts:
    """`ask` of each version and, to compare with, the help page of the first and an interpreter that does nothing.

    The first version is this one. What is read from the disk has been read once before.
    """
    peaks: dict[str, list[float]] = {}

    def way(name: str, start: Callable[[], Run]) -> Callable[[], float]:
        def figure() -> float:
            done = start()
            peaks.setdefault(name, []).append(done.peak)
            return done.seconds

        return figure

    def asking(version: Version) -> Callable[[], Run]:
        return lambda: version.run("ask", "--json", "--", question)

    for version in versions:
        version.run("ask", "--json", "--", question)
    ways = {_asks(version): way(_asks(version), asking(version)) for version in versions}
    ways[HELP] = way(HELP, lambda: versions[0].run("--help"))
    ways[PYTHON] = way(PYTHON, lambda: run([versions[0].python, "-c", "pass"], ROOT))
    turns = by_turns(ways, rounds)
    return ColdStarts(turns, {name: statistics.median(values) for name, values in peaks.items()})


def _asks(version: Version) -> str:
    return f"ask, {version.name}"


def section(starts: ColdStarts, versions: Sequence[Version]) -> Section:
    """The starts as a table; ratios are to this version's `ask`."""
    ours = _asks(versions[0])
    names = list(starts.turns.figures)
    rows = tuple(
        (
            name,
            number(starts.turns.ratio(name, ours)),
            f"{starts.turns.median(name):.2f}",
            f"{starts.peak[name]:.0f}",
            number(starts.peak[name] / starts.peak[ours]),
        )
        for name in names
    )
    bars = tuple((_label(name), starts.turns.median(name)) for name in names)
    return Section(
        "Cold start",
        ("what", "seconds over ours", "seconds", "most MiB", "MiB over ours"),
        rows,
        (f"A process each, by turns, with nothing left to encode. Rounds: {len(starts.turns.figures[ours])}.",),
        (Bars("cold-start", "From the command to the answer, in a fresh process", "seconds", bars),),
    )


def _label(name: str) -> str:
    return name.removeprefix("ask, ")
