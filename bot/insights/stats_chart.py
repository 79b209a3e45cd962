"""Statistics as one tall picture that a phone shows well: four numbers, questions a day, latency, where from, votes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from bot.insights.fonts import families
from bot.insights.statistics import Day, Statistics
from bot.locales import Texts

_SIZE, _DPI = (7.2, 9.0), 150  # inches: 1080 × 1350 pixels
_INK, _QUIET, _RULE = "#22262b", "#7b828c", "#e6e8eb"
_ANSWERED, _UNSURE, _REFUSED = "#1b6ca8", "#f0a830", "#d1495b"
_SURFACES = ("#1b6ca8", "#0fa3b1", "#8e5ea2", "#e07a1f", "#5f7f4f", "#8a8f98")
_THIN = 60  # days from which the bars of a chart leave no gaps


def stats_picture(statistics: Statistics, labels: Texts) -> bytes:
    """A PNG of 1080 × 1350 pixels. Takes about a second: not for the event loop, and one at a time."""
    # A figure with its own canvas: no global state, no display, whatever the environment says.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context({"font.family": families(), "font.size": 15, "text.color": _INK, "axes.unicode_minus": False}):
        figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(
            5, 1, height_ratios=(0.5, 2.2, 1.35, 0.5, 0.5), left=0.09, right=0.955, top=0.985, bottom=0.02, hspace=0.55
        )
        _tiles(figure.add_subplot(grid[0]), statistics, labels)
        _days(figure.add_subplot(grid[1]), statistics.days, labels)
        _latency(figure.add_subplot(grid[2]), statistics.days, labels)
        surfaces = [(labels(f"surface_{surface}"), count) for surface, count in statistics.surfaces.items()]
        _shares(figure.add_subplot(grid[3]), labels("stats_panel_surfaces"), surfaces, _SURFACES)
        votes = [(labels("stats_up"), statistics.up), (labels("stats_down"), statistics.down)]
        _shares(figure.add_subplot(grid[4]), labels("stats_panel_votes"), votes, (_ANSWERED, _REFUSED))
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _tiles(axes: Any, statistics: Statistics, words: Texts) -> None:
    """Four numbers with what they are below them."""
    axes.set_axis_off()
    share = f"{statistics.answered / statistics.questions:.0%}" if statistics.questions else "–"
    median = words("stats_ms", ms=round(statistics.p50)) if statistics.p50 is not None else "–"
    tiles = (
        (f"{statistics.questions:,}", words("stats_tile_questions")),
        (f"{statistics.people:,}", words("stats_tile_people")),
        (share, words("stats_tile_answered")),
        (median, words("stats_tile_latency")),
    )
    for place, (number, name) in enumerate(tiles):
        x = (place + 0.5) / len(tiles)
        axes.text(x, 0.62, number, ha="center", va="center", fontsize=25, fontweight="bold", transform=axes.transAxes)
        axes.text(x, 0.0, name, ha="center", va="center", fontsize=14, color=_QUIET, transform=axes.transAxes)


def _days(axes: Any, days: Sequence[Day], words: Texts) -> None:
    """Bars of a day's questions, stacked by outcome."""
    _prepare(axes, days, words("stats_panel_days"))
    places = range(len(days))
    bottom = [0] * len(days)
    for key, colour in (("answered", _ANSWERED), ("unsure", _UNSURE), ("refused", _REFUSED)):
        heights = [getattr(day, key) for day in days]
        width = 0.78 if len(days) <= _THIN else 1.0
        axes.bar(places, heights, width, bottom=bottom, color=colour, label=words(f"stats_{key}"))
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    axes.set_ylim(0, max(bottom) * 1.05 or 1)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    _legend(axes, 3)


def _latency(axes: Any, days: Sequence[Day], words: Texts) -> None:
    """Median and 95th percentile of every day on which somebody asked."""
    _prepare(axes, days, words("stats_panel_latency"))
    asked = [(place, day.p50, day.p95) for place, day in enumerate(days) if day.p50 is not None]
    for column, name, colour in ((2, "p95", _UNSURE), (1, "p50", _ANSWERED)):
        places, values = [day[0] for day in asked], [day[column] for day in asked]
        marker = "o" if len(days) <= _THIN else None
        axes.plot(places, values, color=colour, linewidth=2.6, marker=marker, markersize=5, label=name)
    axes.set_ylim(0, max((day[2] for day in asked if day[2]), default=1) * 1.1)
    axes.yaxis.get_major_locator().set_params(nbins=4)
    _legend(axes, 2)


def _shares(axes: Any, title: str, parts: Sequence[tuple[str, int]], colours: Sequence[str]) -> None:
    """One bar, divided; what each part is stands below it."""
    total = sum(count for _, count in parts)
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.text(0, 1.05, title, fontsize=15, fontweight="bold", va="bottom")
    if not total:
        axes.barh(0.72, 1, 0.44, color=_RULE)
        return
    left = 0.0
    shown = [(name, count, colour) for (name, count), colour in zip(parts, colours, strict=False) if count]
    for place, (name, count, colour) in enumerate(shown):
        axes.barh(0.72, count / total, 0.44, left=left, color=colour)
        left += count / total
        at = (place / max(len(shown), 3), 0.18)
        size = 13 if len(shown) < 5 else 11
        axes.text(*at, f"{name} {count}", fontsize=size, color=colour, va="center", fontweight="bold")


def _prepare(axes: Any, days: Sequence[Day], title: str) -> None:
    axes.set_title(title, loc="left", fontsize=15, fontweight="bold", color=_INK, pad=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_QUIET)
    axes.grid(visible=True, axis="y", color=_RULE, linewidth=1.2)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=_QUIET, labelsize=13)
    step = max(1, -(-len(days) // 6))
    places = range(len(days) - 1, -1, -step)
    axes.set_xticks(list(places), [f"{days[place].date:%m-%d}" for place in places])
    axes.set_xlim(-0.7, len(days) - 0.3)


def _legend(axes: Any, columns: int) -> None:
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=13,
        handlelength=0.9,
        columnspacing=1.2,
        borderaxespad=0.1,
    )
