"""A funnel as one tall picture that a phone shows well: counts, rates, costs, and the step that pays most."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

from bot.insights.fonts import families
from bot.insights.funnel.figures import Stage
from bot.insights.funnel.model import Funnel, StageResult
from bot.insights.funnel.planning import Lever
from bot.insights.funnel.wording import FunnelWords, best_lever, number, percent
from bot.locales import Texts

_WIDTH, _DPI = 7.2, 150  # inches: 1080 pixels wide
_ROW, _HEAD, _TILES = 1.0, 0.95, 1.45  # inches of height
_NARROWEST = 0.02
_BAR_LEFT, _BAR_RIGHT = 0.2, 0.985
_ROOM_FOR_COST = 0.75  # of the bars' width
_COSTED = (Stage.CLICK, Stage.MESSAGE, Stage.LEAD, Stage.FRIEND, Stage.ORDER)


@dataclass(frozen=True, slots=True)
class _Colours:
    paper: str
    ink: str
    quiet: str
    track: str
    bar: str
    best: str


_LIGHT = _Colours("#ffffff", "#22262b", "#6b727c", "#eef1f4", "#1b6ca8", "#e07a1f")
_DARK = _Colours("#17212b", "#eef2f6", "#9aa7b4", "#22303d", "#4aa3df", "#f0a04b")


def funnel_picture(funnel: Funnel, words: Texts, *, dark: bool = False, title: str = "") -> bytes:
    """A PNG of 1080 pixels' width, higher with more stages. Takes a second: not for the event loop, one at a time.

    Only stages with counts are drawn; the bars' lengths go by the logarithm, since a hundred orders of ten thousand
    views would not be seen.
    """
    # A figure with its own canvas: no global state, no display, whatever the environment says.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    named, colours = FunnelWords(words), _DARK if dark else _LIGHT
    results = [result for result in funnel.stages if result.count is not None]
    tiles = _tiles(funnel, named)
    height = _HEAD + _ROW * len(results) + (_TILES if tiles else 0.25)
    with rc_context({"font.family": families(), "text.color": colours.ink, "axes.unicode_minus": False}):
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor=colours.paper)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(height, 0))
        axes.text(0.035, 0.52, title or words("funnel_picture_title"), fontsize=21, fontweight="bold", va="center")
        scale = words("funnel_picture_scale")
        axes.text(_BAR_RIGHT, _HEAD + 0.24, scale, fontsize=13, ha="right", va="center", color=colours.quiet)
        best = best_lever(funnel)
        for place, result in enumerate(results):
            top = _HEAD + place * _ROW
            length = _length(result, results)
            _stage(axes, result, top, length, best, named, colours)
            cost = funnel.cost(result.stage) if result.stage in _COSTED else None
            if cost is not None and length < _ROOM_FOR_COST:
                said = words("funnel_picture_cost", cost=named.yuan(cost))
                at = _BAR_RIGHT - 0.015, top + 0.61
                axes.text(*at, said, fontsize=14.5, ha="right", va="center", color=colours.quiet)
        _draw_tiles(axes, tiles, height, colours)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _length(result: StageResult, results: list[StageResult]) -> float:
    """The share of the whole width that a stage's bar takes."""
    most = max(float(each.count or 0) for each in results)
    return max(_NARROWEST, math.log1p(float(result.count or 0)) / math.log1p(most)) if most else _NARROWEST


def _stage(
    axes: Any,
    result: StageResult,
    top: float,
    length: float,
    best: Lever | None,
    named: FunnelWords,
    colours: _Colours,
) -> None:
    """A stage: its name and bar, and above it the rate with which it is reached."""
    is_best = best is not None and best.stage is result.stage
    colour = colours.best if is_best else colours.bar
    whole = _BAR_RIGHT - _BAR_LEFT
    middle = top + 0.6
    axes.barh(middle, whole, 0.42, left=_BAR_LEFT, color=colours.track)
    axes.barh(middle, whole * length, 0.42, left=_BAR_LEFT, color=colour)
    axes.text(_BAR_LEFT - 0.02, middle, named.stage(result.stage), fontsize=17, ha="right", va="center")
    inside = length > 0.25
    axes.text(
        _BAR_LEFT + (0.02 if inside else whole * length + 0.015),
        middle + 0.01,
        number(result.count or 0),
        fontsize=17,
        fontweight="bold",
        va="center",
        color=colours.paper if inside else colours.ink,
    )
    if result.rate is not None:
        _rate(axes, result, top + 0.24, colour if is_best else colours.quiet, named)
    if is_best and best is not None:
        axes.text(_BAR_RIGHT, top + 0.24, _worth(best, named), fontsize=14.5, ha="right", va="center", color=colour)


def _rate(axes: Any, result: StageResult, height: float, colour: str, named: FunnelWords) -> None:
    said = f"↓ {percent(result.rate or 0)}"
    if result.interval is not None:
        said += f"  ({percent(result.interval.low)}–{percent(result.interval.high)})"
    if result.unsure:
        said += f" {named.words('funnel_picture_unsure')}"
    axes.text(_BAR_LEFT, height, said, fontsize=14.5, va="center", color=colour)


def _worth(best: Lever, named: FunnelWords) -> str:
    if best.worth is None:
        return named.words("funnel_picture_best_orders", orders=number(best.orders))
    return named.words("funnel_picture_best", worth=named.yuan(best.worth))


def _tiles(funnel: Funnel, named: FunnelWords) -> list[tuple[str, str]]:
    """What stands below the funnel: numbers and what they are."""
    cost, brings, orders = funnel.cost(Stage.ORDER), funnel.contribution, funnel.break_even_orders
    found = (
        ("spent", None if funnel.spent is None else named.yuan(funnel.spent)),
        ("order", None if cost is None else named.yuan(cost)),
        ("contribution", None if brings is None else named.yuan(brings)),
        ("break_even", None if orders is None else number(orders)),
    )
    return [(value, named.words(f"funnel_picture_{name}")) for name, value in found if value is not None]


def _draw_tiles(axes: Any, tiles: list[tuple[str, str]], height: float, colours: _Colours) -> None:
    for place, (value, name) in enumerate(tiles):
        x = (place + 0.5) / len(tiles)
        axes.text(x, height - 0.88, value, fontsize=20, fontweight="bold", ha="center", va="center")
        axes.text(x, height - 0.42, name, fontsize=14.5, ha="center", va="center", color=colours.quiet)
