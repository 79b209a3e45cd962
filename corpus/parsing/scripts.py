"""Raised and lowered text by what it means: `50¹ 人` with a note is `50[1] 人`, `10⁶` is `10^6`, `m²` is `m²`.

Joined to its neighbours as plain text it would change a number, which is worse than any loss of looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from corpus.parsing.visibility import BLOCKS, Sheet, elements, page_sheet, text_sizes, words

_LONGEST = 16
_CONTEXT = 24
_CONTEXT_AFTER = 8  # enough for a sign behind spaces
_FARTHEST = 60
_BORDERS = BLOCKS | {"br"}

_NUMBER = re.compile(r"[+\-−–]?\d+(?:\.\d+)?")
_NOTE = re.compile(
    r"[\[【（(〔]?\s*(?:注\s*)?\d{1,3}(?:\s*[,，、\-–—]\s*\d{1,3})*\s*[\]】）)〕]?|注[:：]?\d*|[a-z]", re.I
)
_BRACKETED = re.compile(r"[\[【（(〔].*[\]】）)〕]")
_UNIT = re.compile(
    r"(?:(?<![A-Za-z])(?:[kcdmμµn]?m|km|ft|in|yd|mi|s)|(?:千|厘|毫|分|微|(?<![方厘毫分千微]))米|公里|英尺|英寸)\s*$",
    re.I,
)
_POWERS = {"2": "²", "3": "³"}
_FORMULA = re.compile(
    r"(?:(?<![\d.])10|(?<![A-Za-z])[A-Za-z]|\([^()]*[+\-−×*/÷][^()]*\)|（[^（）]*[+\-−×*/÷][^（）]*）)\s*$"
)
_OPERATOR_BEFORE = re.compile(r"[=＝≈×*·÷^+]\s*[\d.]+\s*$")
_OPERATOR_AFTER = re.compile(r"\s*[=＝≈×*÷+]")
_TWO = re.compile(r"(?<![\d.])2$")
_PRICE = re.compile(r"[¥￥$€£]\s*\d+$")
_HOUR = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4])$")
_SPAN_BEFORE = re.compile(r"\d:\d\d\s*[-–—~～至到]\s*\d+$")
_SPAN_AFTER = re.compile(r"\s*[-–—~～至到]")
_NOTE_CLASS = re.compile(r"(?:reference|footnote|fn|cite|noteref)", re.I)
_SLASH = ("/", "⁄")


def spell_scripts(soup: BeautifulSoup) -> None:
    """Replaces raised and lowered elements by text that says what they mean on one line."""
    sheet = page_sheet(soup)
    marked = [(tag, raised) for tag in elements(soup) if (raised := _is_raised(tag, sheet)) or _is_lowered(tag, sheet)]
    sizes = text_sizes(soup) if marked else {}
    done: set[int] = set()
    for tag, raised in marked:
        if id(tag) in done or not 0 < sizes[id(tag)] <= _LONGEST:
            continue
        done.update(id(inner) for inner in tag.descendants)
        _replace(tag, raised=raised)


def _is_raised(tag: Tag, sheet: Sheet) -> bool:
    return tag.name == "sup" or (bool(tag.attrs) and sheet.raises(tag))


def _is_lowered(tag: Tag, sheet: Sheet) -> bool:
    return tag.name == "sub" or (bool(tag.attrs) and sheet.lowers(tag))


def _replace(tag: Tag, *, raised: bool) -> None:
    text = " ".join(tag.get_text().split())
    if not text or len(text) > _LONGEST or tag.name in _BORDERS:
        return
    before = "".join(reversed(_context(tag.previous_elements)))[-_CONTEXT:]
    after = "".join(_context(_following(tag), _CONTEXT_AFTER))[:_CONTEXT_AFTER]
    if raised and _is_numerator(tag):
        spelled = f" {text}" if before[-1:].isdigit() else text
    elif raised:
        spelled = raised_text(text, before, after, is_reference=_is_reference(tag))
    else:
        spelled = lowered_text(text, before, after)
    tag.string = spelled


def raised_text(text: str, before: str, after: str, *, is_reference: bool = False) -> str:
    """How a raised `text` reads between the text before and the text after it on its line."""
    if is_reference or _BRACKETED.fullmatch(text):
        return _note(text)
    if text in {"o", "O", "○", "0"} and re.match(r"\s*[CF]\b", after) and before[-1:].isdigit():
        return "°"
    if _NUMBER.fullmatch(text):
        return _raised_number(text, before, after)
    if len(text) == 1 and text.isascii() and text.isalpha() and before[-1:].isascii() and _FORMULA.search(before):
        return f"^{text}"
    if before[-1:].isdigit() and text[:1].isdigit() and not _NOTE.fullmatch(text):
        return f" {text}"
    return _note(text) if _NOTE.fullmatch(text) and (before[-1:].isalnum() or text[:1].isdigit()) else text


def lowered_text(text: str, before: str, after: str) -> str:
    """How a lowered `text` reads; behind a digit it is set apart, as it would make another number."""
    last = before[-1:]
    if not text[:1].isdigit() or before.endswith(_SLASH):
        return f"_{text}" if _is_variable(text, before) else text
    if last.isdigit():
        return _note(text)
    return f"_{text} " if after[:1].isdigit() else text


def _is_variable(text: str, before: str) -> bool:
    return text.isascii() and text.isalpha() and bool(re.search(r"(?<![A-Za-z])[A-Za-z]$", before))


def _raised_number(text: str, before: str, after: str) -> str:
    if not before.strip():
        return _note(text)  # opens the line: the note itself
    if len(text) == 2 and _PRICE.search(before):
        return f".{text}"
    if _is_minutes(text, before, after):
        return f":{text}"
    if text in _POWERS and _UNIT.search(before):
        return _POWERS[text]
    return f"^{text}" if _is_exponent(text, before, after) else _note(text)


def _is_minutes(text: str, before: str, after: str) -> bool:
    if len(text) != 2 or not text.isdigit() or not _HOUR.search(before):
        return False
    if text.startswith("0"):
        return True
    span = _SPAN_AFTER.match(after) or _SPAN_BEFORE.search(before)
    return text in {"15", "30", "45"} and bool(span)


def _is_exponent(text: str, before: str, after: str) -> bool:
    if not text.isdigit():  # signs and fractions count no notes
        return True
    if _OPERATOR_BEFORE.search(before) or (before[-1:].isdigit() and _OPERATOR_AFTER.match(after)):
        return True
    if _TWO.search(before):
        return int(text) > 3
    return text != "1" and bool(_FORMULA.search(before))


def _note(text: str) -> str:
    bare = text.strip("[]【】（）()〔〕 ")
    return f"[{bare}]" if bare else text


def _is_numerator(tag: Tag) -> bool:
    """A raised and a lowered number around a slash are a fraction."""
    slash = tag.next_sibling
    below = slash.next_sibling if slash is not None and str(slash).strip() in _SLASH else None
    return isinstance(below, Tag) and below.name == "sub"


def _is_reference(tag: Tag) -> bool:
    """A link to a place on the page, or a class that calls it a note."""
    around = (parent for parent in islice(tag.parents, 3) if parent.name == "a")
    link = next(chain((node for node in elements(tag) if node.name == "a"), around), None)
    if link is not None and "#" in str(link.get("href") or ""):
        return True
    return any(map(_NOTE_CLASS.match, words(tag, "class")))


def _following(tag: Tag) -> Iterator[PageElement]:
    """What stands behind the element, nothing of it included."""
    last: PageElement | None = tag
    while last is not None and last.next_sibling is None:
        last = last.parent
    if last is not None and last.next_sibling is not None:
        yield last.next_sibling
        yield from last.next_sibling.next_elements


def _context(nodes: Iterable[PageElement], enough: int = _CONTEXT) -> list[str]:
    """The pieces of text of the same line as the nodes come, until they have `enough` characters."""
    parts: list[str] = []
    length = 0
    for node in islice(nodes, _FARTHEST):
        if isinstance(node, Tag) and node.name in _BORDERS:
            break
        if type(node) is NavigableString:
            parts.append(node)
            length += len(node)
        if length >= enough:
            break
    return parts
