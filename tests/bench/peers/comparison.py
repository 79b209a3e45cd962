"""The same questions to every way of searching, by turns: what each finds, and how long it takes beside ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.evaluation.metrics import Hit, Judged, Question, Reply, judge, measure
from tests.bench.peers.ways import Way
from tests.bench.report import Bars, Section, number
from tests.bench.turns import Turns

Find = Callable[[str], Sequence[Hit]]
"""A question to what was found, best first."""

_FOUND = 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """Recall@1 and @5 of passages by way, and the milliseconds of each question; the first way is ours."""

    questions: int
    recall: Mapping[str, tuple[float, float]]
    latency: Turns


def over(way: Way, texts: Sequence[Hit]) -> Find:
    """A way of searching these texts."""
    return lambda question: [texts[row] for row in way.search(question, _FOUND)]


def compare(questions: Sequence[Question], ways: Mapping[str, Find]) -> Comparison:
    """Every way gets each question before the next one is asked; the first, which warms all of them, is asked twice."""
    judged: dict[str, list[Judged]] = {name: [] for name in ways}
    for question in (questions[0], *questions):
        for name, find in ways.items():
            judged[name] += judge([question], _asking(find))
    judged = {name: of[1:] for name, of in judged.items()}
    recalls = {name: measure(of).passage_recall for name, of in judged.items()}
    return Comparison(
        sum(question.answerable for question in questions),
        {name: (recall[1], recall[5]) for name, recall in recalls.items()},
        Turns({name: tuple(each.reply.milliseconds for each in of) for name, of in judged.items()}),
    )


def _asking(find: Find) -> Callable[[Question], Reply]:
    def ask(question: Question) -> Reply:
        began = time.perf_counter()
        hits = tuple(find(question.text))
        taken = time.perf_counter() - began
        return Reply(hits=hits, displayed="", status="answered", confidence=1.0, milliseconds=1000 * taken)

    return ask


def section(name: str, comparison: Comparison, missing: Sequence[str]) -> Section:
    """The ways as a table, with ratios to the first; `missing` says what was left out and why."""
    ours, *_ = comparison.recall
    first, fifth = comparison.recall[ours]
    rows = tuple(
        (
            way,
            f"{one:.3f} / {five:.3f}",
            f"{number(one / first)} / {number(five / fifth)}" if first else "",
            number(comparison.latency.ratio(way, ours)),
            f"{comparison.latency.median(way):.0f}",
        )
        for way, (one, five) in comparison.recall.items()
    )
    bars = tuple((way, five) for way, (_, five) in comparison.recall.items())
    return Section(
        f"Others, same questions and weights: {name} ({comparison.questions} questions)",
        ("way", "recall@1 / @5", "over ours", "latency over ours", "p50 ms"),
        rows,
        (
            "A text counts that is of a gold article and holds a gold phrase. Latency includes encoding the question: "
            "ours by the product's engine, the others' by sentence-transformers. All search the product's cleaned "
            "text; only the whole answer reads what was found, and quotes.",
            *missing,
        ),
        (Bars(f"peers-{name}", f"Is a gold passage among the first five? ({name})", "recall@5", bars),),
    )
