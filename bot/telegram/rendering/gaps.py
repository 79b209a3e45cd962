"""Gaps as a message with buttons, and as rows of a spreadsheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.message_text import clean
from bot.insights.csv_file import csv_file
from bot.insights.gaps import Gap, Order, Why, ordered
from bot.local_time import LocalTime
from bot.locales import Texts
from bot.telegram.rendering.answers import Button, Outgoing
from bot.telegram.rendering.html import TextRun, split
from bot.telegram.updates.callback_data import GapCurateButton, GapDoneButton, GapsFileButton, GapsView

_ON_A_PAGE = 5
_QUESTION_LENGTH = 80


def gaps_message(gaps: Sequence[Gap], view: GapsView, words: Texts, local_time: LocalTime) -> Outgoing:
    """One page of gaps; a page behind the last shows the last."""
    if not gaps:
        return Outgoing(tuple(split([TextRun(words("gaps_none", days=view.days))])))
    pages = math.ceil(len(gaps) / _ON_A_PAGE)
    view = replace(view, page=min(view.page, pages - 1))
    shown = ordered(gaps, view.order)[view.page * _ON_A_PAGE : (view.page + 1) * _ON_A_PAGE]
    times = sum(gap.times for gap in gaps)
    runs = [TextRun(words("gaps_title", days=view.days, gaps=len(gaps), times=times) + "\n\n", bold=True)]
    numbered = list(enumerate(shown, start=view.page * _ON_A_PAGE + 1))
    for number, gap in numbered:
        about = words(
            "gaps_entry", people=gap.people, times=gap.times, why=_why(gap, words), date=local_time.day(gap.last)
        )
        runs += [TextRun(f"{number}. {_short(gap.text)}\n"), TextRun(about + "\n\n", italic=True)]
    runs.append(TextRun(words("gaps_legend")))
    rows = (
        tuple(Button(f"✏️ {number}", data=GapCurateButton(gap.newest.id).pack()) for number, gap in numbered),
        tuple(Button(f"✔ {number}", data=_done(view, gap)) for number, gap in numbered),
        _turning(view, pages, words),
        (Button(words("gaps_csv"), data=GapsFileButton(view.days).pack()),),
    )
    return Outgoing(tuple(split(runs)), tuple(row for row in rows if row))


def gaps_csv(gaps: Sequence[Gap], words: Texts, local_time: LocalTime) -> bytes:
    """All gaps, the most frequent first; of people only how many they were."""
    names = ("question", "times", "people", "last", "first", "why", "reasons", "wordings")
    rows = [
        (
            clean(gap.text),
            gap.times,
            gap.people,
            local_time.day(gap.last).isoformat(),
            local_time.day(gap.first).isoformat(),
            words("gaps_comma").join(words(f"gaps_why_{why}") for why in gap.why),
            _reasons(gap, words),
            " / ".join(clean(wording) for wording in gap.wordings),
        )
        for gap in ordered(gaps, Order.FREQUENT)
    ]
    return csv_file([words(f"gaps_csv_{name}") for name in names], rows)


def _turning(view: GapsView, pages: int, words: Texts) -> tuple[Button, ...]:
    """Back, the other order, on; the other order begins with its first page."""
    newest = view.order is Order.NEWEST
    other = GapsView(view.days, Order.FREQUENT if newest else Order.NEWEST)
    switch = Button(words("gaps_by_frequency" if newest else "gaps_by_newest"), data=other.pack())
    back = [Button("‹", data=replace(view, page=view.page - 1).pack())] if view.page else []
    on = [Button("›", data=replace(view, page=view.page + 1).pack())] if view.page + 1 < pages else []
    return (*back, switch, *on) if pages > 1 else ()


def _done(view: GapsView, gap: Gap) -> str:
    return GapDoneButton(view.days, view.order, view.page, gap.newest.id).pack()


def _why(gap: Gap, words: Texts) -> str:
    reasons = _reasons(gap, words)
    names = [
        words("gaps_why_reasons", reasons=reasons) if why is Why.DOWNVOTED and reasons else words(f"gaps_why_{why}")
        for why in gap.why
    ]
    return words("gaps_comma").join(names)


def _reasons(gap: Gap, words: Texts) -> str:
    """The reasons by name, with a count where one was given more than once."""
    named = ((words(f"reason_{reason}"), count) for reason, count in gap.reasons.items())
    return words("gaps_comma").join(f"{name}×{count}" if count > 1 else name for name, count in named)


def _short(text: str) -> str:
    line = clean(text)
    return line if len(line) <= _QUESTION_LENGTH else line[: _QUESTION_LENGTH - 1] + "…"
