"""What was measured as tables: on the terminal, and as a Markdown file with the pictures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table as TerminalTable


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of one figure for each of several things. `reference` is a value at which a line is drawn."""

    name: str
    title: str
    unit: str
    values: tuple[tuple[str, float], ...]
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """A picture of figures by size, both by the logarithm; each line is its label and its points (x, y)."""

    name: str
    title: str
    x: str
    y: str
    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


Picture = Bars | Lines


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report: a table, what has to be known to read it, what was left out and why, its pictures."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()


def show(section: Section, console: Console) -> None:
    """Print a section."""
    table = TerminalTable(*section.columns, title=escape(section.title), title_justify="left", min_width=40)
    for row in section.rows:
        table.add_row(*map(escape, row))
    if section.rows:
        console.print(table)
    else:
        console.print(escape(section.title))
    for note in section.notes:
        console.print(escape(note), style="dim")


def write(directory: Path, machine: str, sections: Sequence[Section]) -> Path:
    """Write `bench.md` into a directory; its pictures are expected there by their names."""
    lines = ["# Bench", "", machine, ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        if section.rows:
            lines += [_line(section.columns), _line(["---"] * len(section.columns)), *map(_line, section.rows), ""]
        lines += [line for note in section.notes for line in (note, "")]
        lines += [line for picture in section.pictures for line in (f"![]({picture.name}.png)", "")]
    file = directory / "bench.md"
    directory.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def number(value: float) -> str:
    """A figure with the digits that are worth reading: 1 234, 56.7, 8.90, 0.0123."""
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    for edge, digits in ((100, 0), (10, 1), (1, 2), (0.1, 3)):
        if size >= edge:
            return f"{value:.{digits}f}"
    return f"{value:.2g}"
