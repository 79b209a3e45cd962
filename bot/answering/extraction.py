"""Ranked passages to one screen: the unit that answers, what adds something to it, the rest behind a fold.

Works without any LLM. A quote is one contiguous range of a passage's text that begins and ends with whole units; of a
list or table too long for the room the line that leads in and the items or rows that answer, as two quotes of one
source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.answering.asked.aspect import Aspect
from bot.answering.asked.subject import SubjectFit
from bot.answering.candidates import Candidate, Question, best_sentence, candidates, depends
from bot.answering.layout import laid_out
from bot.answering.units import UnitKind
from bot.model import Quote
from corpus.model import Span
from embeddings.search.retriever import Ranked

# Passages whose score is below this share of the first one's are more likely beside the point than a second answer.
_WEAK = 0.6

_LEAD = 160
"""Characters of the lead, unless the unit itself is longer."""

_GLANCE = 220
"""Characters that are read at a glance."""

_WHOLE = 300
"""Characters up to which a list, table or paragraph that leads is shown whole."""

_STEPS = 350
"""The same where steps, a plan, a template or all of something is asked for: half of some steps would mislead."""

_SCREEN = 350
"""Characters of all that is not folded, unless the lead takes more."""

_FURTHER = 2
_NEAR = 1.5
_NEAR_ELSEWHERE = 0.8
"""How far below the lead's score a unit may be that is shown unfolded as well: of the same article, of another one."""

_LEAST = 40
_ALIKE = 0.35
"""Share of a text's pairs of characters, shown already, from which it adds nothing."""

_FIGURE = re.compile(r"\d[\d,.:/-]*")
_WANTS_ALL = frozenset({Aspect.WAY, Aspect.PLAN, Aspect.TEMPLATE, Aspect.ENUMERATION})
_LISTED = frozenset({UnitKind.LIST, UnitKind.TABLE})


@dataclass(frozen=True, slots=True)
class Extract:
    """The quotes of an answer; quote `source` numbers count `passages` from 1."""

    quotes: tuple[Quote, ...]
    passages: tuple[Ranked, ...]


def extract(
    ranked: Sequence[Ranked],
    question: Question | None = None,
    *,
    quotes: int,
    length: int,
    closest: bool = False,
    said: Collection[str] = (),
) -> Extract:
    """Choose at most `quotes` passages of together about `length` characters from the best ones, and what of them.

    The lead and what adds something to it is shown at once, see `_SCREEN`, the rest folded. `closest` is for what only
    comes near to an answer: one quote, as much of its section as a screen holds. What was `said` already, to another
    question of the same message, does not lead where something else near does as well.
    """
    known = question or Question()
    best = max((hit.score for hit in ranked), default=0.0)
    found = candidates([hit for hit in ranked if hit.score >= _WEAK * best], known)
    if not found or not quotes:
        return Extract((), ())
    screen = _Screen(known, quotes, length)
    screen.lead(found, min(_SCREEN if closest else _LEAD, length), said)
    if not closest:
        screen.add(found)
        screen.order()
        screen.fold(found)
    return screen.extract()


@dataclass(frozen=True, slots=True)
class _Shown:
    """Ranges of one passage that are shown together; `heading` where they cannot be read without it."""

    hit: Ranked
    spans: tuple[Span, ...]
    section: tuple[str, ...]
    heading: str
    folded: bool

    def goes_before(self, other: _Shown) -> bool:
        """Whether it stands above in the same passage."""
        return self.hit.passage.id == other.hit.passage.id and self.spans[0].start < other.spans[0].start

    def quotes(self, source: int) -> list[Quote]:
        """A quote for each range, the heading above the first."""
        return [
            Quote(
                text=self.hit.passage.text[span.start : span.end],
                source=source,
                folded=self.folded,
                goes_on=at > 0,
                heading=self.heading if at == 0 else "",
                shown=laid_out(self.hit.passage, span),
            )
            for at, span in enumerate(self.spans)
        ]


class _Screen:
    """An answer as it is put together, quote by quote."""

    def __init__(self, question: Question, quotes: int, length: int) -> None:
        self._question = question
        self._quotes = quotes
        self._length = length
        self._shown: list[_Shown] = []
        self._pairs: set[str] = set()
        self._figures: set[str] = set()
        self._best = 0.0

    @property
    def _taken(self) -> int:
        return sum(_length(each.spans) for each in self._shown)

    def lead(self, found: Sequence[Candidate], room: int, said: Collection[str]) -> None:
        """The unit that answers, with as much of its section as fits into the room."""
        best = _leading(found, said)
        asked = self._question.asked
        whole = _STEPS if asked is not None and asked.aspect in _WANTS_ALL else _WHOLE
        spans = _spans(best, room, min(whole, self._length))
        if len(spans) == 1:
            spans = (_grown(best, spans[0], found, room),)
        self._best = best.score
        self._append(best, spans, folded=False)

    def add(self, found: Sequence[Candidate]) -> None:
        """What adds something to the lead, as far as it fits on the screen."""
        screen = min(_SCREEN, self._length)
        for each in sorted(found, key=lambda each: -each.score):
            room = screen - self._taken
            if len(self._shown) > min(_FURTHER, self._quotes - 1) or room < _LEAST:
                break
            near = _NEAR if each.hit.article.path == self._shown[0].hit.article.path else _NEAR_ELSEWHERE
            if each.score < self._best - near:
                continue
            if each.fit.subject is SubjectFit.OTHER or self._question.is_beside(each.unit.headings):
                continue
            spans = _whole_thought(each, (each.unit.span,), found)
            if _length(spans) <= room and self._adds(each, spans):
                self._append(each, spans, folded=False)

    def order(self) -> None:
        """What opens the lead's section goes before it, where a glance takes both in."""
        lead = self._shown[0]
        before = next(
            (each for each in self._shown[1:] if each.section == lead.section and each.goes_before(lead)), None
        )
        if before is not None and _length(before.spans) + _length(lead.spans) <= _GLANCE:
            self._shown.remove(before)
            self._shown.insert(0, before)

    def fold(self, found: Sequence[Candidate]) -> None:
        """The best of each further passage; they share the room that is left."""
        shown = {each.hit.passage.id for each in self._shown}
        best = {each.place: each for each in sorted(found, key=lambda each: each.score)}
        further = [each for _, each in sorted(best.items()) if each.hit.passage.id not in shown]
        for at, each in enumerate(further):
            left = min(self._quotes - len(shown), len(further) - at)
            room = self._length - self._taken
            if not left or room < self._length // 8:
                break
            spans = _whole_thought(each, _spans(each, _LEAD, min(_STEPS, room // left)), found)
            if self._adds(each, spans) or self._has_new_figure(each, spans):
                shown.add(each.hit.passage.id)
                self._append(each, spans, folded=True)

    def extract(self) -> Extract:
        """All quotes, their passages numbered as they come."""
        passages = {each.hit.passage.id: each.hit for each in self._shown}
        number = {identity: n for n, identity in enumerate(passages, start=1)}
        quotes = (quote for each in self._shown for quote in each.quotes(number[each.hit.passage.id]))
        return Extract(tuple(quotes), tuple(passages.values()))

    def _append(self, each: Candidate, spans: tuple[Span, ...], *, folded: bool) -> None:
        listed = each.unit.kind in _LISTED and each.unit.lead_in is None and spans[0].start == each.unit.span.start
        heading = each.unit.headings[-1] if listed and each.unit.headings else ""
        self._shown.append(_Shown(each.hit, spans, each.unit.headings, heading, folded))
        for text in map(each.cut, spans):
            self._pairs |= _pairs(text)
            self._figures.update(_FIGURE.findall(text))

    def _adds(self, each: Candidate, spans: Sequence[Span]) -> bool:
        """Whether most of it does not stand there already."""
        pairs = set().union(*(_pairs(each.cut(span)) for span in spans))
        return bool(pairs) and len(pairs & self._pairs) < _ALIKE * len(pairs)

    def _has_new_figure(self, each: Candidate, spans: Sequence[Span]) -> bool:
        """Whether it says nearly the same, but of another number."""
        return any(not self._figures.issuperset(_FIGURE.findall(each.cut(span))) for span in spans)


def _leading(found: Sequence[Candidate], said: Collection[str]) -> Candidate:
    """The best unit; where that was said already, the best other one near it that holds what is asked for."""
    best, *others = sorted(found, key=lambda each: -each.score)
    if not _is_said(best, said):
        return best
    holding = (each for each in others if each.score >= best.score - _NEAR and each.fit.aspect == 1)
    return next((each for each in holding if not _is_said(each, said)), best)


def _is_said(each: Candidate, said: Collection[str]) -> bool:
    return any(each.cut(each.unit.span) in text for text in said)


def _spans(each: Candidate, room: int, whole: int) -> tuple[Span, ...]:
    """What of a unit is shown: all of it up to `whole` characters, else its best parts within `room`."""
    unit = each.unit
    if unit.length <= whole or len(unit.parts) == 1:
        return (unit.span,)
    lead_in = (unit.lead_in,) if unit.lead_in else ()
    room -= sum(span.end - span.start for span in lead_in)
    first, last = _run(each, room)
    if first == 0:
        return (Span(unit.span.start, unit.parts[last].end),)
    return (*lead_in, Span(unit.parts[first].start, unit.parts[last].end))


def _run(each: Candidate, room: int) -> tuple[int, int]:
    """The best part of a unit with its neighbours, the better one first, as far as they fit into the room; of a list
    everything from its first item on, where that fits."""
    parts = each.unit.parts
    scores = [best_sentence(each.hit, part) for part in parts]
    first = last = max(range(len(parts)), key=lambda at: (scores[at], -at))
    if each.unit.kind is UnitKind.LIST and parts[last].end - parts[0].start <= room:
        first = 0
    while True:
        wider = [(scores[first - 1], first - 1, last)] if first > 0 else []
        wider += [(scores[last + 1], first, last + 1)] if last + 1 < len(parts) else []
        for _, start, end in sorted(wider, reverse=True):
            if parts[end].end - parts[start].start <= room:
                first, last = start, end
                break
        else:
            return first, last


def _grown(best: Candidate, span: Span, found: Sequence[Candidate], room: int) -> Span:
    """A lead with its neighbours of the same section, the better one first, as far as they fit into the room.

    What the lead cannot be read without goes before the room.
    """
    (grown,) = _whole_thought(best, (span,), found)
    while True:
        for each in sorted(_beside(best, grown, found), key=lambda each: -each.score):
            start, end = min(grown.start, each.unit.span.start), max(grown.end, each.unit.span.end)
            if end - start <= room:
                grown = Span(start, end)
                break
        else:
            return grown


def _whole_thought(each: Candidate, spans: tuple[Span, ...], found: Sequence[Candidate]) -> tuple[Span, ...]:
    """A range that goes on from what stands above it together with that, where both are short enough."""
    while len(spans) == 1 and depends(each.cut(spans[0])):
        above = [other for other in _beside(each, spans[0], found) if other.unit.span.end <= spans[0].start]
        joined = Span(above[0].unit.span.start, spans[0].end) if above else spans[0]
        if not above or joined.end - joined.start > _WHOLE:
            break
        spans = (joined,)
    return spans


def _beside(each: Candidate, span: Span, found: Sequence[Candidate]) -> list[Candidate]:
    """The units next above and next below a range, of the same section of the same passage."""
    here = [other for other in found if other.place == each.place and other.unit.headings == each.unit.headings]
    above = [other for other in here if other.unit.span.end <= span.start]
    below = [other for other in here if other.unit.span.start >= span.end]
    return above[-1:] + below[:1]


def _length(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _pairs(text: str) -> set[str]:
    """Every two characters that follow each other, white space aside."""
    ink = "".join(text.split())
    return {ink[at : at + 2] for at in range(len(ink) - 1)}
