"""Passages found, written down by hand."""

from __future__ import annotations

from corpus.model import Passage, Span
from embeddings.index.records import ArticleRecord
from embeddings.search.retriever import LegScores, Ranked


def hit(
    *sentences: str, title: str = "文章", headings: tuple[str, ...] = (), score: float = 5.0, likely: float = 1.0
) -> Ranked:
    """A passage of these sentences, each as likely as the other."""
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    return Ranked(
        passage=Passage(title, f"{title}.md", 0, headings, "\n".join(sentences), tuple(spans)),
        article=ArticleRecord(f"{title}.md", title, "", ""),
        score=score,
        legs=LegScores(0.9, 0.9, 3.0),
        sentences=tuple(likely for _ in sentences),
    )
