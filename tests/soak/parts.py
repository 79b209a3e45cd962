"""Parts of the soak that lie in modules of their own and may not be there."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.soak.report import Bar, Section, figures_section, skipped


@dataclass(frozen=True, slots=True)
class Part:
    """A module with a function `run(count, seed, progress)`, a coroutine or not, that returns a dataclass of figures.

    `none` names the figures that have to be nothing.
    """

    title: str
    module: str
    none: tuple[str, ...]

    def run(self, count: int, seed: int, progress: Callable[[int], None]) -> Section:
        """Run it; a run that does not come to its end is a missed bar."""
        if not count:
            return skipped(self.title, "not asked for")
        try:
            run: Callable[..., Any] = importlib.import_module(self.module).run
        except ModuleNotFoundError as error:
            if error.name != self.module:
                raise
            return skipped(self.title, f"there is no {self.module}")
        try:
            begun = run(count, seed, progress)
            report = asyncio.run(begun) if inspect.iscoroutine(begun) else begun
        except (AssertionError, TimeoutError) as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            return Section(self.title, (), (Bar("it comes to its end", reason, met=False),), None)
        figures = asdict(report)
        bars = [Bar(f"{name}: none", _short(figures[name]), not figures[name]) for name in self.none]
        return figures_section(self.title, figures, bars)


FAULTS = Part("Faults", "tests.soak.faults", ("lost", "doubled"))
KILLS = Part("Kills", "tests.soak.kills", ("faults",))


def _short(value: object) -> str:
    return "; ".join(map(str, value))[:300] if isinstance(value, tuple | list) else str(value)
