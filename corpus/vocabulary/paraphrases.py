"""What people mean by how they put it: everyday questions in plain words, and which side of a thing they ask about.

For telling whether two questions ask the same; what is shown to people is never rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from corpus.own_yaml import load_own_yaml

_AMOUNT = "amount"
_MEASURES = frozenset(("money", "rate", "clock", "long", "cap", "floor", "count"))


@dataclass(frozen=True, slots=True)
class Opposites:
    """Two patterns that do not go together: one question with the first and one with the second ask other things."""

    one: re.Pattern[str]
    other: re.Pattern[str]


class Paraphrases:
    """The list that lies beside this module. All texts are expected folded: lower case, simplified, half width."""

    def __init__(
        self,
        *,
        rewrites: Iterable[tuple[str, str]],
        words: Mapping[str, Sequence[str]],
        aspects: Mapping[str, str],
        agreeing: Iterable[Iterable[str]],
        actions: Mapping[str, str],
        opposites: Iterable[tuple[str, str]],
        exclusive: Iterable[Iterable[str]],
        places: Mapping[str, str],
        empty: str,
        typical: Iterable[str],
    ) -> None:
        self._rewrites = [(re.compile(pattern), plain) for pattern, plain in rewrites]
        self._plain = {spoken: plain for plain, spellings in words.items() for spoken in spellings}
        self._spoken = _any_of((*words, *self._plain))
        self._things = _any_of(words)
        self._aspects = [(name, re.compile(pattern)) for name, pattern in aspects.items()]
        self._agreeing = frozenset(frozenset(pair) for pair in agreeing)
        self._actions = [(name, re.compile(pattern)) for name, pattern in actions.items()]
        self._opposites = [Opposites(re.compile(one), re.compile(other)) for one, other in opposites]
        self._exclusive = [[re.compile(pattern) for pattern in group] for group in exclusive]
        self._places = dict(places)
        self.empty = frozenset(empty.split())
        self.typical = tuple(typical)

    @classmethod
    def load(cls) -> Paraphrases:
        """The packaged list."""
        return cls(**load_own_yaml((files("corpus.vocabulary") / "paraphrases.yaml").read_text(encoding="utf-8")))

    def plain(self, question: str) -> str:
        """The question in plain words."""
        for pattern, plain in self._rewrites:
            question = pattern.sub(plain, question)
        return self._spoken.sub(lambda match: self._plain.get(match[0], match[0]), question)

    def things(self, plain: str) -> frozenset[str]:
        """Those of the listed plain words that a plain question contains, the longest at each place."""
        return frozenset(self._things.findall(plain))

    def aspects(self, plain: str) -> frozenset[str]:
        """Which sides of its subject a plain question asks about: money, how long, how to …; empty where unclear."""
        found: set[str] = set()
        for name, pattern in self._aspects:
            plain, count = pattern.subn("□", plain)
            if count:
                found.add(name)
        # "how much" says more where a word tells of what.
        return frozenset(found - {_AMOUNT} if found & _MEASURES else found)

    def actions(self, plain: str) -> frozenset[str]:
        """The kinds of action that a plain question is about."""
        return frozenset(name for name, pattern in self._actions if pattern.search(plain))

    def broader(self, place: str) -> str:
        """The platform that a place is part of, itself if it is one."""
        return self._places[place] or place

    def agree(self, one: frozenset[str], other: frozenset[str]) -> bool:
        """Whether two questions with these aspects, or these actions, can ask the same; one that names none can."""
        if not one or not other or one & other:
            return True
        return any(frozenset((a, b)) in self._agreeing for a in one for b in other)

    @property
    def places(self) -> frozenset[str]:
        """The names of platforms and of places within them."""
        return frozenset(self._places)

    def apart(self, one: frozenset[str], other: frozenset[str]) -> bool:
        """Whether two questions name places that are none of the other's, nor around or within one of them.

        Of two and more places in both questions every one must have its counterpart.
        """
        if not one or not other:
            return False
        lone = self._alone(one, other), self._alone(other, one)
        if len(one) > 1 and len(other) > 1:
            return any(lone)
        return lone[0] == len(one)

    def _alone(self, one: frozenset[str], other: frozenset[str]) -> int:
        """How many of some places have no counterpart among others."""
        return sum(not any(a == b or self._places[a] == b or self._places[b] == a for b in other) for a in one)

    def exclude(self, one: str, other: str) -> bool:
        """Whether two plain questions are about different ones of a few things that stand side by side."""
        for group in self._exclusive:
            mine = {place for place, pattern in enumerate(group) if pattern.search(one)}
            if mine:
                theirs = {place for place, pattern in enumerate(group) if pattern.search(other)}
                if theirs and not mine & theirs:
                    return True
        return False

    def opposed(self, one: str, other: str) -> bool:
        """Whether two plain questions stand on two sides of a pair of opposites."""
        return any(_across(pair, one, other) or _across(pair, other, one) for pair in self._opposites)


def _across(pair: Opposites, one: str, other: str) -> bool:
    left, right = pair.one, pair.other
    if not left.search(one) or not right.search(other):
        return False
    return not right.search(one) and not left.search(other)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
