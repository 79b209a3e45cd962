"""An answer as plain text and as the JSON of the command line's contract."""

from __future__ import annotations

from typing import Any

from bot.answering.wording import before_quotes, instead_of_quotes
from bot.locales import Texts, texts
from bot.model import Answer, Citation, Status


def source_line(source: Citation, words: Texts) -> str:
    """`[1] title · section · date`, without the link."""
    day = words("source_date", date=source.date.isoformat()) if source.date else words("no_date")
    if not source.passage:
        return f"[{source.n}] {source.title}"
    return " · ".join(part for part in (f"[{source.n}] {source.title}", source.section, day) if part)


def plain_text(answer: Answer) -> str:
    """The answer as a person reads it without any markup."""
    words = texts(answer.language)
    if answer.status is Status.SMALLTALK:
        return instead_of_quotes(answer, words)
    if answer.status is Status.REFUSED:
        lines = [instead_of_quotes(answer, words)]
        if answer.near_topics:
            lines += ["", words("refused_topics"), *(f"- {topic.title}" for topic in answer.near_topics)]
        return "\n".join(lines)
    lines = [words("unsure"), ""] if answer.status is Status.UNSURE else []
    for quote in answer.quotes:
        lines += [f"{quote.text} [{quote.source}]", ""]
    lines.append(f"{words('sources')}：" if words.language == "zh" else f"{words('sources')}:")
    for source in answer.sources:
        lines.append(source_line(source, words))
        if source.url:
            lines.append(f"    {source.url}")
    if answer.understood:
        lines[:0] = [words("understood", question=answer.understood), ""]
    if said := before_quotes(answer, words):
        lines[:0] = [*said, ""]
    if answer.outdated:
        lines += ["", words("aged")]
    return "\n".join(lines)


def as_json(answer: Answer) -> dict[str, Any]:
    """The document that `ask --json` prints."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "answer": plain_text(answer),
        "confidence": answer.confidence,
        "quotes": [{"text": quote.text, "source": quote.source} for quote in answer.quotes],
        "sources": [
            {
                "n": source.n,
                "article": source.article,
                "title": source.title,
                "section": source.section,
                "author": source.author,
                "date": source.date.isoformat() if source.date else None,
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
        "near_topics": [topic.title for topic in answer.near_topics],
        "generation": answer.generation,
        "elapsed_ms": answer.elapsed_ms,
    }
