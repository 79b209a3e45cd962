"""What an answer is, whoever shows it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    REFUSED = "refused"
    SMALLTALK = "smalltalk"


class SmallTalk(StrEnum):
    """What a message wants that asks the articles nothing. The values are the keys of the replies in `bot/locales`."""

    GREETING = "small_talk"
    THANKS = "thanks"
    PROMPT = "go_ahead"
    CORRECTION = "what_instead"
    ABILITIES = "abilities"
    HUMAN = "no_human"
    IDENTITY = "identity"


class Remark(StrEnum):
    """What a person must know beside, or instead of, an answer. The values are the keys of texts in `bot/locales`."""

    BARE = "which_subject"
    LINK = "link_unread"
    LINK_ONLY = "link_only"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where quotes come from: one passage of one article, numbered from 1 as shown.

    `section` is the heading path in one line, `score` the passage's fused retrieval score, `checked` the day up to
    which the article says its facts were compared with their sources. A citation of the glossary has neither passage
    (empty) nor date.
    """

    n: int
    article: str
    title: str
    section: str
    author: str | None
    date: datetime.date | None
    url: str | None
    passage: str
    score: float
    checked: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences as they stand in a passage; `source` is the number of the citation.

    `folded` ones are shown only when asked for. One that `goes_on` reads as one with the quote before it, of the same
    source. `heading` is the heading it stands below, where it cannot be read without that. `shown` is the text as a
    small screen shows it, empty where that is the text itself.
    """

    text: str
    source: int
    folded: bool = False
    goes_on: bool = False
    heading: str = ""
    shown: str = ""

    @property
    def display(self) -> str:
        """What a person reads, without the heading."""
        return self.shown or self.text


class Mode(StrEnum):
    """Who worded an answer."""

    EXTRACTIVE = "extractive"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a language model wrote and that was held to its sources, by the numbers of their citations.

    `section` is the key of its heading in `bot/locales`. `quoted` tells that it is a sentence of a source as it stands.
    One that `goes_on` stands in the line of the statement before it.
    """

    section: str
    text: str
    sources: tuple[int, ...]
    quoted: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that was found, by rank, whether it is quoted or not."""

    article: str
    passage: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Topic:
    """Material near a question that was declined: an article and its best passage."""

    title: str
    article: str
    passage: str


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions that a message asks, and what became of it; its quotes are among those of the answer."""

    question: str
    status: Status
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one question, before anyone renders it. `language` is `zh` or `en`.

    `understood` is the question that was answered where that is not what the message says by itself, else None;
    `earlier` the question before, where the message goes on from it or may do so.
    `outdated` tells that every article it cites is past its age, `incomplete` that the question seems to go on from an
    earlier one which is not known. `small_talk` is what a message wants that asks the articles nothing, `remark` what
    must be said besides, or instead where nothing was searched. `parts` are the questions of a message that asks more
    than one, in their order, else empty. `uncovered` are the platforms that a declined question names and nothing that
    was found is about; `assumed` is the platform that the question leaves unsaid and the answer is for.
    `statements` are what a language model wrote, in the order of reading; the quotes are then the sentences that hold
    its figures.
    """

    question: str
    status: Status
    language: str
    confidence: float
    quotes: tuple[Quote, ...]
    sources: tuple[Citation, ...]
    passages: tuple[PassageHit, ...]
    near_topics: tuple[Topic, ...]
    generation: str
    elapsed_ms: float
    understood: str | None = None
    earlier: str | None = None
    outdated: bool = False
    incomplete: bool = False
    small_talk: SmallTalk | None = None
    remark: Remark | None = None
    parts: tuple[Part, ...] = ()
    uncovered: tuple[str, ...] = ()
    assumed: str | None = None
    statements: tuple[Statement, ...] = ()

    @property
    def mode(self) -> Mode:
        """Who worded it."""
        return Mode.WRITTEN if self.statements else Mode.EXTRACTIVE

    @property
    def searched(self) -> bool:
        """Whether the articles were asked: not for small talk, nor where it is not clear or too long what is asked."""
        unclear = self.remark in (Remark.BARE, Remark.LINK_ONLY, Remark.TOO_LONG)
        return self.status is not Status.SMALLTALK and not unclear

    @property
    def only_close(self) -> bool:
        """Whether all of it only comes close and has to be said to; of several questions each says so for itself."""
        return self.status is Status.UNSURE and not self.parts


class Surface(StrEnum):
    """Where a question came from. `auto` is one that a group never put to the bot, answered in the mode auto."""

    PRIVATE = "private"
    GROUP = "group"
    AUTO = "auto"
    CHANNEL = "channel"
    INLINE = "inline"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked where: ids as Telegram gives them; `topic` is None outside forums."""

    chat: int
    topic: int | None
    user: int
    message: int | None
    surface: Surface
