"""Running heads and page numbers out of the pages of print.

A line is a running head where most pages show the same one at their top or bottom. Only a page number in it may vary:
a number that grows by one from page to page and stands where page numbers stand. Prices, years and steps do neither.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.characters import meaningful

_EDGE = 2
_OFTEN = 0.6
_FEWEST_LETTERS = 6  # beside a page number in a head: "方案 2" may well be the second of three

_SPELT = re.compile(
    r"^(?:[-—–·]\s*\d{1,4}\s*[-—–·]|第\s*\d+\s*页(?:\s*[，,/]?\s*共\s*\d+\s*页)?|\d+\s*/\s*\d+|page\s+\d+(?:\s+of\s+\d+)?)$",
    re.I,
)
_BARE = re.compile(r"^\d{1,4}$")
# Where a page number stands in a line: spelt as one, or bare at either end.
_SPELT_SLOTS = (
    re.compile(r"第\s*(\d{1,4})\s*页"),
    re.compile(r"(?:\bpage|\bp\.)\s*(\d{1,4})\b", re.I),
    re.compile(r"\b(\d{1,4})\s*(?:/|of)\s*\d{1,4}\s*$"),
)
_BARE_SLOTS = (
    re.compile(r"(?<=[\s|｜·•—–\-/])(\d{1,4})[\s|｜·•—–\-/]*$"),
    re.compile(r"^[\s|｜·•—–\-/]*(\d{1,4})(?=\s+[^\s\d]{2}|\s*[|｜·•—–/])"),
)
_YEARS = range(1900, 2101)


def without_running_heads(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Pages without page numbers, and without the lines that most pages repeat at their top or bottom."""
    bare = [[line for line in page if line.strip()] for page in pages]
    counted = _counted_numbers(bare)
    trimmed = [_trim_numbers(page, at, counted) for at, page in enumerate(bare)]
    seen = Counter(
        shape for at, page in enumerate(trimmed) for shape in {s for line in _edges(page) for s in _shapes(line, at)}
    )
    often = max(2, len(pages) * _OFTEN)
    repeated = {shape for shape, count in seen.items() if count >= often}
    return [_trim_numbers(_without_edges(page, at, repeated), at, counted) for at, page in enumerate(trimmed)]


def _without_edges(page: Sequence[str], at: int, repeated: set[str]) -> list[str]:
    lines = list(page)
    for edge in (0, -1):
        for _ in range(_EDGE):
            if lines and not repeated.isdisjoint(_shapes(lines[edge], at)):
                lines.pop(edge)
    return lines


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:_EDGE], *page[-_EDGE:]]


def _shapes(line: str, page: int) -> Iterator[str]:
    """The line as it stands, and for each number that may be the page's with that number counted from the page."""
    text = line.strip()
    yield text
    for number in (*_found(_SPELT_SLOTS, text), *_found(_BARE_SLOTS, text)):
        before, after = text[: number.start(1)], text[number.end(1) :]
        is_spelt = number.re in _SPELT_SLOTS
        if is_spelt or (int(number[1]) not in _YEARS and meaningful(before + after) >= _FEWEST_LETTERS):
            yield f"{before}\0{int(number[1]) - page}\0{after}"


def _found(slots: Sequence[re.Pattern[str]], text: str) -> Iterator[re.Match[str]]:
    return (match for slot in slots for match in slot.finditer(text))


def _counted_numbers(pages: Sequence[Sequence[str]]) -> set[int]:
    """By how much bare numbers at the edges of several pages lie above the pages' own place."""
    offsets = Counter(
        offset
        for at, page in enumerate(pages)
        for offset in {int(line) - at for line in _outermost(page) if _BARE.match(line)}
    )
    return {offset for offset, count in offsets.items() if count >= min(3, max(2, len(pages) * _OFTEN))}


def _outermost(page: Sequence[str]) -> set[str]:
    return {page[0].strip(), page[-1].strip()} if page else set()


def _trim_numbers(page: Sequence[str], at: int, counted: set[int]) -> list[str]:
    lines = list(page)
    for edge in (0, -1):
        if lines and _is_page_number(lines[edge].strip(), at, counted):
            lines.pop(edge)
    return lines


def _is_page_number(line: str, at: int, counted: set[int]) -> bool:
    if _BARE.match(line):
        return int(line) - at in counted
    return bool(_SPELT.match(line))
