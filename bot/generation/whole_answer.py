"""Whether what is left of a written answer is one, and in which order and with which numbers it is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from bot.generation.model import Action, Checked, Fallback, Reason, Section, Statement, Written
from corpus.characters import meaningful

_SURVIVES = 0.6  # share of what was written that has to be left, as it was or as a quote
_REPLACED = 0.4  # share of quotes from which the quotes alone read better
_SHORTEST, _MOST = 20, 8  # letters, statements
_SCREEN = 580
"""How wide an answer may be, in Latin letters, two for a Chinese character: with headings, marks and what stands below
it a phone's screen holds no more."""

_DROPPED = (Section.FIGURES, Section.STEPS, Section.CONCLUSION, Section.NOTES)
"""Of which section the last statement goes first where there is no room for all."""


def whole_answer(checked: Sequence[Checked]) -> Written | Fallback:
    """The answer that these verdicts leave, or why it is none."""
    claims = [each for each in checked if each.reason is not Reason.REPEATED]
    return _refused(claims) or _written([each.statement for each in claims if each.statement])


def _refused(claims: Sequence[Checked]) -> Fallback | None:
    written, left = _letters(claims), _letters([each for each in claims if each.statement])
    if not written:
        return Fallback.EMPTY
    if _letters([each for each in claims if each.reason is Reason.LANGUAGE]) * 2 > written:
        return Fallback.LANGUAGE
    if not any(each.statement and each.statement.section is Section.CONCLUSION for each in claims):
        return Fallback.NO_CONCLUSION
    if left < _SURVIVES * written:
        return Fallback.UNSUPPORTED
    if _letters([each for each in claims if each.action is Action.REPLACED]) > _REPLACED * written:
        return Fallback.REPLACED
    return (
        Fallback.SHORT
        if sum(meaningful(each.statement.text) for each in claims if each.statement) < _SHORTEST
        else None
    )


def _letters(claims: Sequence[Checked]) -> int:
    return sum(meaningful(each.text) for each in claims)


def _written(statements: Sequence[Statement]) -> Written:
    read = sorted(_with_room(statements), key=lambda each: tuple(Section).index(each.section))
    used = tuple(dict.fromkeys(source for each in read for source in each.sources))
    number = {source: place for place, source in enumerate(used, 1)}
    return Written(
        tuple(
            replace(
                each,
                sources=tuple(number[source] for source in each.sources),
                evidence=tuple(replace(held, source=number[held.source]) for held in each.evidence),
            )
            for each in read
        ),
        tuple(source - 1 for source in used),
    )


def _with_room(statements: Sequence[Statement]) -> list[Statement]:
    left = list(statements)
    while len(left) > _MOST or sum(_width(each.text) for each in left) > _SCREEN:
        first = next(each for each in left if each.section is Section.CONCLUSION)
        section = next(each for each in _DROPPED if any(s.section is each and s is not first for s in left))
        left.remove(next(each for each in reversed(left) if each.section is section))
    return left


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
