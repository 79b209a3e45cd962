"""What the corpus hands to everything above it: articles, passages, windows.

Frozen values only; nothing here reads a file or knows how it will be searched.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block was in the article; decides how it may be cut and joined, and how it is shown.

    A `HEADING` stands in a passage only, as a line of its text: that of a small section which was joined to others.
    """

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    QUOTE = "quote"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or table row: the unit that is not cut when that can be avoided.

    `text` is plain text as a reader sees it: list items keep their marker (`- `, `1. `), table rows read
    `列名：值；列名：值` so that one row can be quoted alone.
    """

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks below one heading; `headings` is the path from the outermost heading to this one.

    `questions` are other words in which people ask what the section answers, as the article's author gives them:
    searched, never shown.
    """

    headings: tuple[str, ...]
    blocks: tuple[Block, ...]
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article's facts come from, as its front matter says."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article, parsed and cleaned. `path` is POSIX and relative to the corpus root it was found below.

    `file_digest` is the SHA-256 of the file's bytes and its note's, `text_digest` that of the cleaned text without any
    white space: two articles with the same text digest are the same article. `checked` is the day up to which the facts
    were compared with their sources, as the article itself says. `warnings` say, in words for an operator,
    what of the file could not be read.
    """

    path: str
    title: str
    sections: tuple[Section, ...]
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
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    confidence: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that gave no article, and why, in words for an operator."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileWarning:
    """A file that gave an article, and what of it could not be read, in words for an operator."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that was parsed: articles sorted by path, and what was left out."""

    articles: tuple[Article, ...]
    skipped: tuple[Skipped, ...]

    @property
    def warnings(self) -> tuple[FileWarning, ...]:
        """What could not be read of the articles' files."""
        return tuple(FileWarning(article.path, text) for article in self.articles for text in article.warnings)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of a passage's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PassageBlock:
    """One block where it stands in a passage's text.

    `goes_on` tells that it began before the passage: the rest of a paragraph, or an item of a list or a row of a table
    whose beginning is in the passage above.
    """

    kind: BlockKind
    span: Span
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """About 350 characters of one article below one heading: what is ranked, cited and shown in full.

    `id` is 16 hexadecimal digits of a SHA-256 over article path, headings and text, so it survives a reindex as
    long as the passage stands unchanged. `position` counts the passages of an article from 0. `text` joins blocks
    with newlines. `sentences` are the spans of its sentences in order (a list item or table row counts as one
    unless it is long); they never overlap and leave only white space between them. `blocks` are its blocks in order,
    every sentence in one of them. `questions` are those of its section.
    """

    id: str
    article: str
    position: int
    headings: tuple[str, ...]
    text: str
    sentences: tuple[Span, ...]
    blocks: tuple[PassageBlock, ...] = ()
    questions: tuple[str, ...] = ()

    def below(self, title: str, part: str | None = None) -> str:
        """Its text, or a part of that, below the title of its article and its headings, a line each."""
        return "\n".join((title, *self.headings, self.text if part is None else part))


@dataclass(frozen=True, slots=True)
class Window:
    """The small unit that is searched and points at its passage: one or two consecutive sentences of it.

    Or a question of its section: then it has no sentence of the passage, and `last` is less than `first`.
    """

    passage: str
    first: int
    last: int
    text: str
