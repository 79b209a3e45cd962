"""What the bot's buttons carry: typed values, packed into the text that Telegram sends back when one is pressed.

Anybody can send any text as if a button had said so; `unpack` takes what its kind allows and nothing else. A prefix
ends in the version of its form: whoever changes a form changes the number, and buttons in old messages are told that
they are stale instead of being misread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from bot.insights.gaps import Order
from bot.state.votes import Reason, Value

MOST_BYTES = 64
"""Telegram's limit."""


@dataclass(frozen=True, slots=True)
class Part:
    """How one value is written: the expression that its text matches in full, and the way there and back."""

    pattern: str
    read: Callable[[str], object] = str
    write: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True)
class CallbackData:
    """A kind of button. Its fields are the parts of its text, in their order, behind the prefix."""

    prefix: ClassVar[str]

    def pack(self) -> str:
        """The text for Telegram. Raises ValueError where it would be too long for it."""
        written = (part.write(getattr(self, name)) for name, part in _parts(type(self)).items())
        data = ":".join((self.prefix, *written))
        if len(data.encode()) > MOST_BYTES:
            raise ValueError(f"callback data of more than {MOST_BYTES} bytes: {data}")
        return data

    @classmethod
    def pattern(cls) -> re.Pattern[str]:
        """Matches, from its beginning, the whole of a text of this kind."""
        return re.compile(":".join((cls.prefix, *(f"({part.pattern})" for part in _parts(cls).values()))) + r"\Z")

    @classmethod
    def unpack(cls, data: str) -> Self | None:
        """The values in a text, None where it is not of this kind."""
        match = cls.pattern().match(data)
        return cls(*map(_read, _parts(cls).values(), match.groups())) if match else None


def _read(part: Part, text: str) -> object:
    return part.read(text)


def _parts(kind: type[CallbackData]) -> dict[str, Part]:
    """The parts of a kind by the name of their field."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(kind)}


def _choice(yes: str, no: str) -> Part:
    return Part(f"{yes}|{no}", lambda text: text == yes, lambda chosen: yes if chosen else no)


def _one_of(values: type[StrEnum]) -> Part:
    return Part(f"[{''.join(values)}]", values)


_Digest = Annotated[str, Part("[0-9a-f]{16}")]
# An id has at most 18 digits, so that SQLite can hold it.
_Id = Annotated[int, Part("[0-9]{1,18}", int)]
_IdFromOne = Annotated[int, Part("[1-9][0-9]{0,17}", int)]
_Days = Annotated[int, Part("[0-9]{1,4}", int)]
_Order = Annotated[Order, _one_of(Order)]
_Page = Annotated[int, Part("[0-9]{1,4}", int)]


@dataclass(frozen=True, slots=True)
class PassageButton(CallbackData):
    """Shows a whole passage, by its id."""

    prefix = "p1"
    passage: _Digest


@dataclass(frozen=True, slots=True)
class ExampleButton(CallbackData):
    """Answers an example question, by the digest of its text: that survives restarts and any length."""

    prefix = "e1"
    question: _Digest

    @classmethod
    def of(cls, example: str) -> Self:
        """The button of an example question."""
        return cls(hashlib.sha256(example.encode()).hexdigest()[:16])


class VoteChoice(StrEnum):
    """What a thumb, or a reason for a thumb down, says."""

    UP = "u"
    DOWN = "d"
    WRONG = "w"
    OUTDATED = "o"
    OFF_TOPIC = "f"
    INCOMPLETE = "i"

    @property
    def vote(self) -> Value:
        """Up or down."""
        return Value.UP if self is VoteChoice.UP else Value.DOWN

    @property
    def reason(self) -> Reason | None:
        """What is wrong, None for the thumbs themselves."""
        return Reason.__members__.get(self.name)

    @classmethod
    def for_reason(cls, reason: Reason) -> VoteChoice:
        """A thumb down with a reason."""
        return cls[reason.name]


@dataclass(frozen=True, slots=True)
class VoteButton(CallbackData):
    """Votes on the answer to a logged question."""

    prefix = "v1"
    question: _IdFromOne
    choice: Annotated[VoteChoice, _one_of(VoteChoice)]


@dataclass(frozen=True, slots=True)
class ForgetButton(CallbackData):
    """Deletes what is kept of a user, or doesn't."""

    prefix = "f1"
    user: _IdFromOne
    confirmed: Annotated[bool, _choice("y", "n")]


@dataclass(frozen=True, slots=True)
class UploadButton(CallbackData):
    """Keeps or drops the draft of an article."""

    prefix = "u1"
    draft: _Digest
    keep: Annotated[bool, _choice("keep", "drop")]


@dataclass(frozen=True, slots=True)
class SuggestionButton(CallbackData):
    """Takes or drops what somebody suggested."""

    prefix = "s1"
    suggestion: Annotated[int, Part("[0-9]{1,15}", int)]
    take: Annotated[bool, _choice("take", "drop")]


@dataclass(frozen=True, slots=True)
class GapCurateButton(CallbackData):
    """Begins a curated answer to a logged question."""

    prefix = "g1"
    question: _Id


@dataclass(frozen=True, slots=True)
class GapsView(CallbackData):
    """Shows a part of the list of gaps: of how many days, in which order, the page from 0."""

    prefix = "gp1"
    days: _Days
    order: _Order = Order.FREQUENT
    page: _Page = 0


@dataclass(frozen=True, slots=True)
class GapDoneButton(CallbackData):
    """Marks the gap that a logged question belongs to as dealt with; the other values are the view it stands in."""

    prefix = "gd1"
    days: _Days
    order: _Order
    page: _Page
    question: _Id

    @property
    def view(self) -> GapsView:
        """The list to show again."""
        return GapsView(self.days, self.order, self.page)


@dataclass(frozen=True, slots=True)
class GapsFileButton(CallbackData):
    """Sends the gaps of some days as a file."""

    prefix = "gc1"
    days: _Days


@dataclass(frozen=True, slots=True)
class PostButton(CallbackData):
    """Publishes a post's draft in a channel."""

    prefix = "w1"
    DROP: ClassVar[int] = 0
    """In the place of a channel, which never has this id: drops the draft."""

    draft: _Id
    channel: Annotated[int, Part("-?[0-9]{1,20}", int)]


class CuratedStep(StrEnum):
    """What is to become of a curated answer in the making."""

    SAVE = "s"
    ADD_SOURCE = "o"
    CANCEL = "q"
    CHOOSE_EXPIRY = "e"


_CuratedDraftKey = Annotated[str, Part("[0-9a-f]{8}")]
_CuratedId = Annotated[int, Part("[0-9]{1,9}", int)]


@dataclass(frozen=True, slots=True)
class CuratedStepButton(CallbackData):
    """Goes on with a curated answer in the making."""

    prefix = "c1:d"
    draft: _CuratedDraftKey
    step: Annotated[CuratedStep, _one_of(CuratedStep)]


@dataclass(frozen=True, slots=True)
class CuratedExpiryButton(CallbackData):
    """Sets for how many days a curated answer in the making is to hold; 0 is for ever."""

    prefix = "c1:d"
    draft: _CuratedDraftKey
    days: Annotated[int, Part("e[0-9]{1,4}", lambda text: int(text[1:]), "e{}".format)]


class CuratedAction(StrEnum):
    """What is to be done with a saved curated answer."""

    SHOW = "v"
    EDIT_TEXT = "t"
    ADD_PHRASING = "p"
    ASK_REMOVAL = "u"
    REMOVE = "x"
    KEEP = "k"


@dataclass(frozen=True, slots=True)
class CuratedButton(CallbackData):
    """Does something with a saved curated answer."""

    prefix = "c1"
    action: Annotated[CuratedAction, _one_of(CuratedAction)]
    curated: _CuratedId


@dataclass(frozen=True, slots=True)
class CuratedPageButton(CallbackData):
    """Shows a page of the curated answers, from 0."""

    prefix = "c1:l"
    page: _CuratedId


class FunnelDoor(StrEnum):
    """Where a button leads from outside a funnel."""

    START = "n"
    SAVED = "l"
    COMPARE = "c"


@dataclass(frozen=True, slots=True)
class FunnelDoorButton(CallbackData):
    """Begins with the merchant's own numbers, lists those saved, or compares the last two of them."""

    prefix = "fn1"
    door: Annotated[FunnelDoor, _one_of(FunnelDoor)]


class FunnelStep(StrEnum):
    """What is pressed instead of answering a guided question."""

    SKIP = "s"
    BACK = "b"
    DONE = "d"
    CANCEL = "q"


@dataclass(frozen=True, slots=True)
class FunnelStepButton(CallbackData):
    """Goes on in the guided questions from the question at a place, counted from 0."""

    prefix = "fs1"
    place: _Page
    step: Annotated[FunnelStep, _one_of(FunnelStep)]


class FunnelAction(StrEnum):
    """What is to be done with a result."""

    SAVE = "s"
    DARK = "k"


@dataclass(frozen=True, slots=True)
class FunnelResultButton(CallbackData):
    """Saves a result, which is in memory only, or draws it in the dark."""

    prefix = "fr1"
    result: Annotated[str, Part("[0-9a-f]{8}")]
    action: Annotated[FunnelAction, _one_of(FunnelAction)]


class SavedAction(StrEnum):
    """What is to be done with a saved period."""

    SHOW = "v"
    DELETE = "x"


@dataclass(frozen=True, slots=True)
class FunnelSavedButton(CallbackData):
    """Shows or deletes a saved period of the person who presses."""

    prefix = "fp1"
    period: _IdFromOne
    action: Annotated[SavedAction, _one_of(SavedAction)]


KINDS: tuple[type[CallbackData], ...] = (
    PassageButton,
    ExampleButton,
    VoteButton,
    ForgetButton,
    UploadButton,
    SuggestionButton,
    GapCurateButton,
    GapDoneButton,
    GapsView,
    GapsFileButton,
    PostButton,
    CuratedStepButton,
    CuratedExpiryButton,
    CuratedButton,
    CuratedPageButton,
    FunnelDoorButton,
    FunnelStepButton,
    FunnelResultButton,
    FunnelSavedButton,
)
"""All kinds; no text is of two of them."""
