"""What people asked and did not get: refused, unsure and downvoted questions, the same ones asked together counted.

Everything here is pure; `bot.telegram.handlers.gaps` shows it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from bot.model import Status
from bot.state.question_log import LoggedQuestion
from bot.state.votes import Vote

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How far two questions must be on the way from unrelated to identical to be one. Measured with the default model:
# cosine 0.966, where 70 % of 29 pairs of paraphrases are one and 4 % of 28 pairs that differ in one word that matters
# (小红书/抖音, 商标/公司); of the 83 000 pairs of 408 different questions only true repetitions. Merging too little
# shows an entry twice, merging too much hides one.
_ALIKE = 0.83


class Why(StrEnum):
    """What was wrong with an answer."""

    REFUSED = "refused"
    UNSURE = "unsure"
    DOWNVOTED = "downvoted"


@dataclass(frozen=True, slots=True)
class Miss:
    """One question that was not answered well, and the reasons that those gave who voted it down."""

    question: LoggedQuestion
    why: frozenset[Why]
    reasons: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What was answered: the question, or what the conversation made of it."""
        return self.question.understood or self.question.question


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask the same, as `misses` from the oldest; `text` is how most people put it."""

    text: str
    misses: tuple[Miss, ...]

    @property
    def times(self) -> int:
        """How often it was asked."""
        return len(self.misses)

    @property
    def people(self) -> int:
        """How many asked it."""
        return len({miss.question.user for miss in self.misses})

    @property
    def first(self) -> float:
        """When it was asked first, Unix time."""
        return self.misses[0].question.asked

    @property
    def last(self) -> float:
        """When it was asked last, Unix time."""
        return self.misses[-1].question.asked

    @property
    def newest(self) -> LoggedQuestion:
        """Who asked last; its id stands for the gap in buttons."""
        return self.misses[-1].question

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of all its questions."""
        return tuple(miss.question.id for miss in self.misses)

    @property
    def why(self) -> tuple[Why, ...]:
        """All that was wrong, each once."""
        return tuple(why for why in Why if any(why in miss.why for miss in self.misses))

    @property
    def reasons(self) -> Mapping[str, int]:
        """How often each reason was given, the most frequent first."""
        return dict(Counter(reason for miss in self.misses for reason in miss.reasons).most_common())

    @property
    def wordings(self) -> tuple[str, ...]:
        """The other ways in which it was put."""
        found = {_folded(miss.text): miss.text for miss in self.misses}
        found.pop(_folded(self.text), None)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class GapWording:
    """The misses whose text is the same but for case, spaces and punctuation, the oldest first."""

    misses: tuple[Miss, ...]

    @property
    def text(self) -> str:
        """As it was put last."""
        return self.misses[-1].text


class Order(StrEnum):
    """What stands first in a list of gaps."""

    FREQUENT = "f"
    NEWEST = "n"


def final(questions: Iterable[LoggedQuestion]) -> tuple[LoggedQuestion, ...]:
    """Without the earlier versions of questions that were edited: the same message is one question."""
    kept: dict[tuple[int, int], LoggedQuestion] = {}
    others = []
    for question in questions:
        if question.message is None:
            others.append(question)
        else:
            kept[question.chat, question.message] = question
    return tuple(sorted((*others, *kept.values()), key=lambda question: question.id))


def misses(questions: Sequence[LoggedQuestion], votes: Sequence[Vote], done: Mapping[int, float]) -> tuple[Miss, ...]:
    """The questions that were not answered well, oldest first.

    Left out are those that an operator marked as dealt with (`done`: when, by question) and that nobody has voted
    down since.
    """
    against: dict[int, list[Vote]] = {}
    for vote in votes:
        if vote.value < 0:
            against.setdefault(vote.question_id, []).append(vote)
    found = []
    for question in final(questions):
        marked = done.get(question.id)
        down = [vote for vote in against.get(question.id, ()) if marked is None or vote.voted > marked]
        why = {Why.DOWNVOTED} if down else set()
        if marked is None and question.status in (Status.REFUSED, Status.UNSURE):
            why.add(Why(question.status.value))
        if why:
            found.append(Miss(question, frozenset(why), tuple(vote.reason for vote in down if vote.reason)))
    return tuple(found)


def wordings(found: Sequence[Miss]) -> tuple[GapWording, ...]:
    """Misses of the same text together; the most frequent first, of equals the newest."""
    groups: dict[str, list[Miss]] = {}
    for miss in found:
        groups.setdefault(_folded(miss.text), []).append(miss)
    return tuple(
        sorted(
            (GapWording(tuple(group)) for group in groups.values()),
            key=lambda wording: (-len(wording.misses), -wording.misses[-1].question.id),
        )
    )


def alike_from(background: NDArray[np.float32]) -> float:
    """The cosine from which two questions count as one, by what the same encoder gives unrelated ones.

    `background` has shape (questions, dimension), unit rows. Cosines of unrelated texts lie around 0.8 for one model
    and around 0.2 for another, so the point is told as a share of the way from their mean to 1.
    """
    pairs = np.triu_indices(len(background), 1)
    mean = float((background @ background.T)[pairs].mean())
    return mean + _ALIKE * (1 - mean)


def merge(
    found: Sequence[GapWording], vectors: NDArray[np.float32] | None = None, alike: float = 1.0
) -> tuple[Gap, ...]:
    """One gap for all wordings that mean the same as the most frequent of them.

    `vectors` has shape (n, dimension), unit rows for the first n wordings; the others stand alone. Compared is only
    with the wording that leads a gap: in a chain of small steps the ends would have nothing in common.
    """
    groups: list[list[GapWording]] = []
    leaders: list[int] = []
    known = 0 if vectors is None else len(vectors)
    for place, wording in enumerate(found):
        if vectors is not None and place < known:
            similarities = vectors[leaders] @ vectors[place]
            if leaders and similarities.max() >= alike:
                groups[int(similarities.argmax())].append(wording)
                continue
            leaders.append(place)
        groups.append([wording])
    return tuple(_gap(group) for group in groups)


def ordered(gaps: Iterable[Gap], order: Order) -> tuple[Gap, ...]:
    """The newest first, or those that most people asked."""
    if order is Order.NEWEST:
        return tuple(sorted(gaps, key=lambda gap: -gap.newest.id))
    return tuple(sorted(gaps, key=lambda gap: (-gap.people, -gap.times, -gap.newest.id)))


def _gap(group: Sequence[GapWording]) -> Gap:
    together = (miss for wording in group for miss in wording.misses)
    return Gap(group[0].text, tuple(sorted(together, key=lambda miss: miss.question.id)))


def _folded(text: str) -> str:
    """Only letters and digits, of one width and case; the text itself where it has none."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum()) or text.strip()
