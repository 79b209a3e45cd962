"""The parts of the soak that count mishaps instead of seconds."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.soak import faults, kills
from tests.soak.report import Bar, Section, figures_section, skipped


@dataclass(frozen=True, slots=True)
class Part:
    """`start(count, seed, progress)`, a coroutine or not, returns a dataclass of figures; `none` names those that have
    to be nothing."""

    title: str
    start: Callable[[int, int, Callable[[int], None]], Any]
    none: tuple[str, ...]

    def run(self, count: int, seed: int, progress: Callable[[int], None]) -> Section:
        """Run it; a run that does not come to its end is a missed bar."""
        if not count:
            return skipped(self.title, "not asked for")
        try:
            begun = self.start(count, seed, progress)
            report = asyncio.run(begun) if inspect.iscoroutine(begun) else begun
        except (AssertionError, TimeoutError) as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            return Section(self.title, (), (Bar("it comes to its end", reason, met=False),), None)
        figures = asdict(report)
        bars = [Bar(f"{name}: none", _short(figures[name]), not figures[name]) for name in self.none]
        return figures_section(self.title, figures, bars)


FAULTS = Part("Faults", faults.run, ("lost", "doubled"))
KILLS = Part("Kills", kills.run, ("faults",))


def _short(value: object) -> str:
    return "; ".join(map(str, value))[:300] if isinstance(value, tuple | list) else str(value)
