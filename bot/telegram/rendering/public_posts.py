"""Answers for where the bot's buttons would be out of place: channels, other people's chats, inline results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.wording import Paragraph, days_of, paragraphs
from bot.locales import Texts
from bot.model import Answer, Citation, Status
from bot.telegram.rendering.answers import Outgoing, answer_message
from bot.telegram.rendering.html import TextRun, split

# What a list of inline results shows well, in characters.
_TITLE_LENGTH = 60
_DESCRIPTION_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Snippet:
    """One cited part of an answer: `title` and `description` are plain text for a list, `html` is the message."""

    id: str
    title: str
    description: str
    html: str


def post_message(answer: Answer, words: Texts, *, asked: str | None = None) -> Outgoing:
    """An answer for many readers: its sources with their links, and no buttons."""
    return replace(answer_message(replace(answer, near_topics=()), words, asked=asked), buttons=())


def snippets(answer: Answer, words: Texts, *, limit: int = 5) -> tuple[Snippet, ...]:
    """The quotes of an answer by source, best first, each a message of its own with source and date."""
    if answer.status not in (Status.ANSWERED, Status.UNSURE):
        return ()
    shown = [*paragraphs(answer, words, folded=False), *paragraphs(answer, words, folded=True)]
    quotes = {source.n: [each for each in shown if each.source == source.n] for source in answer.sources}
    return tuple(
        _snippet(answer, source, quotes[source.n], words) for source in answer.sources[:limit] if quotes[source.n]
    )


def _snippet(answer: Answer, source: Citation, quotes: Sequence[Paragraph], words: Texts) -> Snippet:
    day = days_of(source.date, source.checked, words)
    about = day if source.passage else ""  # the glossary has no date
    runs = [TextRun(words("asked", question=answer.question) + "\n\n", bold=True)]
    if answer.status is Status.UNSURE:
        runs.append(TextRun(words("unsure") + "\n\n", italic=True))
    for quote in quotes:
        runs += [TextRun(quote.heading + "\n", bold=True)] if quote.heading else []
        runs.append(TextRun(quote.text + "\n\n"))
    runs += [TextRun(source.title, link=source.url), TextRun(f" · {about}" if about else "")]
    if answer.outdated:
        runs.append(TextRun("\n" + words("outdated"), italic=True))
    text = " ".join(" ".join(quote.text for quote in quotes).split())
    described = " · ".join(part for part in (about, text) if part)
    return Snippet(
        id=f"{source.n}-{source.passage or 'glossary'}",
        title=_short(source.title, _TITLE_LENGTH),
        description=_short(described, _DESCRIPTION_LENGTH),
        html=split(runs)[0],
    )


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
