"""Curated answers as operators see them: a preview, one in full, the list."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.answering.curated.store import CuratedAnswer, CuratedText
from bot.local_time import LocalTime
from bot.locales import Texts
from bot.telegram.rendering.answers import Button, Outgoing
from bot.telegram.rendering.html import TextRun, split
from bot.telegram.updates.callback_data import (
    CuratedAction,
    CuratedButton,
    CuratedExpiryButton,
    CuratedPageButton,
    CuratedStep,
    CuratedStepButton,
)

_PAGE = 8
_IN_A_ROW = 4
_QUESTION_LENGTH = 40
_YEAR = 365
EXPIRIES = (30, 90, _YEAR, 0)
"""Days that the buttons offer; 0 is for ever."""


def preview_message(content: CuratedText, author: str, key: str, words: Texts) -> Outgoing:
    """What would be saved, with the buttons that decide."""
    runs = [TextRun(words("pin_preview") + "\n\n", italic=True), *_content_runs(content, words)]
    runs.append(TextRun("\n".join((words("pin_new_author", name=author), *_bounds(content, words)))))
    labels = {
        CuratedStep.SAVE: "pin_save",
        CuratedStep.CHOOSE_EXPIRY: "pin_expiry",
        CuratedStep.ADD_SOURCE: "pin_add_source",
        CuratedStep.CANCEL: "pin_cancel",
    }
    buttons = [Button(words(label), data=CuratedStepButton(key, step).pack()) for step, label in labels.items()]
    return Outgoing(tuple(split(runs)), (tuple(buttons[:3]), tuple(buttons[3:])))


def expiry_buttons(key: str, words: Texts) -> tuple[tuple[Button, ...], ...]:
    """The choice of how long an answer holds."""

    def label(days: int) -> str:
        return (
            words("pin_forever") if not days else words("pin_year") if days == _YEAR else words("pin_days", days=days)
        )

    return (tuple(Button(label(days), data=CuratedExpiryButton(key, days).pack()) for days in EXPIRIES),)


def saved_message(curated: CuratedAnswer, local_time: LocalTime, words: Texts) -> Outgoing:
    """One that was just saved."""
    runs = [
        TextRun(words("pin_saved", number=curated.id) + "\n\n", italic=True),
        *_full_runs(curated, local_time, words),
    ]
    return Outgoing(tuple(split(runs)))


def curated_message(curated: CuratedAnswer, local_time: LocalTime, words: Texts) -> Outgoing:
    """One in full, with buttons to edit or unpin it."""
    labels = {
        CuratedAction.EDIT_TEXT: "pin_edit",
        CuratedAction.ADD_PHRASING: "pin_add_phrasing",
        CuratedAction.ASK_REMOVAL: "pin_remove",
    }
    buttons = tuple(Button(words(label), data=CuratedButton(what, curated.id).pack()) for what, label in labels.items())
    return Outgoing(tuple(split([TextRun(f"{curated.id}. "), *_full_runs(curated, local_time, words)])), (buttons,))


def removal_message(curated: CuratedAnswer, local_time: LocalTime, words: Texts) -> Outgoing:
    """Asks whether one is really to be unpinned."""
    buttons = (
        Button(words("pin_confirm"), data=CuratedButton(CuratedAction.REMOVE, curated.id).pack()),
        Button(words("pin_keep"), data=CuratedButton(CuratedAction.KEEP, curated.id).pack()),
    )
    runs = [
        TextRun(words("pin_sure") + "\n\n", bold=True),
        TextRun(f"{curated.id}. "),
        *_full_runs(curated, local_time, words),
    ]
    return Outgoing(tuple(split(runs)), (buttons,))


def list_message(held: Sequence[CuratedAnswer], page: int, local_time: LocalTime, words: Texts) -> Outgoing:
    """One page of all, the newest first; a page that is not there shows the nearest that is."""
    if not held:
        return Outgoing((words("pins_none"),))
    pages = math.ceil(len(held) / _PAGE)
    page = max(0, min(page, pages - 1))
    shown = sorted(held, key=lambda each: -each.id)[page * _PAGE : (page + 1) * _PAGE]
    lines = [words("pins_title", count=len(held), page=page + 1, pages=pages), ""]
    lines += [
        words(
            "pins_line_expired" if curated.expired(local_time.today()) else "pins_line",
            number=curated.id,
            question=_short(curated.content.question),
            name=_short(curated.author.name),
            date=local_time.day(curated.edited or curated.written).isoformat(),
        )
        for curated in shown
    ]
    numbers = [Button(str(curated.id), data=CuratedButton(CuratedAction.SHOW, curated.id).pack()) for curated in shown]
    rows = [tuple(numbers[at : at + _IN_A_ROW]) for at in range(0, len(numbers), _IN_A_ROW)]
    turns = []
    if page:
        turns.append(Button(words("pins_previous"), data=CuratedPageButton(page - 1).pack()))
    if page + 1 < pages:
        turns.append(Button(words("pins_next"), data=CuratedPageButton(page + 1).pack()))
    return Outgoing(tuple(split([TextRun("\n".join(lines))])), (*rows, *([tuple(turns)] if turns else [])))


def _full_runs(curated: CuratedAnswer, local_time: LocalTime, words: Texts) -> list[TextRun]:
    about = [words("pin_author", name=curated.author.name, date=local_time.day(curated.written).isoformat())]
    if curated.editor is not None and curated.edited is not None:
        about.append(words("pin_editor", name=curated.editor.name, date=local_time.day(curated.edited).isoformat()))
    about += _bounds(curated.content, words, expired=curated.expired(local_time.today()))
    return [*_content_runs(curated.content, words), TextRun("\n".join(about))]


def _content_runs(content: CuratedText, words: Texts) -> list[TextRun]:
    runs = [TextRun(words("pin_question"), bold=True), TextRun(content.question + "\n")]
    if content.alternatives:
        runs += [TextRun(words("pin_phrasings"), bold=True), TextRun(" / ".join(content.alternatives) + "\n")]
    return [*runs, TextRun("\n" + content.text + "\n\n")]


def _bounds(content: CuratedText, words: Texts, *, expired: bool = False) -> list[str]:
    until = words("pin_no_expiry")
    if content.expires is not None:
        until = words("pin_expired" if expired else "pin_expires", date=content.expires.isoformat())
    source = words("pin_source", source=content.source) if content.source else words("pin_no_source")
    return [until, source]


def _short(text: str) -> str:
    return text if len(text) <= _QUESTION_LENGTH else text[: _QUESTION_LENGTH - 1] + "…"
