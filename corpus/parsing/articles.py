"""Files to articles: the whole way from the corpus roots to what can be cut into passages."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.characters import one_line
from corpus.errors import UnreadableFile
from corpus.model import Article, Corpus, Section, Skipped
from corpus.parsing.cleaning import Removal, clean, facts_on_page
from corpus.parsing.completeness import too_little
from corpus.parsing.dates import date_in_name
from corpus.parsing.files import FoundFile, find_files, read_bytes, read_note
from corpus.parsing.formats import parse_page
from corpus.parsing.front_matter import parse_head
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.metadata import Metadata, restore_quotes
from corpus.parsing.questions import with_questions
from corpus.parsing.sections import build_sections

logger = logging.getLogger(__name__)

PARSING = "parsing-5"
"""Names the parsing rules; changes whenever the same file would give another article."""

_MOST_CHARACTERS = 5_000_000  # as of a PDF
_NUMBERED = re.compile(r"^(?:第?[一二三四五六七八九十]{1,3}[、.．章步]|[（(]?\d{1,2}[)）.、．\s])")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What becomes of a file: the reason why it gives no article, None when it gives one, and what cleaning took out.

    `warnings` tell what of the file could not be read.
    """

    skipped: str | None
    removals: tuple[Removal, ...]
    warnings: tuple[str, ...] = ()


def parse_or_skip(file: FoundFile) -> Article | Skipped:
    """One file as an article, or why it gives none. Raises MemoryError."""
    return _parsed_or_skipped(file)[0]


def explain(file: FoundFile) -> Explanation:
    """What `parse_or_skip` does with a file. Raises MemoryError."""
    parsed, removals = _parsed_or_skipped(file)
    if isinstance(parsed, Skipped):
        return Explanation(parsed.reason, removals)
    return Explanation(None, removals, parsed.warnings)


def _parsed_or_skipped(file: FoundFile) -> tuple[Article | Skipped, tuple[Removal, ...]]:
    try:
        article, removals = _parsed(file)
    except UnreadableFile as error:
        return Skipped(file.path, error.reason), ()
    except MemoryError:
        raise
    except Exception:
        # The parsing libraries raise many kinds of error on damaged files, and one file must not stop the others.
        logger.exception("cannot parse %s", file.path)
        return Skipped(file.path, "读取时出错，文件可能已损坏；详情见日志"), ()
    reason = too_little(article) or too_much(article)
    return article if reason is None else Skipped(file.path, reason), removals


def parse_corpus(
    roots: Sequence[Path],
    *,
    parse: Callable[[FoundFile], Article | Skipped] = parse_or_skip,
    progress: Callable[[int, int], None] | None = None,
) -> Corpus:
    """Every article below the roots, and every file that gave none with the reason.

    `parse` parses one file: `corpus.sandbox.bounded_parser` has one that no file can hold up. `progress` is told how
    many files of how many are done. Raises `ArticlesMissing`, and nothing for a bad file.
    """
    found = find_files(roots)
    articles: list[Article] = []
    skipped: list[Skipped] = []
    first_with: dict[str, str] = {}
    for done, file in enumerate(found):
        if progress is not None:
            progress(done, len(found))
        article = parse(file)
        if isinstance(article, Article):
            reason = _repeats(article, first_with)
            if reason is None:
                first_with[article.text_digest] = article.path
                articles.append(article)
                continue
            article = Skipped(file.path, reason)
        skipped.append(article)
    if progress is not None:
        progress(len(found), len(found))
    return Corpus(tuple(articles), tuple(skipped))


def parse_article(found: FoundFile) -> Article:
    """One file as an article, cleaned; raises `UnreadableFile`. What a note beside it says goes before its own head."""
    return _parsed(found)[0]


def _parsed(found: FoundFile) -> tuple[Article, tuple[Removal, ...]]:
    data, note = read_bytes(found.file), read_note(found.file)
    return _article_and_removals(found.path, parse_page(found.file.suffix, data), data, note)


def article_from(path: str, page: ParsedPage, data: bytes) -> Article:
    """The article that a page makes, `data` being the bytes of its file."""
    return _article_and_removals(path, page, data, b"")[0]


def _article_and_removals(path: str, page: ParsedPage, data: bytes, note: bytes) -> tuple[Article, tuple[Removal, ...]]:
    title, metadata = _about(path, page, note)
    cleaned = clean(page.lines, title, metadata)
    sections, unplaced = with_questions(build_sections(cleaned.lines), title, metadata.questions)
    warnings = (*page.warnings, *map(_unplaced, unplaced))
    return _article(path, title, metadata, sections, data + note, warnings), cleaned.removals


def _article(
    path: str, title: str, metadata: Metadata, sections: tuple[Section, ...], data: bytes, warnings: tuple[str, ...]
) -> Article:
    return Article(
        path=path,
        title=title,
        sections=sections,
        file_digest=hashlib.sha256(data).hexdigest(),
        text_digest=_text_digest(sections),
        author=metadata.author,
        date=metadata.date,
        updated=metadata.updated,
        expires=metadata.expires,
        checked=metadata.checked,
        url=metadata.url,
        lang=metadata.lang,
        topic=metadata.topic,
        categories=metadata.categories,
        tags=metadata.tags,
        sources=metadata.sources,
        confidence=metadata.confidence,
        warnings=warnings,
    )


def _unplaced(heading: str) -> str:
    return f"问法写在小标题“{heading}”下，但文章里没有这个小标题；请改成文章里的写法"


def _about(path: str, page: ParsedPage, note: bytes) -> tuple[str, Metadata]:
    """The title, and all else that is known of the article: from the note, the page or the file's name."""
    beside = parse_head(note.decode("utf-8", "replace"))
    named = Metadata(date=date_in_name(PurePosixPath(path).stem))
    metadata = beside.or_else(page.metadata).or_else(facts_on_page(page.lines)).or_else(named)
    title = metadata.title or (_title_in(page.lines) if page.names_itself else None)
    return title or restore_quotes(one_line(PurePosixPath(path).stem)), metadata


def _title_in(lines: Sequence[Line]) -> str | None:
    """The main heading, or another that opens the text and is no numbered part of it.

    Several main headings are chapters of an article that has another name, unless the first one stands above them all.
    """
    main = [at for at, line in enumerate(lines) if line.level == 1]
    if len(main) > 1:
        return lines[0].text if _stands_above(lines, main) else None
    if main:
        return lines[main[0]].text
    opening = next(iter(lines), None)
    if opening is None or not opening.level or _NUMBERED.match(opening.text):
        return None
    return opening.text


def _stands_above(lines: Sequence[Line], main: Sequence[int]) -> bool:
    """The first main heading has no text of its own, or the others are numbered and it is not."""
    if main[0] != 0 or _NUMBERED.match(lines[0].text):
        return False
    return main[1] == 1 or all(_NUMBERED.match(lines[at].text) for at in main[1:])


def too_much(article: Article) -> str | None:
    """Why the article is more than anybody would search in, None when it is not."""
    count = sum(len(block.text) for section in article.sections for block in section.blocks)
    return f"文章太长（超过 {_MOST_CHARACTERS // 10_000} 万字），请拆成几个文件" if count > _MOST_CHARACTERS else None


def _repeats(article: Article, first_with: dict[str, str]) -> str | None:
    path = first_with.get(article.text_digest)
    return None if path is None else f"与 {path} 内容相同"


def _text_digest(sections: Sequence[Section]) -> str:
    parts = (part for section in sections for part in (*section.headings, *(block.text for block in section.blocks)))
    return hashlib.sha256("".join("".join(parts).split()).encode("utf-8", "replace")).hexdigest()
