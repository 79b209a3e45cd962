"""A merchant's funnel as messages: results with their formulas folded, the guided questions, saved periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.insights.funnel.comparison import compare
from bot.insights.funnel.dialogue import QUESTIONS, Dialogue
from bot.insights.funnel.figures import Statement
from bot.insights.funnel.interest import asks_for_own_numbers
from bot.insights.funnel.model import Funnel
from bot.insights.funnel.report import Report
from bot.insights.funnel.sense import impossible
from bot.insights.funnel.wording import EXAMPLE, FunnelWords, formula_lines, plan_lines, result_lines
from bot.locales import Texts
from bot.model import Answer, Status
from bot.telegram.rendering.answers import Button, Outgoing
from bot.telegram.rendering.html import TextRun, split
from bot.telegram.rendering.public_posts import Snippet
from bot.telegram.updates.callback_data import (
    FunnelAction,
    FunnelDoor,
    FunnelDoorButton,
    FunnelResultButton,
    FunnelSavedButton,
    FunnelStep,
    FunnelStepButton,
    PassageButton,
    SavedAction,
)

_BUTTON_LENGTH = 40
_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Explanation:
    """An article that explains a step: its title and the passage that a button shows."""

    title: str
    passage: str


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A saved period as a list shows it."""

    id: int
    name: str
    statement: Statement


def with_own_numbers(outgoing: Outgoing, answer: Answer, words: Texts) -> Outgoing:
    """An answer with a button to the merchant's own numbers, where those would answer the question better."""
    if answer.status not in (Status.ANSWERED, Status.UNSURE) or not asks_for_own_numbers(answer.question):
        return outgoing
    button = Button(words("funnel_own_numbers"), data=FunnelDoorButton(FunnelDoor.START).pack())
    return replace(outgoing, buttons=(*outgoing.buttons, (button,)))


def usage_message(words: Texts, *, nothing_read: bool = False) -> Outgoing:
    """How to send numbers."""
    said = [words("funnel_none")] if nothing_read else []
    return Outgoing(tuple(split([TextRun("\n".join([*said, words("funnel_usage", example=EXAMPLE)]))])))


def report_runs(found: Report, words: Texts) -> list[TextRun]:
    """What a report says: a few lines, then behind a fold what was read and every formula."""
    named = FunnelWords(words)
    lines = [named.impossible(each) for each in found.impossible]
    if found.funnel is not None:
        lines += result_lines(found.funnel, words)
        lines += map(named.change, found.changes)
        lines += () if found.plan is None else plan_lines(found.plan, words)
    lines += map(named.ask, found.asks)
    runs = [TextRun("\n\n".join(lines))]
    if found.statement.values:
        folded = [words("funnel_understood", figures=named.statement(found.statement))]
        folded += [] if found.funnel is None else formula_lines(found.funnel, words)
        runs += [TextRun("\n\n"), TextRun("\n".join(folded), fold=True)]
    return runs


def report_message(
    found: Report, words: Texts, *, key: str | None = None, articles: Sequence[Explanation] = (), remark: str = ""
) -> Outgoing:
    """A report as a message; with a `key` it can be saved or drawn in the dark by buttons."""
    runs = [*report_runs(found, words), *([TextRun(f"\n{remark}", italic=True)] if remark else [])]
    rows: list[tuple[Button, ...]] = [
        (Button(_short(each.title), data=PassageButton(each.passage).pack()),) for each in articles
    ]
    if key is not None:
        save = Button(words("funnel_save"), data=FunnelResultButton(key, FunnelAction.SAVE).pack())
        dark = Button(words("funnel_dark"), data=FunnelResultButton(key, FunnelAction.DARK).pack())
        rows.append((save, dark) if found.drawable else (save,))
    return Outgoing(tuple(split(runs)), tuple(rows))


def question_message(dialogue: Dialogue, words: Texts, *, complaint: str = "") -> Outgoing:
    """The question of a dialogue that is open, with what may be pressed instead of an answer."""
    figure = dialogue.question
    assert figure is not None
    asked = words(f"funnel_question_{figure.name.lower()}", at=dialogue.place + 1, of=len(QUESTIONS))
    runs = [*([TextRun(f"{complaint}\n\n")] if complaint else []), TextRun(asked)]
    first = [(FunnelStep.SKIP, "funnel_skip"), *([(FunnelStep.BACK, "funnel_back")] if dialogue.place else [])]
    second = [*([(FunnelStep.DONE, "funnel_done")] if len(dialogue.statement.values) > 1 else [])]
    rows = (first, [*second, (FunnelStep.CANCEL, "funnel_cancel")])
    return Outgoing(
        tuple(split(runs)),
        tuple(
            tuple(Button(words(key), data=FunnelStepButton(dialogue.place, step).pack()) for step, key in row)
            for row in rows
        ),
    )


def saved_message(periods: Sequence[NamedPeriod], words: Texts) -> Outgoing:
    """A person's saved periods, each with buttons; two and more can be compared."""
    if not periods:
        return Outgoing(tuple(split([TextRun(words("funnel_saved_none"))])))
    rows: list[tuple[Button, ...]] = [
        (
            Button(_short(period.name), data=FunnelSavedButton(period.id, SavedAction.SHOW).pack()),
            Button(words("funnel_delete"), data=FunnelSavedButton(period.id, SavedAction.DELETE).pack()),
        )
        for period in periods
    ]
    if len(periods) > 1:
        rows.append((Button(words("funnel_compare_last"), data=FunnelDoorButton(FunnelDoor.COMPARE).pack()),))
    return Outgoing(tuple(split([TextRun(words("funnel_saved"))])), tuple(rows))


def comparison_message(before: NamedPeriod, after: NamedPeriod, words: Texts) -> Outgoing:
    """What became of the rates from one saved period to a later one."""
    named = FunnelWords(words)
    lines = [words("funnel_compare", before=before.name, after=after.name)]
    wrong = [*impossible(before.statement), *impossible(after.statement)]
    changes = [] if wrong else [*compare(Funnel(before.statement), Funnel(after.statement))]
    lines += map(named.impossible, wrong)
    lines += map(named.change, changes)
    lines += [] if wrong or changes else [words("funnel_compare_nothing")]
    return Outgoing(tuple(split([TextRun("\n".join(lines))])))


def funnel_snippet(found: Report, words: Texts) -> Snippet:
    """A report as one inline result."""
    lines = [] if found.funnel is None else list(result_lines(found.funnel, words))
    return Snippet(
        id="funnel",
        title=words("funnel_picture_title"),
        description=lines[0][: 2 * _TITLE_LENGTH] if lines else "",
        html=split([TextRun("\n\n".join(lines))])[0],
    )


def _short(text: str) -> str:
    return text if len(text) <= _BUTTON_LENGTH else text[: _BUTTON_LENGTH - 1] + "…"
