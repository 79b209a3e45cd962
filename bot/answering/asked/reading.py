"""A question read: its subject and the kind of thing that it asks for; and how a text fits that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answering.asked.aspect import Aspect, aspect_of, holds
from bot.answering.asked.subject import Subject, SubjectFit, Subjects
from corpus.vocabulary.glossary import Glossary

_REMEMBERED, _TEXTS_REMEMBERED = 64, 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question asks: the platforms and products that it names, the kind of thing, None where the words tell
    none, and the names of all terms of the trade in it."""

    text: str
    subject: Subject
    aspect: Aspect | None
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text fits a question: whether it is about the same subject, and 0 to 1 how far it holds the kind of thing
    that is asked for; a half where the question tells no kind."""

    subject: SubjectFit
    aspect: float


class QuestionReader:
    """Reads questions by the words of a glossary. Immutable, so threads may share one."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self.subjects = Subjects(glossary)
        self._terms = lru_cache(_TEXTS_REMEMBERED)(self._find_terms)
        self._known = lru_cache(_REMEMBERED)(self._read)  # each question is read for its evidence, status and lead

    def read(self, question: str, asks: str = "") -> Asked:
        """What a question asks, in whatever spelling; `asks` are the clauses of it that ask, where it tells more."""
        return self._known(question, asks)

    def _read(self, question: str, asks: str) -> Asked:
        return Asked(question, self.subjects.read(question), self._aspect(question, asks), self._terms(question))

    def _aspect(self, question: str, asks: str) -> Aspect | None:
        """The kind of thing that what asks asks for, else the whole; what is told may sound like another kind."""
        kinds = (aspect_of(self._glossary.canonical(text)) for text in dict.fromkeys((asks, question)) if text)
        return next((kind for kind in kinds if kind is not None), None)

    def named(self, asked: Asked, text: str, headings: Sequence[str] = (), title: str = "") -> float:
        """The share of a question's terms of the trade that a text names itself or by these headings and this title,
        in whatever spelling: 0 to 1, and 1 where the question names none."""
        if not asked.terms:
            return 1.0
        return len(asked.terms & (self._terms(text) | self._terms("\n".join((*headings, title))))) / len(asked.terms)

    def _find_terms(self, text: str) -> frozenset[str]:
        return frozenset(mention.term.name for mention in self._glossary.find(text))

    def fit(self, asked: Asked, text: str, headings: Sequence[str] = (), title: str = "") -> Fit:
        """How a text below these headings and this title fits a question."""
        aspect = 0.5 if asked.aspect is None else holds(asked.aspect, text, asked.text)
        return Fit(self.subjects.fit(asked.subject, text, headings, title), aspect)
