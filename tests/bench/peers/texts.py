"""What is searched: an article's text in pieces, cut as tutorials do or as the product does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.model import Article, Passage
from embeddings.evaluation.metrics import Hit

CHUNK, OVERLAP = 500, 50  # characters


def fixed_chunks(articles: Sequence[Article]) -> tuple[Hit, ...]:
    """Pieces of 500 characters, each with the last 50 of the one before, wherever that cuts."""
    return tuple(Hit(article.path, chunk) for article in articles for chunk in _chunks(_whole(article)))


def passages(cut: Sequence[Passage]) -> tuple[Hit, ...]:
    """The product's own passages."""
    return tuple(Hit(passage.article, passage.text) for passage in cut)


def _whole(article: Article) -> str:
    lines = [article.title]
    for section in article.sections:
        lines += [*section.headings[-1:], *(block.text for block in section.blocks)]
    return "\n".join(lines)


def _chunks(text: str) -> Iterator[str]:
    for start in range(0, max(len(text) - OVERLAP, 1), CHUNK - OVERLAP):
        yield text[start : start + CHUNK]
