"""What a single file would give as an article, passages and all, for somebody who has not yet decided to keep it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from corpus.characters import meaningful
from corpus.cutting.passages import cut
from corpus.errors import UnreadableFile
from corpus.model import Article, Skipped
from corpus.parsing.articles import article_from
from corpus.parsing.completeness import too_little
from corpus.parsing.files import read_bytes
from corpus.parsing.formats import format_of, parse_page
from corpus.parsing.lines import ParsedPage

_MOST_PASSAGES = 5000


@dataclass(frozen=True, slots=True)
class Inspection:
    """One file as the corpus would take it.

    `titled` tells whether the file itself names its title, `passages` are the texts of its passages, `boilerplate`
    counts the letters that cleaning took out, `other_encoding` tells that a text is not UTF-8, `lacking` says in words
    why the article is too little to answer anything, `warnings` what of the file could not be read.
    """

    title: str
    titled: bool
    text_digest: str
    passages: tuple[str, ...]
    characters: int
    boilerplate: int
    other_encoding: bool
    lacking: str | None = None
    author: str | None = None
    date: datetime.date | None = None
    updated: datetime.date | None = None
    expires: datetime.date | None = None
    url: str | None = None
    warnings: tuple[str, ...] = ()


def inspect_or_skip(file: Path, *, passage_length: int) -> Inspection | Skipped:
    """One file parsed and cut into passages of about so many characters, or why it cannot be."""
    try:
        return inspect(file, passage_length=passage_length)
    except UnreadableFile as error:
        return Skipped(file.name, error.reason)
    except (MemoryError, RecursionError):
        return Skipped(file.name, "文件太复杂，读不下来，请拆成几个小文件")


def inspect(file: Path, *, passage_length: int) -> Inspection:
    """One file parsed and cut into passages of about so many characters. Raises `UnreadableFile`."""
    data = read_bytes(file)
    page = parse_page(file.suffix, data)
    article = article_from(file.name, page, data)
    passages = tuple(passage.text for passage in cut(article, target=passage_length))
    if len(passages) > _MOST_PASSAGES:
        raise UnreadableFile(f"文章太长（超过 {_MOST_PASSAGES} 段），请拆成几个文件")
    kept = _characters(article)
    return Inspection(
        title=article.title,
        titled=article.title != file.stem,
        text_digest=article.text_digest,
        passages=passages,
        characters=kept,
        boilerplate=max(0, _shown(page, article) - kept),
        other_encoding=_is_text(file) and not _is_utf8(data),
        lacking=too_little(article),
        author=article.author,
        date=article.date,
        updated=article.updated,
        expires=article.expires,
        url=article.url,
        warnings=article.warnings,
    )


def _characters(article: Article) -> int:
    """Letters of the text and of the headings above it."""
    blocks = sum(meaningful(block.text) for section in article.sections for block in section.blocks)
    headings = {heading for section in article.sections for heading in section.headings}
    return blocks + sum(map(meaningful, headings))


def _shown(page: ParsedPage, article: Article) -> int:
    """Letters of the page as it was, without its title, which is kept elsewhere."""
    return sum(meaningful(line.text) for line in page.lines if line.text != article.title)


def _is_text(file: Path) -> bool:
    found = format_of(file.suffix)
    return found is not None and found.is_text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
