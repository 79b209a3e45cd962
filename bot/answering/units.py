"""A passage divided into what reads whole: paragraphs, lists and tables with what leads into them.

A unit is never shown without its beginning, and no heading is a part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.model import BlockKind, Passage, PassageBlock, Span

_LEADS_IN = re.compile(
    r"[:：][”』」)）]?\s*$"
    r"|如下|(?:以下|下面|下列|这)(?:是|几|些|样|[两二三四五六七八九十\d])"
    r"|[两二三四五六七八九十\d]\s*(?:个|种|类|条|步|点|件|项|处|样|招)[^，。；]{0,12}[。：:]$"
)
_LABEL = re.compile(r"[^。！？!?；;…：:，,”』」]{1,25}")
_LONGEST_LEAD_IN = 120
_KINDS = {
    BlockKind.LIST_ITEM: "list",
    BlockKind.TABLE_ROW: "table",
    BlockKind.QUOTE: "template",
    BlockKind.CODE: "template",
}


class UnitKind(StrEnum):
    """What a unit is; decides whether it may be shown in part."""

    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Unit:
    """One paragraph, list, table or template of a passage, as ranges of its text.

    `parts` are the sentences of a paragraph, the items of a list, the rows of a table, the blocks of a template;
    `lead_in` is the line above that belongs to them: what leads in, or a few words that head it. `headings` is the path
    of headings down to the one it stands below, `opens` tells that it is the first below that one, and `goes_on` that
    it began in the passage above.
    """

    kind: UnitKind
    parts: tuple[Span, ...]
    headings: tuple[str, ...]
    lead_in: Span | None = None
    opens: bool = False
    goes_on: bool = False

    @property
    def span(self) -> Span:
        """The whole of it."""
        return Span((self.lead_in or self.parts[0]).start, self.parts[-1].end)

    @property
    def length(self) -> int:
        """Characters of the whole."""
        return self.span.end - self.span.start


def units(passage: Passage) -> tuple[Unit, ...]:
    """The units of a passage in order; together they hold all its text but headings."""
    found: list[Unit] = []
    headings = passage.headings
    opens = True
    above: PassageBlock | None = None  # a paragraph that may lead into what follows
    for group in _groups(passage.blocks or _whole(passage)):
        first = group[0]
        if first.kind is BlockKind.HEADING:
            found += _text(passage, above, headings, opens)
            headings, opens, above = (*passage.headings, _cut(passage, first.span)), True, None
        elif first.kind is BlockKind.PARAGRAPH and (above is None or not _is_label(_cut(passage, above.span))):
            before = _text(passage, above, headings, opens)
            found += before
            opens, above = opens and not before, first
        else:
            text = "" if above is None else _cut(passage, above.span)
            leads = above is not None and _is_lead_in(text)
            before = [] if leads else _text(passage, above, headings, opens)
            kind = UnitKind(_KINDS.get(first.kind, "text"))
            found += before
            found.append(
                Unit(
                    kind,
                    _parts(passage, group) if kind is UnitKind.TEXT else tuple(block.span for block in group),
                    headings,
                    above.span if above is not None and leads else None,
                    opens and not before,
                    first.goes_on and not leads,
                )
            )
            opens, above = False, None
    return (*found, *_text(passage, above, headings, opens))


def _whole(passage: Passage) -> tuple[PassageBlock, ...]:
    """A passage that knows nothing of its blocks is one paragraph."""
    return (PassageBlock(BlockKind.PARAGRAPH, Span(0, len(passage.text))),) if passage.sentences else ()


def _groups(blocks: Sequence[PassageBlock]) -> Iterator[tuple[PassageBlock, ...]]:
    """Items of one list, rows of one table and lines of one template together, everything else alone."""
    group: list[PassageBlock] = []
    for block in blocks:
        if group and (block.kind is not group[0].kind or block.kind not in _KINDS):
            yield tuple(group)
            group = []
        group.append(block)
    if group:
        yield tuple(group)


def _text(passage: Passage, block: PassageBlock | None, headings: tuple[str, ...], opens: bool) -> list[Unit]:
    """A paragraph as a unit; none where there is none or nothing in it."""
    parts = () if block is None else _parts(passage, [block])
    return [Unit(UnitKind.TEXT, parts, headings, opens=opens, goes_on=block.goes_on)] if block and parts else []


def _parts(passage: Passage, blocks: Sequence[PassageBlock]) -> tuple[Span, ...]:
    """The sentences of a passage that stand in these blocks."""
    start, end = blocks[0].span.start, blocks[-1].span.end
    return tuple(each for each in passage.sentences if start <= each.start and each.end <= end)


def _is_lead_in(text: str) -> bool:
    return _is_label(text) or (len(text) <= _LONGEST_LEAD_IN and _LEADS_IN.search(text) is not None)


def _is_label(text: str) -> bool:
    """A few words without any mark: the small heading that an author put above what follows."""
    return _LABEL.fullmatch(text) is not None


def _cut(passage: Passage, span: Span) -> str:
    return passage.text[span.start : span.end]
