"""An answer as Telegram messages: HTML parts, and a keyboard for the last of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answering.answerer import section_line
from bot.answering.layout import laid_out
from bot.answering.wording import (
    before_quotes,
    days_of,
    fold_title,
    instead_of_quotes,
    paragraphs,
    sources_of,
    titled,
    understood,
)
from bot.indexing.reindex_job import ReindexStep
from bot.locales import Texts
from bot.model import Answer, Citation, Status
from bot.telegram.rendering.html import TextRun, split
from bot.telegram.updates.callback_data import PassageButton
from corpus.model import BlockKind, FileWarning, Passage, Skipped, Span
from embeddings.index.changes import ChangeCounts
from embeddings.index.indexer import Summary
from embeddings.index.records import ArticleRecord

# What a phone shows well: buttons in a row, characters of a button and a heading.
_BUTTONS_IN_A_ROW = 5
_BUTTON_LENGTH = 40
_HEADING_LENGTH = 24
_SKIPPED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Button:
    """One button of an inline keyboard: either `data` comes back to the bot or `url` opens."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Messages in order, each valid HTML within Telegram's limit; `buttons` (rows) belong below the last."""

    parts: tuple[str, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()


def line(text: str) -> Outgoing:
    """A plain text as it stands, whatever it contains."""
    return Outgoing(tuple(split([TextRun(text)])))


def progress_message(step: ReindexStep | None, words: Texts) -> Outgoing:
    """How far a reindex is."""
    if step is None:
        return line(words("reindex_started"))
    return line(words("reindex_progress", stage=words(f"stage_{step.stage}"), done=step.done, total=step.total))


def summary_message(summary: Summary, words: Texts, *, brief: bool = False) -> Outgoing:
    """What a reindex did: counts, what was skipped or read in part and why (not where it is to be `brief`), seconds."""
    articles, passages = summary.articles, summary.passages
    lines = [
        words("reindex_done" if summary.switched else "reindex_same", seconds=f"{summary.seconds:.1f}"),
        words("reindex_articles", total=summary.total_articles, **_counts(articles)),
        words("reindex_passages", total=summary.total_passages, **_counts(passages)),
        words("reindex_encoded", count=summary.encoded),
    ]
    if summary.skipped:
        lines.append(words("reindex_skipped", count=len(summary.skipped)))
        lines += [] if brief else skipped_lines(summary.skipped)
    if summary.warnings:
        lines.append(words("reindex_warned", count=len({warning.path for warning in summary.warnings})))
        lines += [] if brief else warning_lines(summary.warnings)
    return line("\n".join(lines))


def skipped_lines(skipped: Sequence[Skipped]) -> list[str]:
    """Files that gave no article, each with the reason; of very many only the first."""
    return _listed([f"- {each.path}：{each.reason}" for each in skipped])


def warning_lines(warnings: Sequence[FileWarning]) -> list[str]:
    """Files that were read in part, each with what could not be read; of very many only the first."""
    return _listed([f"- {each.path}：{each.text}" for each in warnings])


def _listed(lines: Sequence[str]) -> list[str]:
    return [*lines[:_SKIPPED_SHOWN], "…"] if len(lines) > _SKIPPED_SHOWN else list(lines)


def _counts(changes: ChangeCounts) -> dict[str, int]:
    return {"added": changes.added, "changed": changes.changed, "removed": changes.removed, "same": changes.unchanged}


def answer_message(answer: Answer, words: Texts, *, asked: str | None = None) -> Outgoing:
    """The answer to a question: what is shown at once, its sources, the rest folded, a button for every passage.

    Below what a language model wrote the sources are folded, too: with them it would not stay on a phone's screen.

    `asked` is said first, for a question that does not stand in the chat itself.
    """
    runs = [TextRun(words("asked", question=asked) + "\n\n", bold=True)] if asked else []
    if answer.status is Status.SMALLTALK:
        return Outgoing(tuple(split([*runs, TextRun(instead_of_quotes(answer, words))])))
    if answer.status is Status.REFUSED:
        runs.append(TextRun(instead_of_quotes(answer, words)))
        if answer.near_topics:
            runs.append(TextRun("\n\n" + words("refused_topics")))
        topics = (
            Button(_short(topic.title, _BUTTON_LENGTH), data=PassageButton(topic.passage).pack())
            for topic in answer.near_topics
        )
        return Outgoing(tuple(split(runs)), tuple((topic,) for topic in topics))
    runs += [TextRun(said + "\n\n", italic=True) for said in before_quotes(answer, words)]
    if line := understood(answer, words):
        runs.append(TextRun(line + "\n\n", italic=True))
    if answer.only_close:
        runs.append(TextRun(words("unsure") + "\n\n", italic=True))
    runs += _paragraph_runs(answer, words, folded=False)
    below = "" if answer.statements else "\n"
    runs += [] if answer.statements else _sources_runs(answer, words, folded=False)
    if answer.outdated:
        runs.append(TextRun(f"{below}{words('outdated')}\n", italic=True))
    runs += [TextRun(below), *_fold(answer, words)]
    buttons = [
        Button(words("passage_button", n=source.n), data=PassageButton(source.passage).pack())
        for source in answer.sources
        if source.passage
    ]
    return Outgoing(tuple(split(runs)), _rows(buttons))


def greeting_message(examples: Mapping[str, str], words: Texts) -> Outgoing:
    """What /start says, with an example question by its callback data on every button."""
    runs = [TextRun(words("start")), *([TextRun("\n\n" + words("start_examples"))] if examples else [])]
    return Outgoing(tuple(split(runs)), example_rows(examples))


def example_rows(examples: Mapping[str, str]) -> tuple[tuple[Button, ...], ...]:
    """Example questions by their callback data, a row for each."""
    return tuple((Button(example, data=data),) for data, example in examples.items())


def passage_message(passage: Passage, article: ArticleRecord, words: Texts) -> Outgoing:
    """A whole passage with its title, section and date, and a button to the article where it has a link."""
    section = section_line(passage.headings, article.title)
    about = [section, days_of(article.updated or article.date, article.checked, words), article.author or ""]
    runs = [
        TextRun(article.title + "\n", bold=True),
        TextRun(" · ".join(part for part in about if part) + "\n\n", italic=True),
        *_passage_runs(passage),
    ]
    rows = ((Button(words("open_article"), url=article.url),),) if article.url else ()
    return Outgoing(tuple(split(runs)), rows)


def _passage_runs(passage: Passage) -> list[TextRun]:
    """A passage's text, the headings in it bold."""
    runs, at = list[TextRun](), 0
    for block in passage.blocks:
        if block.kind is BlockKind.HEADING:
            runs.append(TextRun(laid_out(passage, Span(at, block.span.start))))
            runs.append(TextRun(passage.text[block.span.start : block.span.end], bold=True))
            at = block.span.end
    return [*runs, TextRun(laid_out(passage, Span(at, len(passage.text))))]


def _paragraph_runs(answer: Answer, words: Texts, *, folded: bool) -> list[TextRun]:
    """What is shown at once, or what is folded: paragraphs with their numbers."""
    runs: list[TextRun] = []
    for each in paragraphs(answer, words, folded=folded):
        runs += [TextRun(each.said + "\n", italic=True)] if each.said else []
        if each.heading:
            beside = answer.statements and "\n" not in each.text
            runs.append(TextRun(titled(each.heading, words) if beside else each.heading + "\n", bold=True))
        if each.text:
            runs += [TextRun(each.text), TextRun(f"{each.mark}\n\n")]
        elif not answer.statements:  # the fold below what is written stands apart by itself
            runs.append(TextRun("\n"))
    return runs


def _sources_runs(answer: Answer, words: Texts, *, folded: bool) -> list[TextRun]:
    """The sources of what is shown at once below their title, or those of what only the fold shows."""
    title = [] if folded else [TextRun(words("sources") + "\n", bold=True)]
    return [*title, *(run for source in sources_of(answer, folded=folded) for run in _source_runs([source], words))]


def _fold(answer: Answer, words: Texts) -> list[TextRun]:
    """The rest of an answer as one quotation that a press unfolds."""
    inside = _written_sources(answer, words) if answer.statements else []
    if any(quote.folded for quote in answer.quotes):
        inside += [TextRun("\n")] if inside else []
        inside += [TextRun(fold_title(answer, words) + "\n", bold=True), *_paragraph_runs(answer, words, folded=True)]
        inside += _sources_runs(answer, words, folded=True)
    return [replace(run, fold=True) for run in inside]


def _written_sources(answer: Answer, words: Texts) -> list[TextRun]:
    """The sources of what a model wrote, a line for each article. Above them, to be read without a press, how many
    there are and from when the newest is."""
    articles = _by_article(sources_of(answer, folded=False))
    dates = [source.date for source in answer.sources if source.date]
    counted = words("written_sources", count=len(articles))
    newest = words("written_newest", date=max(dates).isoformat()) if dates else ""
    return [
        TextRun(f"{counted}{newest}\n", bold=True),
        *(run for article in articles for run in _source_runs(article, words)),
    ]


def _by_article(sources: Sequence[Citation]) -> list[list[Citation]]:
    """Sources of one article together, in the order of the first of each: a written answer has many of them."""
    found: dict[tuple[str, str], list[Citation]] = {}
    for source in sources:
        found.setdefault((source.article, source.title), []).append(source)
    return list(found.values())


def _rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """Rows of about equal length."""
    if not buttons:
        return ()
    count = math.ceil(len(buttons) / _BUTTONS_IN_A_ROW)
    length = math.ceil(len(buttons) / count)
    return tuple(tuple(buttons[at : at + length]) for at in range(0, len(buttons), length))


def _source_runs(sources: Sequence[Citation], words: Texts) -> list[TextRun]:
    """One line for sources of one article. Of one alone its heading is told, and of a path of them only the innermost:
    the whole stands above the passage.
    """
    first, marks = sources[0], "".join(f"[{source.n}]" for source in sources)
    if not first.passage:  # the glossary, or an operator
        return [TextRun(f"{marks} "), TextRun(first.title, link=first.url), TextRun("\n")]
    day = days_of(first.date, first.checked, words)
    heading = "" if len(sources) > 1 else _short(first.section.rsplit(" › ", maxsplit=1)[-1], _HEADING_LENGTH)
    rest = "".join(f" · {part}" for part in (heading, day) if part)
    return [TextRun(f"{marks} "), TextRun(first.title, link=first.url), TextRun(f"{rest}\n")]


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
