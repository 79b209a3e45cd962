"""An answer as it was found, and the passages behind it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from bot.answering.material import Material
from bot.model import Answer, Citation, PassageHit, Quote, Status
from corpus.model import Passage, Span

TEXT = "预售的定金一般收三成。\n先和客户确认款式，再收定金。\n定制的款式不退定金。"
DAY = datetime.date(2026, 5, 1)


def passage(text: str = TEXT, number: int = 1) -> Passage:
    """A passage with a sentence a line."""
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    return Passage(f"{number:016x}", f"a{number}.md", 0, ("定金",), text, tuple(spans))


def citation(number: int = 1) -> Citation:
    return Citation(number, f"a{number}.md", "预售的定金", "定金", None, DAY, None, f"{number:016x}", 1.0)


def found(question: str = "预售定金收几成？", *, status: Status = Status.ANSWERED) -> Answer:
    """What extraction found in the first passage."""
    quoted = status in (Status.ANSWERED, Status.UNSURE)
    return Answer(
        question=question,
        status=status,
        language="zh",
        confidence=0.9,
        quotes=(Quote("预售的定金一般收三成。", 1),) if quoted else (),
        sources=(citation(),) if quoted else (),
        passages=(PassageHit("a1.md", f"{1:016x}", TEXT, 1.0),),
        near_topics=(),
        generation="g1",
        elapsed_ms=5.0,
    )


def material(*texts: str) -> Sequence[Material]:
    """The passages with these texts."""
    return [Material(passage(text, n), citation(n), outdated=False) for n, text in enumerate(texts or (TEXT,), start=1)]
