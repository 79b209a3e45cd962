"""The marks by which a model says where a sentence comes from: [1], 【1】, [来源 1, 3], [1-3]."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.cutting.sentences import split_sentences
from corpus.model import Span

_MOST = 12  # numbers that are read of one mark
_PREFIX = r"(?:来源|出处|资料|参考|引用|文献|source|doc|id|ref|see)"
_NUMBERS = (
    rf"\^?\s?{_PREFIX}?\s?[:：#]?\s?\d{{1,3}}"
    rf"(?:\s?[,，、;；/~～–—-]?\s?(?:\^|{_PREFIX}\s?[:：#]?)?\s?\d{{1,3}}){{0,11}}"
)
_MARK = re.compile(
    rf"[ \t]?(?:[\[［【〔]{{1,2}}\s?(?P<inside>{_NUMBERS})\s?[\]］】〕]{{1,2}}"
    rf"|[(（]\s?(?P<named>{_PREFIX}\s?{_NUMBERS})\s?[)）])",
    re.I,
)
_RANGE = re.compile(r"(\d{1,3})\s?[~～–—-]\s?(\d{1,3})|(\d{1,3})")
# What is left of marks that are none: [abc], [?], an opening bracket at the end.
_DEBRIS = re.compile(r"[\[［][^\[\]［］\u3400-\u9fff]{0,24}(?:[\]］]|$)|【\s*】")


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence without its marks, and the numbers in them in order; empty where nothing in its line marks it."""

    text: str
    numbers: tuple[int, ...]


def cited_sentences(line: str) -> tuple[Cited, ...]:
    """The sentences of a line. A mark belongs to the sentence before it, or behind it in a line that begins with one; a
    sentence without any has those of the next sentence that has some."""
    text, marks = _without_marks(line)
    spans = _sentences(text)
    leading = bool(marks) and marks[0][0] == 0 and bool(text[marks[-1][0] :].strip())
    found: list[list[int]] = [[] for _ in spans]
    for at, numbers in marks:
        place = sum(span.start < at for span in spans) - 1
        if leading and all(not span.start < at < span.end for span in spans):
            place = sum(span.end <= at for span in spans)
        if spans:
            found[min(max(place, 0), len(spans) - 1)] += numbers
    for place in reversed(range(len(spans) - 1)):
        found[place] = found[place] or found[place + 1]
    return tuple(
        Cited(_tidy(text[span.start : span.end]), tuple(dict.fromkeys(numbers)))
        for span, numbers in zip(spans, found, strict=True)
        if _tidy(text[span.start : span.end])
    )


def _sentences(text: str) -> list[Span]:
    """The sentences of a line, of which one does not end at a semicolon: parts of a row, of a comparison, need each
    other to be understood, and to be checked."""
    found: list[Span] = []
    for span in split_sentences(text):
        goes_on = bool(found) and text[found[-1].end - 1] in "；;"
        found.append(Span(found.pop().start, span.end) if goes_on else span)
    return found


def _without_marks(line: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """The line without its marks, and where in that each of them stood."""
    text, at, marks = "", 0, []
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        marks.append((len(text), _numbers(mark["inside"] or mark["named"])))
        at = mark.end()
    return text + line[at:], marks


def _numbers(written: str) -> list[int]:
    numbers: list[int] = []
    for match in _RANGE.finditer(written):
        if match[3]:
            numbers.append(int(match[3]))
        else:
            first, last = int(match[1]), int(match[2])
            numbers += range(first, min(last, first + _MOST) + 1) if first < last else [first, last]
    return numbers[:_MOST]


def _tidy(text: str) -> str:
    return _DEBRIS.sub("", text).strip()
