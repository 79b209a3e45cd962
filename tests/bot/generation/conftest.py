"""The shipped glossary's vocabulary, and sources to hold answers to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

import pytest

from bot.generation.model import Outcome, Source
from bot.generation.stream import LineReader
from bot.generation.verification import Checker
from bot.generation.vocabulary import Vocabulary
from corpus.cutting.sentences import split_sentences
from corpus.vocabulary.glossary import Glossary


def source(text: str, title: str = "资料", *headings: str, date: datetime.date | None = None) -> Source:
    """A passage with this text."""
    return Source(title, headings, text, tuple(text[span.start : span.end] for span in split_sentences(text)), date)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(Glossary.load())


Answers = Callable[..., Outcome]


@pytest.fixture
def answered(vocabulary: Vocabulary) -> Answers:
    """What comes of an answer over sources."""

    def outcome(
        answer: str, sources: Sequence[Source], *, language: str = "zh", secrets: Sequence[str] = ()
    ) -> Outcome:
        checker, reader = Checker(sources, vocabulary, language=language, secrets=secrets), LineReader()
        for line in (*reader.feed(answer), *reader.close(complete=True)):
            checker.check(line)
        return checker.finish()

    return outcome
