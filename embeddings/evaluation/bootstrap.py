"""How far figures may be off: bootstrap intervals of one report, and differences of two beyond noise.

Questions are drawn again with replacement, answerable and not answerable ones each among themselves; the interval is
the middle 95 % of what the draws give (the percentile bootstrap, Efron and Tibshirani 1993). For two reports over the
same questions every draw is the same for both, so that what makes questions hard cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.evaluation.metrics import ACCEPTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_MIDDLE = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Result:
    """One judged question, flat: what reports keep and what is compared. Ranks count from 1.

    `leads`, `quotes`, `beside_gold`, `characters` and `parts_answered` (of so many `parts`) tell of what is shown at
    once, see `Judged`.
    """

    id: str
    kind: str
    question: str
    answerable: bool
    article_rank: int | None
    passage_rank: int | None
    displayed: bool
    status: str
    confidence: float
    milliseconds: float
    fault: str | None = None
    leads: bool = False
    quotes: int = 0
    beside_gold: int = 0
    characters: int = 0
    parts: int = 0
    parts_answered: int = 0

    @property
    def accepted(self) -> bool:
        """Whether material was shown as an answer, surely or not."""
        return self.status in ACCEPTED


@dataclass(frozen=True, slots=True)
class Interval:
    """Where 95 % of the draws lie."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in two reports over the same questions, and the interval of its change."""

    figure: str
    before: float
    after: float
    change: Interval

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval of the change leaves out zero."""
        return self.change.low > 0 or self.change.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports compared over the questions that both have.

    `left_out` counts questions that only one has; `unknown` and `gained` name those that went from right to wrong and
    back: shown instead of not (answerable), declined instead of not (the others).
    """

    shared: int
    left_out: int
    differences: tuple[Difference, ...]
    lost: tuple[Result, ...]
    gained: tuple[Result, ...]


def intervals(results: Sequence[Result], *, resamples: int = 1000, seed: int = 0) -> dict[str, Interval]:
    """The interval of every figure, by names such as `passage_recall@5`, `refusal_f1`, `declined.near`."""
    good, bad = _draws(results, resamples, seed)
    return {name: _middle(values) for name, values in _figures(results, good, bad).items()}


def compare(before: Sequence[Result], after: Sequence[Result], *, resamples: int = 1000, seed: int = 0) -> Comparison:
    """What changed from one report to another, over the questions that both have."""
    earlier = {_key(result): result for result in before}
    later = {_key(result): result for result in after}
    keys = [key for key in earlier if key in later]
    old, new = [earlier[key] for key in keys], [later[key] for key in keys]
    good, bad = _draws(old, resamples, seed)
    ones = np.ones((1, good.shape[1])), np.ones((1, bad.shape[1]))
    was, now = _figures(old, *ones), _figures(new, *ones)
    drawn_was, drawn_now = _figures(old, good, bad), _figures(new, good, bad)
    return Comparison(
        shared=len(keys),
        left_out=len(earlier) + len(later) - 2 * len(keys),
        differences=tuple(
            Difference(name, float(was[name][0]), float(now[name][0]), _middle(drawn_now[name] - drawn_was[name]))
            for name in was
        ),
        lost=tuple(n for o, n in zip(old, new, strict=True) if _right(o) and not _right(n)),
        gained=tuple(n for o, n in zip(old, new, strict=True) if _right(n) and not _right(o)),
    )


def _key(result: Result) -> tuple[str, str, bool]:
    return result.id, result.question, result.answerable


def _right(result: Result) -> bool:
    return result.accepted and result.displayed if result.answerable else not result.accepted


def _draws(results: Sequence[Result], resamples: int, seed: int) -> tuple[Numbers, Numbers]:
    """How often each answerable and each other question is drawn: (resamples, answerable), (resamples, others)."""
    generator = np.random.default_rng(seed)
    answerable = sum(result.answerable for result in results)

    def draw(count: int) -> Numbers:
        if not count:
            return np.zeros((resamples, 0))
        return generator.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)

    return draw(answerable), draw(len(results) - answerable)


def _figures(results: Sequence[Result], good_counts: Numbers, bad_counts: Numbers) -> dict[str, Numbers]:
    """Every figure for every draw: counts (draws, answerable) and (draws, others) to arrays of (draws,)."""
    good = [result for result in results if result.answerable]
    bad = [result for result in results if not result.answerable]
    figures: dict[str, Numbers] = {}
    if good:
        per_question = {
            **{f"article_recall@{k}": [_within(r.article_rank, k) for r in good] for k in (1, 3, 5)},
            **{f"passage_recall@{k}": [_within(r.passage_rank, k) for r in good] for k in (1, 3, 5, 10)},
            "mrr": [1 / r.passage_rank if r.passage_rank else 0.0 for r in good],
            "coverage": [float(r.displayed) for r in good],
            "lead_accuracy": [float(r.leads) for r in good],
            "answered": [float(r.accepted) for r in good],
        }
        for name, values in per_question.items():
            figures[name] = good_counts @ np.array(values) / len(good)
        beside = good_counts @ np.array([float(r.beside_gold) for r in good])
        if any(r.parts for r in good):
            asked = good_counts @ np.array([float(r.parts) for r in good])
            figures["parts_answered"] = _ratio(good_counts @ np.array([float(r.parts_answered) for r in good]), asked)
        figures["noise"] = _ratio(beside, good_counts @ np.array([float(r.quotes) for r in good]))
    if good and bad:
        right = good_counts @ np.array([float(r.accepted) for r in good])
        wrong = bad_counts @ np.array([float(r.accepted) for r in bad])
        # 2 p r / (p + r), with precision and recall written out
        figures["refusal_precision"] = _ratio(right, right + wrong)
        figures["refusal_f1"] = _ratio(2 * right, right + wrong + len(good))
        above = np.sign(np.subtract.outer([r.confidence for r in good], [r.confidence for r in bad]))
        wins = ((good_counts @ (above + 1) / 2) * bad_counts).sum(axis=1)
        figures["refusal_auc"] = wins / (len(good) * len(bad))
    for kind in sorted({r.kind for r in bad}):
        of_kind = np.array([float(r.kind == kind) for r in bad])
        declined = np.array([float(r.kind == kind and not r.accepted) for r in bad])
        figures[f"declined.{kind}"] = _ratio(bad_counts @ declined, bad_counts @ of_kind)
    return figures


def _within(rank: int | None, k: int) -> float:
    return float(rank is not None and rank <= k)


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    """Part by whole, 0 where the whole is nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _middle(values: Numbers) -> Interval:
    low, high = np.percentile(values, _MIDDLE)
    return Interval(float(low), float(high))
