"""Articles to passages, the unit that is ranked and cited, and passages to windows, the unit that is searched."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.cutting.sentences import split_sentences, trimmed
from corpus.model import Article, Block, BlockKind, Passage, PassageBlock, Section, Span, Window

__all__ = ["SCHEME", "TARGET", "cut", "split_sentences", "windows"]

TARGET = 350
SCHEME = f"sections-3/{TARGET}"
"""Names the cutting rules; changes whenever the same articles would give other passages, sentences or windows."""

_LONGEST_WHOLE_ITEM = 160
_SENTENCES_PER_WINDOW = 2

_CLAUSE_END = re.compile(r"[，；、,;：:]+\s*|\s+")
_LEADS_IN = re.compile(r"[：:][”』」)）]?\s*$")
_SENTENCE_END = re.compile(r"[。！？!?；;…”」』）)]$|^图")
_LONGEST_LABEL = 25
_ITEMS = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW})


@dataclass(frozen=True, slots=True)
class _Limits:
    """Lengths in characters, all in proportion to the target: 350 gives 80, 200, 450 and 600."""

    tiny: int
    low: int
    target: int
    high: int
    maximum: int

    @classmethod
    def around(cls, target: int) -> _Limits:
        if target < 1:
            raise ValueError(f"target must be at least 1 character, not {target}")
        return cls(target * 8 // 35, target * 4 // 7, target, max(target * 9 // 7, 1), max(target * 12 // 7, 1))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block, or a part of one too long to stay whole; parts of one block share its number."""

    block: int
    kind: BlockKind
    text: str
    gap: str = "\n"  # what stands between the unit before and this one
    goes_on: bool = False  # whether its block, list or table began in the passage above

    @property
    def continues(self) -> bool:
        return self.gap != "\n"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Units that will be one passage."""

    headings: tuple[str, ...]
    units: tuple[_Unit, ...]
    questions: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        return _length(self.units)


def cut(article: Article, *, target: int = TARGET) -> tuple[Passage, ...]:
    """The passages of an article in order, about `target` characters each and at most 12/7 of that.

    Passages follow headings; a section of a few words joins its neighbour below their shared headings. Sentences,
    list items and table rows stay whole unless one alone is longer than the maximum. The same article always
    gives the same passages.
    """
    limits = _Limits.around(target)
    numbers = itertools.count()
    pieces = [piece for section in article.sections for piece in _cut_section(section, numbers, limits)]
    return tuple(_passages(article.path, _join_tiny(pieces, limits)))


def windows(passage: Passage) -> tuple[Window, ...]:
    """Every two consecutive sentences of a passage, the only one when there is just one; then its questions."""
    count = len(passage.sentences)
    size = min(count, _SENTENCES_PER_WINDOW)
    starts = range(count - size + 1) if size else ()
    sentences = (
        Window(passage.id, first, last, passage.text[passage.sentences[first].start : passage.sentences[last].end])
        for first, last in ((at, at + size - 1) for at in starts)
    )
    return (*sentences, *(Window(passage.id, count, count - 1, question) for question in passage.questions))


# --- one section into pieces


def _cut_section(section: Section, numbers: Iterator[int], limits: _Limits) -> list[_Piece]:
    units = [unit for block in section.blocks for unit in _units(next(numbers), block, limits)]
    return [
        _Piece(section.headings, _part(units, start, end), section.questions)
        for start, end in _best_cuts(units, limits)
    ]


def _part(units: Sequence[_Unit], start: int, end: int) -> tuple[_Unit, ...]:
    """A range of a section's units, of which the first knows whether it goes on from those before."""
    first = units[start]
    goes_on = start > 0 and (
        units[start - 1].block == first.block or (first.kind in _ITEMS and units[start - 1].kind is first.kind)
    )
    return (replace(first, goes_on=goes_on), *units[start + 1 : end])


def _best_cuts(units: Sequence[_Unit], limits: _Limits) -> list[tuple[int, int]]:
    """The ranges of units whose total cost is least, found from the end backwards."""
    count = len(units)
    best: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for start in range(count - 1, -1, -1):
        choice = (math.inf, start + 1)
        length = 0
        for end in range(start + 1, count + 1):
            unit = units[end - 1]
            length += len(unit.text) + (len(unit.gap) if end - 1 > start else 0)
            if length > limits.maximum and end - start > 1:
                break
            cost = _length_cost(length, limits) + _border_cost(units, end) + best[end][0]
            if cost < choice[0]:
                choice = (cost, end)
        best[start] = choice
    cuts = []
    start = 0
    while start < count:
        cuts.append((start, best[start][1]))
        start = best[start][1]
    return cuts


def _length_cost(length: int, limits: _Limits) -> float:
    cost = ((length - limits.target) / limits.target) ** 2
    if length < limits.tiny:
        cost += 3.0
    elif length < limits.low:
        cost += 0.2
    elif length > limits.high:
        cost += 0.15
    return cost


def _border_cost(units: Sequence[_Unit], end: int) -> float:
    """What it costs to end a passage before `units[end]`."""
    if end == len(units):
        return 0.0
    before, after = units[end - 1], units[end]
    if after.continues:
        return 0.3
    if _LEADS_IN.search(before.text):
        return 2.0
    if _is_label(before):
        return 0.6
    if after.kind in _ITEMS:
        return 0.1 if before.kind in _ITEMS else 0.15
    return 0.0


def _is_label(unit: _Unit) -> bool:
    """A few words without an end mark: most often the small heading of what follows."""
    short = unit.kind is BlockKind.PARAGRAPH and len(unit.text) <= _LONGEST_LABEL
    return short and not _SENTENCE_END.search(unit.text)


def _units(number: int, block: Block, limits: _Limits) -> Iterator[_Unit]:
    """The block whole if it may be, else its sentences, else parts of a sentence."""
    whole = limits.maximum if block.kind in _ITEMS else limits.high
    if len(block.text) <= whole:
        yield _Unit(number, block.kind, block.text)
        return
    end = None
    for span in _short_spans(block.text, limits):
        gap = "\n" if end is None else block.text[end : span.start]
        # A line break inside a block (code) parts its lines as blocks are parted.
        yield _Unit(number, block.kind, block.text[span.start : span.end], "\n" if "\n" in gap else gap)
        end = span.end


def _short_spans(text: str, limits: _Limits) -> Iterator[Span]:
    """Sentences; those longer than the maximum in parts that end with a clause, or else by length."""
    for span in split_sentences(text):
        start = span.start
        while span.end - start > limits.maximum:
            end = _clause_border(text, start, start + limits.target)
            part = trimmed(text, start, end)
            if part is not None:
                yield part
            start = end
        rest = trimmed(text, start, span.end)
        if rest is not None:
            yield rest


def _clause_border(text: str, start: int, limit: int) -> int:
    """The last end of a clause in the second half before the limit, or the limit."""
    ends = [match.end() for match in _CLAUSE_END.finditer(text, start, limit)]
    return ends[-1] if ends and ends[-1] - start > (limit - start) // 2 else limit


def _length(units: Sequence[_Unit]) -> int:
    return sum(len(unit.text) for unit in units) + sum(len(unit.gap) for unit in units[1:])


# --- tiny sections into their neighbours


def _join_tiny(pieces: Sequence[_Piece], limits: _Limits) -> list[_Piece]:
    """Joins each piece of a few words with the piece below it, or else the one above, if they are kin."""
    joined: list[_Piece] = []
    waiting: _Piece | None = None
    for piece in pieces:
        current = piece
        if waiting is not None:
            together = _join(waiting, piece, limits, _is_sibling_or_child(waiting.headings, piece.headings))
            if together is None:
                _append(joined, waiting, limits)
            current = together or piece
        waiting = None
        if current.length < limits.tiny:
            waiting = current
        else:
            joined.append(current)
    if waiting is not None:
        _append(joined, waiting, limits)
    return joined


def _append(joined: list[_Piece], piece: _Piece, limits: _Limits) -> None:
    """Appends a piece that found no place below it, to the piece above where that is kin and has room."""
    if joined:
        kin = _shared(joined[-1].headings, piece.headings) in {piece.headings, piece.headings[:-1]}
        together = _join(joined[-1], piece, limits, kin)
        if together is not None:
            joined[-1] = together
            return
    joined.append(piece)


def _join(first: _Piece, second: _Piece, limits: _Limits, kin: bool) -> _Piece | None:
    """Both pieces below their shared headings, the inner headings as lines of text; None when they don't fit."""
    headings = _shared(first.headings, second.headings)
    units = (
        *_heading_units(first, len(headings)),
        *first.units,
        *_heading_units(second, len(headings)),
        *(replace(unit, gap="\n") if at == 0 else unit for at, unit in enumerate(second.units)),
    )
    if not kin or _length(units) > limits.maximum:
        return None
    return _Piece(headings, units, tuple(dict.fromkeys((*first.questions, *second.questions))))


def _heading_units(piece: _Piece, shared: int) -> Iterator[_Unit]:
    """The inner headings of a piece as lines, but for one that its text begins with anyway."""
    for heading in piece.headings[shared:]:
        if heading != piece.units[0].text:
            yield _Unit(-1, BlockKind.HEADING, heading)


def _is_sibling_or_child(headings: tuple[str, ...], following: tuple[str, ...]) -> bool:
    shared = _shared(headings, following)
    return shared == headings or (shared == headings[:-1] and len(following) == len(headings))


def _shared(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return first[:count]


# --- pieces into passages


def _passages(path: str, pieces: Sequence[_Piece]) -> Iterator[Passage]:
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    for position, piece in enumerate(pieces):
        text, blocks, sentences = _text_and_spans(piece.units)
        repeat = seen[piece.headings, text]
        seen[piece.headings, text] += 1
        yield Passage(
            id=_identity(path, piece.headings, text, repeat),
            article=path,
            position=position,
            headings=piece.headings,
            text=text,
            sentences=sentences,
            blocks=blocks,
            questions=piece.questions,
        )


def _text_and_spans(units: Sequence[_Unit]) -> tuple[str, tuple[PassageBlock, ...], tuple[Span, ...]]:
    """The text of a passage with its blocks and sentences; the parts of a block that was cut make one block again."""
    text = ""
    blocks: list[PassageBlock] = []
    sentences: list[Span] = []
    before: _Unit | None = None
    for unit in units:
        if text:
            text += unit.gap
        start = len(text)
        text += unit.text
        sentences += (Span(start + span.start, start + span.end) for span in _sentences(unit))
        if before is not None and unit.block == before.block and unit.kind is not BlockKind.HEADING:
            blocks[-1] = replace(blocks[-1], span=Span(blocks[-1].span.start, len(text)))
        else:
            blocks.append(PassageBlock(unit.kind, Span(start, len(text)), unit.goes_on))
        before = unit
    return text, tuple(blocks), tuple(sentences)


def _sentences(unit: _Unit) -> tuple[Span, ...]:
    """An item or row counts as one sentence unless it is long."""
    if unit.kind in _ITEMS and len(unit.text) <= _LONGEST_WHOLE_ITEM and "\n" not in unit.text:
        span = trimmed(unit.text, 0, len(unit.text))
        return () if span is None else (span,)
    return split_sentences(unit.text)


def _identity(path: str, headings: Sequence[str], text: str, repeat: int) -> str:
    """16 hexadecimal digits; an equal passage further down the same article counts on, so that ids stay unique."""
    parts = [path, *headings, text] + ([str(repeat)] if repeat else [])
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
