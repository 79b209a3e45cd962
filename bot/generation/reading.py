"""A sentence read once for all checks: its clauses, its figures, its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from bot.generation import quantities, units
from bot.generation.facts import Amount, Fact
from bot.generation.overlap import pairs
from bot.generation.polarity import Assertion
from bot.generation.units import UNIT

_CLAUSE_END = re.compile(r"[。;!?\n]|(?<!\d),|,(?!\d)")
_ASSERTION_END = re.compile(r"[。;!?\n,:]")
_COLUMN_UNIT = re.compile(rf"\((?:单位[:]?)?(?P<unit>{UNIT.pattern})(?:/[^()]{{1,4}})?\)")
_HEDGE = re.compile(
    r"说法|据[说传称]|网传|流传|传言|传闻|坊间|民间|有人(?:说|称|认为)|自[称述]|未(?:经)?(?:官方)?证实|非官方"
    r"|(?:没有|没|并无|无|未见)(?:任何|公开的?|明确的?|统一的?)?(?:官方|依据)|reportedly|unofficial|rumou?r"
)


@dataclass(frozen=True)
class Clause:
    """A part of a sentence up to a mark; `pairs` are those of its words without numbers."""

    text: str
    facts: tuple[Fact, ...]

    @cached_property
    def pairs(self) -> frozenset[str]:
        """What it is about."""
        return pairs(_without(self.text, self.facts))


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a title, as it stands."""

    text: str

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Its clauses, the figures of each with places inside it."""
        plain = quantities.plain(self.text)
        found = tuple(_with_column_units(plain, quantities.facts(self.text)))
        borders = [0, *(end.end() for end in _CLAUSE_END.finditer(plain)), len(plain)]
        return tuple(
            Clause(plain[start:end], tuple(_moved(fact, start) for fact in found if start <= fact.start < end))
            for start, end in pairwise(borders)
            if plain[start:end].strip()
        )

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Its figures."""
        return tuple(fact for clause in self.clauses for fact in clause.facts)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """What it is about."""
        return frozenset().union(*(clause.pairs for clause in self.clauses))

    @cached_property
    def assertions(self) -> tuple[Assertion, ...]:
        """What it says piece by piece, between marks."""
        found: list[Assertion] = []
        for piece in filter(str.strip, _ASSERTION_END.split(quantities.plain(self.text))):
            said = Assertion.of(piece)
            found.append(found[-1].with_its_end(said) if found and said.is_short else said)
        return tuple(found)

    @cached_property
    def hedged(self) -> bool:
        """Whether it says of itself that it is not certain, or not official."""
        return _HEDGE.search(self.text) is not None


def _moved(fact: Fact, by: int) -> Fact:
    return replace(fact, start=fact.start - by, end=fact.end - by)


def _without(text: str, facts: tuple[Fact, ...]) -> str:
    for fact in reversed(facts):
        text = text[: fact.start] + " " + text[fact.end :]
    return text


def _with_column_units(text: str, facts: tuple[Fact, ...]) -> Iterator[Fact]:
    """The figures; one without a unit has that which stands in brackets before it, as in the head of a column."""
    named = list(_COLUMN_UNIT.finditer(text))
    for fact in facts:
        column = next((unit for unit in reversed(named) if unit.end() <= fact.start), None)
        if column is not None and isinstance(fact, Amount) and fact.kind == units.BARE:
            unit = units.unit(column["unit"].strip())
            yield replace(fact, kind=unit.kind, low=fact.low * unit.factor, high=fact.high * unit.factor)
        else:
            yield fact
