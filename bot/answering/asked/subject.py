"""Which platforms and products a question names, and whether a text is about the same ones.

Retrieval finds a sentence about the member limit of another platform's groups as readily as the right one. What the
glossary knows of platforms and of what belongs to them tells these apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus.characters import fold
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import Term, TermKind

_REMEMBERED = 4096


class SubjectFit(StrEnum):
    """Whether a text is about what a question names: it says so, it names nothing else, or it is about another."""

    SAME = "same"
    UNSAID = "unsaid"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question names, by canonical names.

    `said` are the platforms written in it, `products` products and functions, `of_products` the platforms which these
    belong to. `assumed` is the platform that a general word (私信, 导流) is taken to be about where nothing else tells.
    """

    said: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    of_products: tuple[str, ...] = ()
    assumed: str | None = None

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that an answer must be about."""
        return self.said or self.of_products or ((self.assumed,) if self.assumed else ())


class Subjects:
    """The platforms and products of a glossary. Nothing in it changes what it answers, so threads may share one."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        named = [term for term in glossary.terms if term.is_offering]
        self._above = {term.name: term.platform for term in named if term.kind is TermKind.PLATFORM}
        self._platform_of = {term.name: term.platform for term in named if term.kind is TermKind.PRODUCT}
        self._written = {
            fold(spelling): term.name for term in named for spelling in (term.name, *term.synonyms, *term.english)
        }
        self._pattern = _any_of(self._written)
        self._found = lru_cache(_REMEMBERED)(self._find)  # the same titles and sentences come up again and again

    def read(self, question: str) -> Subject:
        """What a question names, in whatever spelling."""
        terms = [mention.term for mention in self._glossary.find(question)]
        said = _names(term for term in terms if term.kind is TermKind.PLATFORM)
        products = _names(term for term in terms if term.kind is TermKind.PRODUCT)
        of_products = dict.fromkeys(p for product in products if (p := self._platform_of[product]))
        meant = (term.platform for term in terms if not term.is_offering and term.platform)
        return Subject(
            # 微信 beside 企业微信 says nothing more.
            said=tuple(name for name in said if name not in {self._above[other] for other in said}),
            products=products,
            of_products=tuple(of_products),
            assumed=None if said or of_products else next(meant, None),
        )

    def fit(self, subject: Subject, text: str, headings: Sequence[str] = (), title: str = "") -> SubjectFit:
        """Whether a text below these headings and this title is about what the question names."""
        wanted = subject.platforms
        if not wanted and not subject.products:
            return SubjectFit.UNSAID
        own, around = self.mentioned(text), self.mentioned("\n".join((*headings, title)))
        mentioned = own | around
        places, places_here = self._places(mentioned), self._places(own)
        names_product = not subject.products or not mentioned.isdisjoint(subject.products)
        kinship = [max((self._kinship(name, place) for place in places), default=_NONE) for name in wanted]
        if wanted and max(kinship) == _NONE and places:
            return SubjectFit.UNSAID if subject.products and names_product else SubjectFit.OTHER
        if any(kin < _SAME for kin in kinship) or not names_product or self._about_a_sibling(wanted, places_here):
            return SubjectFit.UNSAID
        return SubjectFit.SAME

    def mentioned(self, text: str) -> frozenset[str]:
        """The platforms and products that an article's text names."""
        return self._found(text)

    def is_named(self, platform: str, texts: Iterable[str]) -> bool:
        """Whether any of these texts names a platform, or a product of it."""
        return any(self._kinship(platform, place) == _SAME for place in self.platforms_of(texts))

    def platforms_of(self, texts: Iterable[str]) -> frozenset[str]:
        """The platforms that any of these texts names, or a product of."""
        return frozenset(place for text in texts for place in self._places(self.mentioned(text)))

    def _find(self, text: str) -> frozenset[str]:
        return frozenset(self._written[match.group()] for match in self._pattern.finditer(fold(text)))

    def _places(self, names: Iterable[str]) -> frozenset[str]:
        """The platforms among names of platforms and products, and those which these products belong to."""
        places = (name if name in self._above else self._platform_of.get(name) for name in names)
        return frozenset(place for place in places if place)

    def _kinship(self, wanted: str, place: str) -> int:
        """How near two platforms are: the same, one part of the other, or strangers.

        Who says only 微信 means the personal one as a rule, and the other way round.
        """
        if wanted == place or {wanted, place} == _PERSONAL:
            return _SAME
        return _RELATED if self._above.get(place) == wanted or self._above.get(wanted) == place else _NONE

    def _about_a_sibling(self, wanted: Sequence[str], places: frozenset[str]) -> bool:
        """Whether a text itself names only siblings of what is wanted, as 个人微信 where 企业微信 is."""
        siblings = {self._above.get(name) for name in wanted} - {None}
        named = {place for place in places if self._above.get(place) in siblings}
        return bool(named) and named.isdisjoint(wanted)


_SAME, _RELATED, _NONE = 2, 1, 0
_PERSONAL = {"微信", "个人微信"}


def _names(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.name for term in terms))


def _any_of(spellings: Iterable[str]) -> re.Pattern[str]:
    """Any of these, the longest first; grouped by first characters, without which a search is ten times as slow."""
    by_first: dict[str, list[str]] = {}
    for spelling in sorted(spellings, key=len, reverse=True):
        by_first.setdefault(spelling[0], []).append(_as_word(spelling))
    groups = ("(?:" + "|".join(group) + ")" for group in by_first.values())
    return re.compile(f"(?=[{re.escape(''.join(by_first))}])(?:{'|'.join(groups)})" if by_first else r"(?!)")


def _as_word(spelling: str) -> str:
    """A spelling as a pattern; Latin letters must not go on before or behind it."""
    before = r"(?<![a-z0-9])" if spelling[0].isascii() else ""
    behind = r"(?![a-z0-9])" if spelling[-1].isascii() else ""
    return before + re.escape(spelling) + behind
