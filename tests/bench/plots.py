"""The pictures of a report. Labels are English: no Chinese font is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embeddings.evaluation.plots import ensure_plotting
from tests.bench.report import Bars, Lines, Picture, number

_OURS, _OTHERS, _LINE = "#1b6ca8", "#8a8f98", "#d1495b"
_COLOURS = ("#1b6ca8", "#e07a1f", "#8e5ea2", "#0fa3b1", "#d1495b", "#111111")
_MARKERS = "osD^vP"


def draw(picture: Picture, directory: Path) -> Path:
    """Write one PNG file into a directory, which is made when it is missing. Raises PlottingUnavailable."""
    ensure_plotting()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = 1.6 + 0.42 * len(picture.values) if isinstance(picture, Bars) else 4.8
    figure = Figure(figsize=(7.6, height), dpi=140, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.set_title(picture.title, fontsize=11)
    if isinstance(picture, Bars):
        _bars(axes, picture)
    else:
        _lines(axes, picture)
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{picture.name}.png"
    figure.savefig(file)
    return file


def _bars(axes: Any, picture: Bars) -> None:
    labels, values = zip(*picture.values, strict=True)
    colours = [_OURS if label.startswith("this ") else _OTHERS for label in labels]
    drawn = axes.barh(range(len(values)), values, color=colours, height=0.62)
    axes.bar_label(drawn, [number(value) for value in values], padding=4, fontsize=9)
    axes.set_yticks(range(len(labels)), labels, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12 * max(*values, picture.reference or 0))
    axes.set_xlabel(picture.unit, fontsize=9)
    axes.grid(visible=True, axis="x", color="#e6e8eb", linewidth=0.8)
    if picture.reference is not None:
        axes.axvline(picture.reference, color=_LINE, linewidth=1.2, linestyle="--")


def _lines(axes: Any, picture: Lines) -> None:
    for n, (label, points) in enumerate(picture.lines):
        x, y = zip(*points, strict=True)
        axes.plot(x, y, color=_COLOURS[n % 6], marker=_MARKERS[n % 6], markersize=5, linewidth=1.8, label=label)
    xs = sorted({x for _, points in picture.lines for x, _ in points})
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(xs, [f"{x:,.0f}".replace(",", " ") for x in xs])
    axes.minorticks_off()
    low, high = axes.get_ylim()
    ticks = [t for e in range(-3, 8) for t in (10.0**e, 2 * 10.0**e, 5 * 10.0**e) if low <= t <= high]
    axes.set_yticks(ticks, [f"{t:g}" for t in ticks])
    axes.set_xlabel(picture.x, fontsize=9)
    axes.set_ylabel(picture.y, fontsize=9)
    axes.grid(visible=True, color="#e6e8eb", linewidth=0.8)
    axes.legend(fontsize=9, frameon=True, framealpha=0.9, edgecolor="none")
