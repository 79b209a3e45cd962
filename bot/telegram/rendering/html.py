"""Telegram messages that are valid by construction: styled runs of text, split before any tag exists.

Telegram counts UTF-16 units after parsing and refuses a message for one stray `<`. So text stays plain in `TextRun`s,
is cut there, and only then becomes escaped HTML with balanced tags.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

LIMIT = 4096

# Where a long text is cut, best first: between paragraphs, lines, sentences; only for want of those within one.
_BORDERS = ("\n\n", "\n", "。", "！", "？", "；", ". ", "! ", "? ")
_WEAK_BORDERS = ("，", "、", ", ", " ")


@dataclass(frozen=True, slots=True)
class TextRun:
    """Some text in one style. `fold` runs that follow each other form one expandable quotation."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None
    fold: bool = False


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, in which Telegram counts limits and offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(runs: Sequence[TextRun], *, limit: int = LIMIT) -> list[str]:
    """HTML messages of at most `limit` UTF-16 units each, cut between paragraphs or sentences where possible."""
    messages: list[list[TextRun]] = [[]]
    room = limit
    for run in runs:
        rest = _printable(run.text)
        while rest:
            if (length := utf16_length(rest)) <= room:
                messages[-1].append(replace(run, text=rest))
                room -= length
                break
            head, rest = _cut(rest, room, fresh=not messages[-1])
            if head:
                messages[-1].append(replace(run, text=head))
            messages.append([] if head else _unfinished_line(messages[-1], limit))
            room = limit - sum(utf16_length(carried.text) for carried in messages[-1])
    rendered = (_render(_trimmed(message)) for message in messages)
    return [message for message in rendered if message]


def _render(runs: Iterable[TextRun]) -> str:
    """Telegram's HTML for runs of text; whatever the text contains is escaped."""
    pieces: list[str] = []
    folded = False
    for run in runs:
        if run.fold != folded:
            pieces.append("<blockquote expandable>" if run.fold else "</blockquote>")
            folded = run.fold
        pieces.append(_styled(run))
    if folded:
        pieces.append("</blockquote>")
    return "".join(pieces)


def _styled(run: TextRun) -> str:
    text = html.escape(run.text, quote=False)
    if run.bold:
        text = f"<b>{text}</b>"
    if run.italic:
        text = f"<i>{text}</i>"
    if run.link:
        text = f'<a href="{html.escape(_printable(run.link))}">{text}</a>'
    return text


def _printable(text: str) -> str:
    """Without what Telegram or UTF-8 refuses: NUL and other controls, lone surrogates."""
    return "".join(c for c in text if (c >= " " or c in "\n\t") and not "\ud800" <= c <= "\udfff")


def _cut(text: str, room: int, *, fresh: bool) -> tuple[str, str]:
    """Head of at most `room` units and the rest; an empty head means: start a new message instead.

    A border counts only in the second half of the room. In a message that is not `fresh` a sentence is not broken.
    """
    fitting = _prefix(text, room)
    for border in (*_BORDERS, *_WEAK_BORDERS) if fresh else _BORDERS:
        end = fitting.rfind(border) + len(border)
        if end > max(len(fitting) // 2, len(border) - 1):
            return text[:end], text[end:]
    end = max(1, len(fitting)) if fresh else 0
    return text[:end], text[end:]


def _unfinished_line(message: list[TextRun], limit: int) -> list[TextRun]:
    """Take off what stands behind a message's last line break, so that a number stays with what it numbers."""
    kept, line = list(message), list[TextRun]()
    while kept:
        last = kept.pop()
        end = last.text.rfind("\n") + 1
        if tail := last.text[end:]:
            line.insert(0, replace(last, text=tail))
        if end:
            if sum(utf16_length(run.text) for run in line) > limit // 2:
                return []
            message[:] = [*kept, replace(last, text=last.text[:end])]
            return line
    return []


def _prefix(text: str, room: int) -> str:
    """The longest prefix of at most `room` UTF-16 units."""
    low, high = 0, min(room, len(text))
    while low < high:
        middle = (low + high + 1) // 2
        if utf16_length(text[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _trimmed(runs: Sequence[TextRun]) -> list[TextRun]:
    """Without white space at the ends of the message, which Telegram drops anyway."""
    kept = list(runs)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return kept
