"""What is checked and what comes of it: sources, statements, verdicts, the written answer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.model import Passage


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as a model was given it. Its number is its place among the sources, from 1.

    `sentences` stand in `text` in this order. `date` is that of its article. Only title, headings and text support a
    statement; the date does in one fixed remark.
    """

    title: str
    headings: tuple[str, ...]
    text: str
    sentences: tuple[str, ...]
    date: datetime.date | None = None

    @classmethod
    def of(cls, passage: Passage, title: str, date: datetime.date | None = None) -> Source:
        """The source that a passage of an article with this title and date is."""
        sentences = tuple(passage.text[span.start : span.end] for span in passage.sentences)
        return cls(title, passage.headings, passage.text, sentences, date)


class Section(StrEnum):
    """The parts of a written answer in the order in which they are read. The values are keys of `bot/locales`."""

    CONCLUSION = "written_conclusion"
    STEPS = "written_steps"
    FIGURES = "written_figures"
    NOTES = "written_notes"


class Action(StrEnum):
    """What became of a sentence that a model wrote."""

    KEPT = "kept"
    RECITED = "recited"
    REPLACED = "replaced"
    CUT = "cut"


class Reason(StrEnum):
    """Why a sentence could not stay as it was written."""

    CITATION = "citation"
    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    BINDING = "binding"
    SUBJECT = "subject"
    NAME = "name"
    CONTACT = "contact"
    RELATIVE = "relative"
    POLARITY = "polarity"
    HEDGE = "hedge"
    TOPIC = "topic"
    PRAISE = "praise"
    EVASION = "evasion"
    LANGUAGE = "language"
    REPEATED = "repeated"


class Fallback(StrEnum):
    """Why a written answer is not shown at all."""

    INSUFFICIENT = "insufficient"
    EMPTY = "empty"
    LEAK = "leak"
    LANGUAGE = "language"
    NO_CONCLUSION = "no_conclusion"
    UNSUPPORTED = "unsupported"
    REPLACED = "replaced"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of a source, as it stands there, that holds the figures of a statement."""

    source: int
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that may be shown: plain text without marks, and the numbers of the sources that it was held to.

    `quoted` tells that it is a sentence of its source, put in the place of one that failed. One that `goes_on` stands
    in the line of the statement before it. `evidence` is empty where it states no figures.
    """

    section: Section
    text: str
    sources: tuple[int, ...]
    quoted: bool = False
    goes_on: bool = False
    evidence: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one sentence that a model wrote. `statement` is None exactly where it was cut, `reason` None
    exactly where it was kept."""

    text: str
    action: Action
    reason: Reason | None = None
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A whole answer that may be shown.

    `statements` are in the order in which they are read; their source numbers, and those of their evidence, count
    `used` from 1. `used` are the sources' places among those that the model was given, from 0.
    """

    statements: tuple[Statement, ...]
    used: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a model's answer: `written`, or why there is none; and the verdict on every sentence of it.

    `foreign` counts marks that point to no source.
    """

    written: Written | None
    fallback: Fallback | None
    checked: Sequence[Checked]
    foreign: int = 0
