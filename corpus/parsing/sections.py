"""Lines to sections: real headings, and short lines that act as headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.model import Block, BlockKind, Section
from corpus.parsing.lines import Line

_LONGEST_ACTING = 40
_SENTENCE_END = re.compile(r"[。；;，,、：:！!…]$")

_DIGITS = "一二三四五六七八九十百"
# Shapes of numbered lines, outermost first; the flag says whether the line must stand in bold to be a heading.
_STEP = rf"第\s*(?:[{_DIGITS}]{{1,3}}|\d{{1,2}})\s*(?:步|阶段|招|类|种|点|个|条|关|层)?\s*[：:、，,\s]"
_SHAPES = (
    (re.compile(rf"^第\s*(?:[{_DIGITS}]{{1,3}}|\d{{1,2}})\s*[章篇部]分?(?:[\s：:、.．]|$)"), False),
    (re.compile(rf"^[{_DIGITS}]{{1,3}}\s*[、.．]\s*\S|^PART\s*\.?\s*\d", re.I), False),
    (re.compile(rf"^{_STEP}|^step\s*\d", re.I), False),
    (re.compile(r"^0\d\s*[.、．丨|｜]?\s*\S|^0\d$"), False),
    (re.compile(rf"^[（(][{_DIGITS}]{{1,3}}[)）]"), True),
    (re.compile(r"^\d{1,2}(?:\.\d{1,2})*\s*(?:[.、．]|\s|[)）])\s*\S"), True),
    (re.compile(r"^[（(]\d{1,2}[)）]|^[①-⑳]"), True),
)
_ACTING_LEVEL = 7


def build_sections(lines: Sequence[Line]) -> tuple[Section, ...]:
    """The lines below their headings.

    A line that only acts as a heading stays in the text as well: it is the author's own line, and in a list of
    steps it is the answer. A real heading with nothing below it becomes a block, so that no text is lost.
    """
    path: list[Line] = []
    open_section = _Section(())
    sections: list[_Section] = []
    marked = _with_acting_headings(lines)
    for at, line in enumerate(marked):
        if not line.level:
            open_section.blocks.append(Block(line.kind, line.text))
            continue
        while path and path[-1].level >= line.level:
            path.pop()
        if _is_childless(marked, at):
            headings = _texts(path)
            if open_section.headings != headings:
                sections.append(open_section)
                open_section = _Section(headings)
            kind = line.kind if line.level >= _ACTING_LEVEL else BlockKind.PARAGRAPH
            open_section.blocks.append(Block(kind, line.text))
            continue
        path.append(line)
        sections.append(open_section)
        open_section = _Section(_texts(path))
        if line.level >= _ACTING_LEVEL:
            open_section.blocks.append(Block(line.kind, line.text))
    sections.append(open_section)
    return tuple(Section(section.headings, tuple(section.blocks)) for section in sections if section.blocks)


@dataclass(slots=True)
class _Section:
    headings: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)


def _texts(path: Sequence[Line]) -> tuple[str, ...]:
    return tuple(line.text for line in path)


def _is_childless(lines: Sequence[Line], at: int) -> bool:
    """Nothing stands below this heading before the next one that is not deeper."""
    following = lines[at + 1] if at + 1 < len(lines) else None
    return following is None or 0 < following.level <= lines[at].level


def _with_acting_headings(lines: Sequence[Line]) -> list[Line]:
    """Gives a level below all real headings to lines that act as headings, deeper for inner shapes."""
    shapes = [_shape(line) for line in lines]
    return [
        line if shape is None or not _leads(lines, shapes, at) else replace(line, level=_ACTING_LEVEL + shape)
        for at, (line, shape) in enumerate(zip(lines, shapes, strict=True))
    ]


def _shape(line: Line) -> int | None:
    if line.level or line.kind not in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM} or len(line.text) > _LONGEST_ACTING:
        return None
    if line.kind is BlockKind.LIST_ITEM and not (line.bold and line.text[:1].isdecimal()):
        return None
    if _SENTENCE_END.search(line.text):
        return None
    for rank, (pattern, must_be_bold) in enumerate(_SHAPES):
        if pattern.match(line.text) and (line.bold or not must_be_bold):
            return rank
    return None


def _leads(lines: Sequence[Line], shapes: Sequence[int | None], at: int) -> bool:
    """A heading has text below it; numbered lines that follow each other are a list."""
    shape = shapes[at]
    if shape is None or at + 1 == len(lines) or lines[at + 1].level:
        return False
    return shape not in {shapes[at + 1], shapes[at - 1] if at else None}
