"""A question taken apart: in plain words, its subject's words, what it asks about them, numbers, negation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.paraphrases import Paraphrases
from embeddings.index.segmentation import Segmenter

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LEVEL = re.compile(r"([一二两三四五六七八九十])(?=[级层])")
_DIGITS = {character: float(value) for value, character in enumerate("一二三四五六七八九十", start=1)} | {"两": 2.0}
_COUNTING = re.compile(r"[几多第]\w?")

# A没A and A不A ask, a closing 吗 does; what is left of 不 and 没 negates.
_ASKING = re.compile(r"(\w{1,2})[不没]\1|有没有|是不是|吗(?=[?,。!]|$)")
_NEGATION = re.compile(
    r"不(?:了|能|让|可以|会|给|到|上|出|进|够|想|要|加|肯)|没法|无法|没有|没|别(?!人|家)|未|不(?!同|一样|[?,。!]|$|烦|错|说话)"
)
_MOVING = re.compile("迁移|转")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One question as it is compared; `terms` and `things` name what it mentions, `order` the places in turn."""

    plain: str
    words: tuple[str, ...]
    terms: frozenset[str]
    things: frozenset[str]
    places: frozenset[str]
    order: tuple[str, ...]
    aspects: frozenset[str]
    actions: frozenset[str]
    numbers: frozenset[float]
    negated: bool

    def lacks(self, other: Phrasing) -> frozenset[str]:
        """The known things of another question that this one does not mention."""
        mine = self.terms | self.things
        return frozenset(name for name in other.terms | other.things if name not in mine and name not in self.plain)


class Phrasings:
    """Takes questions apart. Immutable, so threads may share one."""

    def __init__(self, glossary: Glossary, segmenter: Segmenter, wordings: Paraphrases | None = None) -> None:
        self._glossary = glossary
        self._segmenter = segmenter
        self.wordings = wordings or Paraphrases.load()

    def read(self, question: str) -> Phrasing:
        """A question as a person typed it, taken apart."""
        canonical = self._glossary.canonical(self._segmenter.normalise(question))
        plain = self._glossary.canonical(self.wordings.plain(canonical)) or canonical
        named = [mention.term.name for mention in self._glossary.find(plain)]
        order = tuple(name for name in named if name in self.wordings.places)
        words = (word for word in self._segmenter.words(plain) if word not in self.wordings.empty)
        return Phrasing(
            plain=plain,
            words=tuple(dict.fromkeys(word for word in words if not _COUNTING.fullmatch(word))),
            terms=frozenset(named),
            things=self.wordings.things(plain),
            places=frozenset(order),
            order=order,
            aspects=self.wordings.aspects(plain),
            actions=self.wordings.actions(plain),
            numbers=_numbers(plain),
            negated=_NEGATION.search(_ASKING.sub("", plain)) is not None,
        )

    def conflict(self, one: Phrasing, other: Phrasing, *, known_things: bool = True) -> bool:
        """Whether two questions cannot ask the same, however alike they sound.

        Other numbers, other platforms or things, another action or its opposite, another side of the same thing, or
        from here to there against from there to here. `known_things` tells whether the lists of things that exclude
        each other count.
        """
        if one.numbers and other.numbers and not one.numbers & other.numbers:
            return True
        wordings = self.wordings
        if wordings.apart(one.places, other.places) or wordings.opposed(one.plain, other.plain):
            return True
        if known_things and wordings.exclude(one.plain, other.plain):
            return True
        if not wordings.agree(one.aspects, other.aspects):
            return True
        if not wordings.agree(one.actions, other.actions):
            return True
        ways = [[wordings.broader(place) for place in each.order] for each in (one, other)]
        turned = all(len(set(way)) > 1 for way in ways) and ways[0][0] != ways[1][0]
        return turned and bool(_MOVING.search(one.plain))


def _numbers(plain: str) -> frozenset[float]:
    found = {float(number) for number in _NUMBER.findall(plain)}
    return frozenset(found | {_DIGITS[level] for level in _LEVEL.findall(plain)})
