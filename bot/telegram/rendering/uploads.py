"""What operators are shown of articles that come in through the chat. Every value in it is a stranger's."""

from __future__ import annotations

from collections.abc import Sequence

from bot.articles.suggestions import Suggestion
from bot.articles.upload_drafts import Preview, UploadDraft
from bot.locales import Texts
from bot.telegram.rendering.answers import Button, Outgoing
from bot.telegram.rendering.html import TextRun, split
from bot.telegram.updates.callback_data import SuggestionButton, UploadButton

_LONGEST_URL = 300
_LONGEST_TITLE = 60  # of other articles
_LONGEST_SUGGESTION = 300
# Fewer letters taken out than these are a byline or a "share" button and not worth a word.
_BOILERPLATE_TOLD = 30


def draft_message(draft: UploadDraft, words: Texts) -> Outgoing:
    """A draft with its buttons; one that cannot be accepted without any."""
    preview = draft.preview
    runs = _preview_runs(preview, words)
    if not preview.acceptable:
        return Outgoing(tuple(split(runs)))
    buttons = (
        Button(words("upload_keep"), data=UploadButton(draft.id, keep=True).pack()),
        Button(words("upload_drop"), data=UploadButton(draft.id, keep=False).pack()),
    )
    return Outgoing(tuple(split([*runs, TextRun("\n" + words("upload_ask"))])), (buttons,))


def settled_message(draft: UploadDraft, outcome: str, words: Texts) -> Outgoing:
    """The same draft after the yes or no, without buttons."""
    return Outgoing(tuple(split([*_preview_runs(draft.preview, words), TextRun("\n" + outcome, bold=True)])))


def suggestions_message(suggestions: Sequence[Suggestion], total: int, words: Texts) -> Outgoing:
    """Open suggestions, each with its two buttons."""
    if not suggestions:
        return Outgoing((words("suggestions_none"),))
    runs = [TextRun(words("suggestions_head", count=total) + "\n", bold=True)]
    rows = []
    for place, suggestion in enumerate(suggestions, start=1):
        runs += [
            TextRun(f"\n{place}. "),
            TextRun(suggestion.name, bold=True),
            TextRun(f"\n{short(suggestion.text, _LONGEST_SUGGESTION)}\n"),
        ]
        rows.append(
            (
                Button(words("suggestion_take", n=place), data=SuggestionButton(suggestion.id, take=True).pack()),
                Button(words("suggestion_drop", n=place), data=SuggestionButton(suggestion.id, take=False).pack()),
            )
        )
    return Outgoing(tuple(split(runs)), tuple(rows))


def short(text: str, length: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _preview_runs(preview: Preview, words: Texts) -> list[TextRun]:
    about = [words("upload_day", day=preview.day) if preview.day else words("upload_no_day")]
    if preview.author:
        about.append(words("upload_author", author=preview.author))
    lines = [
        " · ".join(about),
        words("upload_size", passages=preview.passages, characters=preview.characters),
        words("upload_origin", origin=preview.origin),
    ]
    if preview.url and preview.url != preview.origin:
        lines.append(words("upload_url", url=short(preview.url, _LONGEST_URL)))
    runs = [TextRun(preview.title + "\n", bold=True), TextRun("\n".join(lines) + "\n")]
    if preview.near:
        near = [
            words("upload_near_one", title=short(neighbour.title, _LONGEST_TITLE), percent=round(100 * neighbour.share))
            for neighbour in preview.near
        ]
        runs.append(TextRun("\n" + "\n".join([words("upload_near"), *near]) + "\n"))
    if warnings := _warnings(preview, words):
        runs.append(TextRun("\n" + "\n".join([words("upload_mind"), *(f"- {warning}" for warning in warnings)]) + "\n"))
    return runs


def _warnings(preview: Preview, words: Texts) -> list[str]:
    if preview.lacking is not None:
        return [words("upload_lacking", reason=preview.lacking)]
    if preview.known is not None:
        return [words("upload_known", title=short(preview.known, _LONGEST_TITLE))]
    found = {
        "upload_mind_replaces": preview.replaces is not None,
        "upload_mind_namesake": preview.namesake,
        "upload_mind_day": preview.day is None,
        "upload_mind_expired": preview.expired,
        "upload_mind_encoding": preview.other_encoding,
        "upload_mind_boilerplate": preview.boilerplate >= _BOILERPLATE_TOLD,
    }
    values = {"title": short(preview.replaces or "", _LONGEST_TITLE), "count": preview.boilerplate}
    return [*(words(key, **values) for key, holds in found.items() if holds), *preview.warnings]
