"""What a soak found: which bars it met, as Markdown to read and JSON to compare."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from tests.soak.load import LATE, LoadReport
from tests.soak.loop_monitor import Stall
from tests.soak.vitals import Growth

MOST_GROWTH = 5.0  # per cent of memory after the warm-up
LONGEST_STALL = 0.05  # seconds that the event loop may compute without looking at its timers
FLAT = 2  # threads or files that may come and go


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that has to hold, what was found, and whether it does."""

    name: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran; `load` is the average number of processes that wanted a core in the minute before."""

    cores: int
    load: float

    @classmethod
    def here(cls) -> Machine:
        """This one, now."""
        return cls(os.cpu_count() or 1, round(os.getloadavg()[0], 2))


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report: lines of Markdown, its bars, and the figures for the JSON file.

    `figures` is what was measured, None where the part was skipped.
    """

    title: str
    lines: tuple[str, ...]
    bars: tuple[Bar, ...]
    figures: Any


def load_sections(report: LoadReport) -> tuple[Section, Section]:
    """The steady load and the bursts.

    What is lost, doubled, refused or grows is judged. How long people waited is only told: beside other work all
    questions wait for a processor, and the longer the more of them do.
    """
    plan, latency, burst = report.plan, report.latency, report.burst
    steady = Section(
        "Load",
        (
            f"{plan.people} people, each in a chat of their own and now and then in a group, ask, wait, think for "
            f"{plan.think[0]:g}–{plan.think[1]:g} s and ask again: {plan.seconds:g} s after {plan.warm_up:g} s of "
            "warm-up." + (f" A language model writes, for {plan.writing:g} s at most." if plan.writing else ""),
            "",
            f"- questions: {report.asked}, {report.per_second:.1f} a second; without an answer: {report.unanswered}",
            f"- latency: p50 {latency.p50:.2f} s, p95 {latency.p95:.2f} s, worst {latency.worst:.2f} s; later than "
            f"{LATE:g} s: {report.late}",
            f"- processor time: {report.processor * 1000:.0f} ms a question; for each second of it the bot waited "
            f"{report.waited:.1f} s for a processor (near 0 where nothing else runs)",
            f"- most questions in work or waiting: {report.queue}",
            f"- memory: {_grown(report.memory, ' MiB')}; threads: {_grown(report.threads)}; "
            f"open files: {_grown(report.files)}",
            f"- refused by the server as too fast: {report.refusals}; warnings in the log: {report.warnings}",
            f"- longest stall of the event loop: {_stalled(report.stall)}",
            *(f"- log: `{error[:200]}`" for error in report.errors[:10]),
        ),
        (
            Bar("every question is answered", f"{report.unanswered} without", report.unanswered == 0),
            Bar("none is answered twice", f"{report.doubled} are", report.doubled == 0),
            Bar(
                f"memory within ±{MOST_GROWTH:g} % after the warm-up",
                f"{report.memory.percent:+.1f} %",
                abs(report.memory.percent) <= MOST_GROWTH,
            ),
            Bar(
                "threads and files do not grow",
                f"{report.threads.after - report.threads.before:+g}, {report.files.after - report.files.before:+g}",
                max(report.threads.after - report.threads.before, report.files.after - report.files.before) <= FLAT,
            ),
            Bar(
                f"event loop ≤ {LONGEST_STALL * 1000:g} ms at a time",
                f"{report.stall.computed * 1000:.0f} ms",
                report.stall.computed <= LONGEST_STALL,
            ),
            Bar("no errors in the log", str(len(report.errors)), not report.errors),
            Bar("nothing refused as too fast", str(report.refusals), report.refusals == 0),
        ),
        report,
    )
    at_once = Section(
        "Burst",
        (
            f"All {plan.people} ask in the same second, {plan.bursts} times. Telegram takes thirty messages a second, "
            "so the last answers of a burst cannot land in the first.",
            "",
            f"- latency: p50 {burst.p50:.2f} s, p95 {burst.p95:.2f} s, worst {burst.worst:.2f} s; without an answer: "
            f"{report.burst_unanswered}",
            f"- most questions in work or waiting: {report.burst_queue}",
        ),
        (Bar("every question is answered", f"{report.burst_unanswered} without", report.burst_unanswered == 0),),
        None,
    )
    return steady, at_once


def figures_section(title: str, figures: Mapping[str, object], bars: Sequence[Bar]) -> Section:
    """A part whose report is a few figures by name."""
    lines = tuple(f"- {name.replace('_', ' ')}: {_shown(value)}" for name, value in figures.items())
    return Section(title, lines, tuple(bars), figures)


def skipped(title: str, why: str) -> Section:
    """A part that did not run."""
    return Section(title, (f"Skipped: {why}.",), (), None)


def write(directory: Path, machine: Machine, sections: Sequence[Section]) -> tuple[Path, Path]:
    """Write `report.md` and `report.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    markdown, figures = directory / "report.md", directory / "report.json"
    parts = [
        "# Soak",
        f"{machine.cores} cores; load average at the start: {machine.load:g}.",
        *(_part(section) for section in sections),
    ]
    markdown.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    document = {
        "machine": asdict(machine),
        **{section.title.lower(): _plain(section) for section in sections},
    }
    figures.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return markdown, figures


def missed(sections: Sequence[Section]) -> list[Bar]:
    """The bars that were not met."""
    return [bar for section in sections for bar in section.bars if not bar.met]


def _part(section: Section) -> str:
    bars = [f"| {bar.name} | {bar.found} | {'yes' if bar.met else '**no**'} |" for bar in section.bars]
    table = ["", "| bar | found | met |", "| --- | --- | --- |", *bars] if bars else []
    return "\n".join((f"## {section.title}", "", *section.lines, *table))


def _plain(section: Section) -> dict[str, Any]:
    figures = section.figures
    if is_dataclass(figures) and not isinstance(figures, type):
        figures = asdict(figures)
    return {"bars": [asdict(bar) for bar in section.bars], "figures": figures}


def _grown(growth: Growth, unit: str = "") -> str:
    return f"{growth.before:.0f}{unit} → {growth.after:.0f}{unit} ({growth.percent:+.1f} %)"


def _stalled(stall: Stall) -> str:
    inside = f", inside `{stall.inside}`" if stall.inside else ""
    return f"{stall.computed * 1000:.0f} ms of its own work, {stall.late * 1000:.0f} ms by the clock{inside}"


def _shown(value: object) -> str:
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value)) or "none"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
