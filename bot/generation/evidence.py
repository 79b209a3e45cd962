"""Sources prepared for checking: their sentences read, and which of them hold a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.generation import support
from bot.generation.facts import Fact
from bot.generation.model import Source
from bot.generation.names import squeezed, words_in
from bot.generation.orders import addresses_model
from bot.generation.overlap import pairs
from bot.generation.reading import Clause, Sentence


@dataclass(frozen=True)
class Held:
    """A clause that holds a figure, in its sentence, in its source."""

    source: Evidence
    sentence: Sentence
    clause: Clause


class Evidence:
    """One source, read as it is needed. One that speaks to a language model holds nothing."""

    def __init__(self, number: int, source: Source) -> None:
        self.number = number
        self.source = source

    @cached_property
    def trusted(self) -> bool:
        """Whether it was written for people."""
        return not addresses_model(self.text)

    @cached_property
    def text(self) -> str:
        """All that can support a statement, a line each for title and headings."""
        return "\n".join((self.source.title, *self.source.headings, self.source.text))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Those of its text, which may be quoted."""
        return tuple(map(Sentence, _whole_sentences(self.source))) if self.trusted else ()

    @cached_property
    def heads(self) -> tuple[Sentence, ...]:
        """Title and headings, which support but are not quoted."""
        return tuple(map(Sentence, (self.source.title, *self.source.headings))) if self.trusted else ()

    @cached_property
    def pairs(self) -> frozenset[str]:
        """What all of it is about."""
        return frozenset().union(*(sentence.pairs for sentence in (*self.heads, *self.sentences)))

    @cached_property
    def about(self) -> frozenset[str]:
        """What title and headings are about."""
        return pairs("\n".join(head.text for head in self.heads))

    @cached_property
    def squeezed(self) -> str:
        """All of it as names are compared."""
        return squeezed(self.text) if self.trusted else ""

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words that are not in Chinese characters."""
        return words_in(self.text) if self.trusted else frozenset()

    def clauses(self) -> Iterator[Held]:
        """All clauses of it."""
        for sentence in (*self.heads, *self.sentences):
            for clause in sentence.clauses:
                yield Held(self, sentence, clause)


def _whole_sentences(source: Source) -> list[str]:
    """The sentences of a source, of which none ends at a semicolon inside its line."""
    found: list[str] = []
    end = 0
    for sentence in source.sentences:
        start = source.text.index(sentence, end)
        before = source.text[end:start]
        joins = bool(found) and found[-1].endswith(("；", ";")) and "\n" not in before
        end = start + len(sentence)
        found.append(found.pop() + before + sentence if joins else sentence)
    return found


def holders(fact: Fact, sources: Sequence[Evidence]) -> list[Held]:
    """The clauses of these sources that hold a figure."""
    return [
        held
        for source in sources
        for held in source.clauses()
        if any(support.holds(h, fact) for h in held.clause.facts)
    ]


def rivals(fact: Fact, clause: Clause, sources: Sequence[Evidence]) -> list[Held]:
    """The clauses of these sources that do not hold a figure, but state one of that kind, or the same number of
    something else, which the clause that claims it does not."""
    return [
        held
        for source in sources
        for held in source.clauses()
        if held.sentence in source.sentences
        and not any(support.holds(each, fact) for each in held.clause.facts)
        and any(
            (support.same_kind(each, fact) or support.same_number(each, fact))
            and not any(support.holds(each, other) for other in clause.facts)
            for each in held.clause.facts
        )
    ]
