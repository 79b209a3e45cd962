"""Sentences of Chinese and English text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import Span

_CLOSERS = "”’」』】》〉）)\\]\"'"
_HAN = "\u4e00-\u9fff"
_TERMINATOR = re.compile(
    rf"(?:[。！？；…!?]+|\.(?=[\s{_CLOSERS}]|$|[A-Z][a-z ])|;(?=\s|$|[{_HAN}])|(?<=[{_HAN}])\.(?=[{_HAN}]))"
    rf"[{_CLOSERS}。！？；…!?]*"
)
# What no sentence ends inside: addresses, short parentheses, titles of works.
_WHOLE = re.compile(
    r"(?:https?://|www\.)[^\s，。；！？、（）【】《》“”]+"
    r"|[（(][^（）()\n]{0,60}[）)]"
    r"|《[^《》\n]{0,60}》"
    r"|【[^【】\n]{0,30}】"
)
# A full stop after these ends nothing; a short number before it is the marker of a list item.
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|approx|Mr|Mrs|Ms|Dr|Prof|No|Fig|Vol|[A-Z])|(?:^|[\s：:（(-])\d{1,2})$"
)
_GOES_ON = re.compile(r"[，、,：:]")
_WORD = re.compile(r"[A-Za-z0-9=&/_-]")
_LONGEST_ABBREVIATION = 12


def split_sentences(text: str) -> tuple[Span, ...]:
    """The spans of the sentences in order; a newline always ends one.

    Spans begin and end with visible characters, never overlap and leave only white space between them. Closing
    quotes and brackets stay with their sentence; numbers, addresses, abbreviations and short parentheses are whole.
    """
    spans = []
    offset = 0
    for line in text.splitlines(keepends=True):
        start = 0
        for end in _ends(line):
            span = trimmed(text, offset + start, offset + end)
            if span is not None:
                spans.append(span)
            start = end
        offset += len(line)
    return tuple(spans)


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The range without white space at its borders, None when nothing else is in it."""
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part.rstrip())
    return Span(start + left, start + right) if right > left else None


def _ends(line: str) -> Iterator[int]:
    """Where the sentences of one line end, the line's own end last."""
    wholes = [match.span() for match in _WHOLE.finditer(line)]
    at = 0
    for match in _TERMINATOR.finditer(line):
        while at < len(wholes) and wholes[at][1] <= match.start():
            at += 1
        if at < len(wholes) and wholes[at][0] < match.start() < wholes[at][1]:
            continue
        if _is_end(line, match):
            yield match.end()
    yield len(line)


def _is_end(line: str, match: re.Match[str]) -> bool:
    following = line[match.end() : match.end() + 1]
    if _GOES_ON.match(following):
        return False
    mark = match[0][0]
    if mark == ".":
        before = line[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()]
        return not _ABBREVIATION.search(before)
    if mark in "!?":
        return not (match.end() - match.start() == 1 and _WORD.match(following))
    return True
