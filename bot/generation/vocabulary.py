"""What a glossary knows of names, platforms and products, prepared for checking."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bot.answering.asked.subject import Subjects
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import TermKind

_REMEMBERED = 512


class Vocabulary:
    """Answers what a sentence and a source have to do with each other by the words of the trade. Nothing in it changes
    what it answers, so threads may share one."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._subjects = Subjects(glossary)
        self._products = frozenset(term.name for term in glossary.terms if term.kind is TermKind.PRODUCT)
        self._terms = lru_cache(_REMEMBERED)(self._find)

    def platforms(self, texts: Sequence[str]) -> frozenset[str]:
        """The platforms that these texts name, by themselves or by their products."""
        return self._subjects.platforms_of(texts)

    def names_platform(self, platform: str, texts: Sequence[str]) -> bool:
        """Whether any of these texts names that platform or a product of it."""
        return self._subjects.is_named(platform, texts)

    def products(self, texts: Sequence[str]) -> frozenset[str]:
        """The products that these texts name."""
        return frozenset(name for text in texts for name in self._subjects.mentioned(text)) & self._products

    def nameless(self, text: str) -> str:
        """A text without the names of platforms and products."""
        for mention in reversed(self._glossary.find(text)):
            if mention.term.is_offering:
                text = f"{text[: mention.start]} {text[mention.end :]}"
        return text

    def without(self, terms: frozenset[str], text: str) -> str:
        """A text without what it has of these terms, in whatever spelling."""
        for mention in reversed(self._glossary.find(text)):
            if mention.term.name in terms:
                text = f"{text[: mention.start]} {text[mention.end :]}"
        return text

    def means(self, spelling: str, text: str) -> bool:
        """Whether a spelling is one of a term that the text has in another."""
        term = self._glossary.lookup(spelling)
        return term is not None and term.name in self._terms(text)

    def terms(self, text: str) -> frozenset[str]:
        """The terms that a text mentions, in whatever spelling."""
        return self._terms(text)

    def _find(self, text: str) -> frozenset[str]:
        return frozenset(mention.term.name for mention in self._glossary.find(text))
