"""What a generation keeps of articles and passages as text, and how JSON holds it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from corpus.model import Article, BlockKind, Passage, PassageBlock, Source, Span


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """What stays of an article beside its passages: what a citation needs and what tells whether it changed."""

    path: str
    title: str
    file_digest: str
    text_digest: str
    author: str | None = None
    date: datetime.date | None = None
    updated: datetime.date | None = None
    expires: datetime.date | None = None
    checked: datetime.date | None = None
    url: str | None = None
    lang: str | None = None
    topic: str | None = None
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @classmethod
    def of(cls, article: Article) -> ArticleRecord:
        """The record of an article that was read."""
        return cls(
            path=article.path,
            title=article.title,
            file_digest=article.file_digest,
            text_digest=article.text_digest,
            author=article.author,
            date=article.date,
            updated=article.updated,
            expires=article.expires,
            checked=article.checked,
            url=article.url,
            lang=article.lang,
            topic=article.topic,
            tags=article.tags,
            sources=article.sources,
        )


def plain(value: Any) -> Any:
    """The same value in what JSON can hold; dates become ISO text."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def article_document(article: ArticleRecord) -> dict[str, Any]:
    """An article's record as JSON holds it."""
    document: dict[str, Any] = plain(asdict(article))
    return document


def article_of(document: dict[str, Any]) -> ArticleRecord:
    """From what `article_document` gave."""
    dates = {key: _day(document.get(key)) for key in ("date", "updated", "expires", "checked")}
    sources = tuple(Source(**source) for source in document["sources"])
    return ArticleRecord(**{**document, **dates, "tags": tuple(document["tags"]), "sources": sources})


def passage_document(passage: Passage) -> dict[str, Any]:
    """A passage as JSON holds it."""
    return {
        "id": passage.id,
        "article": passage.article,
        "position": passage.position,
        "headings": passage.headings,
        "text": passage.text,
        "sentences": [(span.start, span.end) for span in passage.sentences],
        "questions": passage.questions,
        "blocks": [(block.kind.value, block.span.start, block.span.end, block.goes_on) for block in passage.blocks],
    }


def passage_of(document: dict[str, Any]) -> Passage:
    """From what `passage_document` gave."""
    return Passage(
        id=document["id"],
        article=document["article"],
        position=document["position"],
        headings=tuple(document["headings"]),
        text=document["text"],
        sentences=tuple(Span(start, end) for start, end in document["sentences"]),
        blocks=tuple(
            PassageBlock(BlockKind(kind), Span(start, end), goes_on) for kind, start, end, goes_on in document["blocks"]
        ),
        questions=tuple(document["questions"]),
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
