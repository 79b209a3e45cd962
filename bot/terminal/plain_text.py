"""An answer as plain text and as the JSON of the command line's contract."""

from __future__ import annotations

from typing import Any

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
from bot.locales import Texts, texts
from bot.model import Answer, Citation, Status


def source_line(source: Citation, words: Texts) -> str:
    """`[1] title · section · date`, without the link."""
    day = days_of(source.date, source.checked, words)
    if not source.passage:
        return f"[{source.n}] {source.title}"
    return " · ".join(part for part in (f"[{source.n}] {source.title}", source.section, day) if part)


def plain_text(answer: Answer) -> str:
    """The answer as a person reads it without any markup: what is shown at once, its sources, then what is folded."""
    words = texts(answer.language)
    if answer.status is Status.SMALLTALK:
        return instead_of_quotes(answer, words)
    if answer.status is Status.REFUSED:
        lines = [instead_of_quotes(answer, words)]
        if answer.near_topics:
            lines += ["", words("refused_topics"), *(f"- {topic.title}" for topic in answer.near_topics)]
        return "\n".join(lines)
    lines = [words("unsure"), ""] if answer.only_close else []
    lines += [*_quote_lines(answer, words, folded=False), titled(words("sources"), words).rstrip()]
    lines += _source_lines(answer, words, folded=False)
    if line := understood(answer, words):
        lines[:0] = [line, ""]
    if said := before_quotes(answer, words):
        lines[:0] = [*said, ""]
    if answer.outdated:
        lines += ["", words("outdated")]
    if folded := _quote_lines(answer, words, folded=True):
        lines += ["", titled(fold_title(answer, words), words).rstrip(), *folded]
        lines += _source_lines(answer, words, folded=True)
    return "\n".join(lines).rstrip()


def _quote_lines(answer: Answer, words: Texts, *, folded: bool) -> list[str]:
    """Each paragraph with its number and an empty line behind it."""
    lines: list[str] = []
    for each in paragraphs(answer, words, folded=folded):
        text = f"{each.text}{each.mark}"
        lines += [*(part for part in (each.said, each.heading, text) if part), ""]
    return lines


def _source_lines(answer: Answer, words: Texts, *, folded: bool) -> list[str]:
    lines: list[str] = []
    for source in sources_of(answer, folded=folded):
        lines.append(source_line(source, words))
        lines += [f"    {source.url}"] if source.url else []
    return lines


def as_json(answer: Answer) -> dict[str, Any]:
    """The document that `ask --json` prints."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "answer": plain_text(answer),
        "confidence": answer.confidence,
        "quotes": [
            {"text": quote.text, "source": quote.source, **({"folded": True} if quote.folded else {})}
            for quote in answer.quotes
        ],
        "sources": [
            {
                "n": source.n,
                "article": source.article,
                "title": source.title,
                "section": source.section,
                "author": source.author,
                "date": source.date.isoformat() if source.date else None,
                "checked": source.checked.isoformat() if source.checked else None,
                "url": source.url,
                "passage": source.passage,
                "score": source.score,
            }
            for source in answer.sources
        ],
        "passages": [
            {"article": hit.article, "passage": hit.passage, "text": hit.text, "score": hit.score}
            for hit in answer.passages
        ],
        "mode": answer.mode.value,
        "statements": [
            {"section": said.section, "text": said.text, "sources": list(said.sources), "quoted": said.quoted}
            for said in answer.statements
        ],
        "near_topics": [topic.title for topic in answer.near_topics],
        "parts": [{"question": part.question, "status": part.status.value} for part in answer.parts],
        "assumed": answer.assumed,
        "uncovered": list(answer.uncovered),
        "generation": answer.generation,
        "elapsed_ms": answer.elapsed_ms,
    }
