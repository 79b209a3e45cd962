"""A report as pictures: refusal, recall by leg, confidences, latency. Labels are English: no Chinese font is needed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.errors import PlottingUnavailable
from embeddings.evaluation.metrics import CANDIDATES, leg_recall
from embeddings.evaluation.report import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GOOD, _BAD, _QUIET = "#1b6ca8", "#d1495b", "#8a8f98"
_DEPTHS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50)
_LEGS = {
    "fused": ("all legs summed", "#111111", "-", "o"),
    "passage": ("passage vectors", "#1b6ca8", "-", "s"),
    "window": ("window vectors", "#0fa3b1", "-", "^"),
    "lexical": ("keywords (BM25)", "#e07a1f", "-", "D"),
    "companion_passage": ("second model, passages", "#8e5ea2", "--", "v"),
    "companion_window": ("second model, windows", "#c08bd1", "--", "P"),
}


def ensure_plotting() -> None:
    """Raise PlottingUnavailable unless the optional drawing library is installed; quick, nothing is imported."""
    if find_spec("matplotlib") is None:
        raise PlottingUnavailable


def draw(report: Report, directory: Path) -> tuple[Path, ...]:
    """Write PNG files into a directory, which is made when it is missing, and return them in reading order.

    A picture for which the report has nothing to show (no unanswerable questions, no looked-up legs) is left out.
    Raises PlottingUnavailable.
    """
    ensure_plotting()
    directory.mkdir(parents=True, exist_ok=True)
    metrics = report.metrics
    both = metrics.answerable > 0 and metrics.unanswerable > 0
    wanted: tuple[tuple[str, Callable[[Any, Report], None], bool], ...] = (
        ("refusal", _refusal, both),
        ("recall", _recall, bool(report.leg_recall)),
        ("confidence", _confidence, bool(report.judged)),
        ("latency", _latency, bool(report.judged)),
    )
    return tuple(_picture(directory / f"{name}.png", content, report) for name, content, shown in wanted if shown)


def refusal_curve(good: NDArray[np.float64], bad: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Recall and precision of "answer it" at every confidence as threshold, from the highest down.

    `good` and `bad` are the confidences of answerable and of other questions; recall is the share of `good` at or
    above the threshold, precision the share of `good` among all at or above it. Two arrays of one length.
    """
    thresholds = np.unique(np.concatenate((good, bad)))[::-1]
    right = (good[None, :] >= thresholds[:, None]).sum(axis=1)
    wrong = (bad[None, :] >= thresholds[:, None]).sum(axis=1)
    return right / max(len(good), 1), right / (right + wrong)


def _picture(file: Path, content: Callable[[Any, Report], None], report: Report) -> Path:
    # A figure with its own canvas: no global state, no display, whatever the environment says.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7.2, 4.8), dpi=140, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#e6e8eb", linewidth=0.8)
    axes.set_axisbelow(True)
    content(axes, report)
    figure.savefig(file)
    return file


def _refusal(axes: Any, report: Report) -> None:
    good, bad = _confidences(report)
    recall, precision = refusal_curve(good, bad)
    metrics = report.metrics
    span = np.linspace(0.001, 1, 400)
    for f1 in (0.7, 0.8, 0.9, 0.95):
        with np.errstate(divide="ignore"):
            level = f1 * span / (2 * span - f1)
        shown = (level > 0) & (level <= 1)
        axes.plot(span[shown], level[shown], color="#c9ccd1", linewidth=0.9, linestyle=":")
        axes.annotate(
            f"F1 {f1:g}",
            (1.0, f1 / (2 - f1)),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=8,
            color=_QUIET,
            va="center",
            annotation_clip=False,
        )
    axes.step(
        recall, precision, where="post", color=_GOOD, linewidth=2, label=f"confidence (AUC {metrics.refusal_auc:.3f})"
    )
    axes.plot(
        metrics.refusal_recall,
        metrics.refusal_precision,
        "o",
        color=_BAD,
        markersize=9,
        zorder=5,
        label=f"working point: recall {metrics.refusal_recall:.3f}, precision {metrics.refusal_precision:.3f}, "
        f"F1 {metrics.refusal_f1:.3f}",
    )
    base = metrics.answerable / (metrics.answerable + metrics.unanswerable)
    axes.axhline(base, color=_QUIET, linestyle="--", linewidth=1, label=f"answer everything: precision {base:.3f}")
    axes.set(
        xlim=(0, 1.0),
        ylim=(min(0.5, float(precision.min()) - 0.05, base - 0.05), 1.01),
        xlabel="recall: share of answerable questions that are answered",
        ylabel="precision: answerable among answered",
        title=f"Answer or decline ({metrics.answerable} answerable, {metrics.unanswerable} not)",
    )
    axes.legend(loc="lower left", fontsize=8.5, frameon=True, framealpha=0.9, edgecolor="none")


def _recall(axes: Any, report: Report) -> None:
    recalls = leg_recall(report.judged, _DEPTHS)
    for leg, shares in recalls.items():
        label, colour, line, marker = _LEGS.get(leg, (leg, _QUIET, "-", "."))
        axes.plot(
            list(shares),
            list(shares.values()),
            color=colour,
            linestyle=line,
            marker=marker,
            markersize=4.5,
            linewidth=2.4 if leg == "fused" else 1.5,
            label=label,
        )
    axes.axvline(CANDIDATES, color=_QUIET, linewidth=1.2, linestyle=":", label=f"candidates: best {CANDIDATES}")
    axes.set_xscale("log")
    ticks = (1, 2, 3, 5, 10, 20, 50)
    axes.set_xticks(ticks, [str(k) for k in ticks])
    axes.minorticks_off()
    lowest = min(share for shares in recalls.values() for share in shares.values())
    axes.set(
        xlim=(0.95, 53),
        ylim=(max(0.0, lowest - 0.05), 1.01),
        xlabel="k: passages looked at",
        ylabel="passage recall@k",
        title=f"Is a gold passage among the best k? ({report.metrics.answerable} questions)",
    )
    axes.legend(loc="lower right", fontsize=8.5, frameon=True, framealpha=0.9, edgecolor="none")


def _confidence(axes: Any, report: Report) -> None:
    good, bad = _confidences(report)
    bins = np.linspace(0, 1, 26)
    for values, colour, label in ((good, _GOOD, "answerable"), (bad, _BAD, "not answerable")):
        if len(values):
            shares = np.full(len(values), 1 / len(values))
            axes.hist(
                values,
                bins=bins,
                weights=shares,
                color=colour,
                alpha=0.55,
                edgecolor="white",
                linewidth=0.6,
                label=f"{label} ({len(values)})",
            )
    top = axes.get_ylim()[1] * 1.12
    axes.set_ylim(0, top)
    for at, words, side in ((report.unsure_at, "unsure", "right"), (report.answer_at, "answered", "left")):
        axes.axvline(at, color="#333333", linewidth=1.1, linestyle="--")
        axes.annotate(
            f"{words} ≥ {at:.2f}",
            (at, top),
            xytext=(-5 if side == "right" else 5, -4),
            fontsize=8.5,
            textcoords="offset points",
            ha=side,
            va="top",
            color="#333333",
        )
    axes.set(
        xlim=(0, 1),
        xlabel="confidence that the corpus answers it",
        ylabel="share of the questions of its sort",
        title="Confidence of answerable questions against the rest",
    )
    axes.legend(loc="upper right", fontsize=8.5, frameon=True, framealpha=0.9, edgecolor="none")


def _latency(axes: Any, report: Report) -> None:
    metrics = report.metrics
    times = np.array([j.reply.milliseconds for j in report.judged])
    # One slow question must not squeeze all others into a single bar: it is counted in the last one.
    edge = max(float(np.percentile(times, 99)) * 1.1, 1.0)
    axes.hist(
        np.minimum(times, edge),
        bins=np.linspace(0, edge, 41),
        color=_GOOD,
        alpha=0.75,
        edgecolor="white",
        linewidth=0.6,
    )
    for at, words, colour in ((metrics.latency_p50, "p50", "#333333"), (metrics.latency_p95, "p95", _BAD)):
        axes.axvline(at, color=colour, linewidth=1.4, linestyle="--", label=f"{words} {at:.0f} ms")
    axes.set(
        xlim=(0, edge),
        xlabel="milliseconds a question",
        ylabel="questions",
        title=f"Time to an answer ({len(times)} questions, slowest {times.max():.0f} ms in the last bar)",
    )
    axes.legend(loc="upper right", fontsize=8.5, frameon=True, framealpha=0.9, edgecolor="none")


def _confidences(report: Report) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    good = [j.reply.confidence for j in report.judged if j.question.answerable]
    bad = [j.reply.confidence for j in report.judged if not j.question.answerable]
    return np.array(good, dtype=np.float64), np.array(bad, dtype=np.float64)
