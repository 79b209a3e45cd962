"""Bare text to lines: wrapped lines joined, list markers and `#` headings recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.characters import normalise, one_line
from corpus.model import BlockKind
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.markdown import parse_markdown
from corpus.parsing.markdown_source import is_markdown, spaced_headings
from corpus.parsing.recognised_text import close_spacing
from corpus.parsing.subtitles import spoken_text

_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_BULLET = re.compile(r"^[-*•·●▪◆■]\s+(\S.*)$")
_NUMBERED = re.compile(r"^\d{1,3}[.)]\s+\S")
_STARTS = re.compile(
    r"^(?:[-*•·●▪◆■①-⑳⑴-⒇（(【《]|\d{1,3}[.、)）．]|[一二三四五六七八九十]{1,3}[、.．]|第.{1,3}[步章节条部]|#{1,6}\s)"
)
_ENDS = re.compile(r"[。！？!?；;：:…”」』）)】.]$")
_LONGEST_HEADING = 80
_SHORTEST_WRAP = 40


def parse_text(text: str) -> ParsedPage:
    """The lines of a bare text; one that is written in Markdown, whatever its name, is read as such."""
    text = spoken_text(text)
    if is_markdown(text):
        return parse_markdown(text)
    return ParsedPage(tuple(text_lines(normalise(spaced_headings(text)).split("\n"))))


def text_lines(lines: Sequence[str], *, margin: float | None = None) -> Iterator[Line]:
    """Lines of print as headings, items and paragraphs; an empty line always ends a paragraph.

    `margin` is the width from which a line counts as full, by default the one that these lines show.
    """
    for text in join_wrapped(close_spacing("\n".join(lines)).split("\n"), margin=margin):
        heading, bullet = _HEADING.match(text), _BULLET.match(text)
        if heading and len(heading[2]) <= _LONGEST_HEADING:
            yield Line(heading[2].rstrip("# "), level=len(heading[1]))
        elif bullet:
            yield Line(f"- {bullet[1]}", BlockKind.LIST_ITEM)
        else:
            yield Line(text, BlockKind.LIST_ITEM if _NUMBERED.match(text) else BlockKind.PARAGRAPH)


def join_wrapped(lines: Sequence[str], *, margin: float | None = None) -> Iterator[str]:
    """Paragraphs out of lines that were broken at the right margin.

    A line is taken as wrapped when it is as wide as the margin, does not end a sentence, and the next one starts
    neither a list item nor a heading.
    """
    margin = full_width(lines) if margin is None else margin
    parts: list[str] = []
    previous = ""
    for line in lines:
        text = line.strip()
        if parts and (not text or not _is_wrapped(previous, text, margin)):
            yield one_line("\n".join(parts))
            parts = []
        if text:
            parts.append(text)
        previous = text
    if parts:
        yield one_line("\n".join(parts))


def _is_wrapped(line: str, following: str, margin: float) -> bool:
    return width(line) >= margin and continues(line, following)


def continues(line: str, following: str) -> bool:
    """Whether the second line of print may go on with the sentence of the first."""
    return not _ENDS.search(line) and not _STARTS.match(following)


def full_width(lines: Iterable[str]) -> float:
    """The width from which a line counts as full: 85 % of what nine in ten lines stay below."""
    widths = sorted(width(line.strip()) for line in lines if line.strip())
    if not widths:
        return 0
    return max(0.85 * widths[int(len(widths) * 0.9)], _SHORTEST_WRAP)


def width(text: str) -> int:
    """Columns on a terminal, a Chinese character taking two."""
    return sum(2 if character > "\u2e7f" else 1 for character in text)
