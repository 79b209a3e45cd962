"""The thumbs below an answer: what their buttons carry, and how they look once somebody has voted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.locales import Texts
from bot.state.votes import Reason, Value, Vote
from bot.telegram.rendering.answers import Button, Outgoing

VOTE_DATA = "v1:"

_UP, _DOWN, _MINE = "👍", "👎", "✓"
_REASONS_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """What a button says of the answer to a logged question."""

    question_id: int
    value: Value
    reason: Reason | None = None


_CODES: dict[str, tuple[Value, Reason | None]] = {
    "u": (Value.UP, None),
    "d": (Value.DOWN, None),
    "w": (Value.DOWN, Reason.WRONG),
    "o": (Value.DOWN, Reason.OUTDATED),
    "f": (Value.DOWN, Reason.OFF_TOPIC),
    "i": (Value.DOWN, Reason.INCOMPLETE),
}
# An id has at most 18 digits, so that SQLite can hold it.
VOTE_PATTERN = rf"^{VOTE_DATA}[1-9][0-9]{{0,17}}:[{''.join(_CODES)}]\Z"


def vote_data(choice: Choice) -> str:
    """Callback data for a choice."""
    code = next(code for code, meant in _CODES.items() if meant == (choice.value, choice.reason))
    return f"{VOTE_DATA}{choice.question_id}:{code}"


def read_vote(data: str) -> Choice:
    """The choice behind callback data that `VOTE_PATTERN` matches."""
    number, _, code = data.removeprefix(VOTE_DATA).partition(":")
    return Choice(int(number), *_CODES[code])


def with_votes(outgoing: Outgoing, question_id: int) -> Outgoing:
    """An answer with the two thumbs as its last row."""
    return replace(outgoing, buttons=(*outgoing.buttons, _thumbs(question_id, _UP, _DOWN)))


def vote_rows(
    question_id: int, votes: Sequence[Vote], words: Texts, *, private: bool
) -> tuple[tuple[Button, ...], ...]:
    """The thumbs, and the reasons for as long as a thumb down waits for its own.

    In private the person's own vote is ticked. A group's keyboard is everybody's, so it tells nobody's vote.
    """
    mine = votes[0] if private and votes else None
    up, down = _UP, _DOWN
    if mine is not None and mine.value is Value.UP:
        up = f"{_UP} {_MINE}"
    elif mine is not None:
        down = " ".join(part for part in (_DOWN, words(f"reason_{mine.reason}") if mine.reason else "", _MINE) if part)
    rows = [_thumbs(question_id, up, down)]
    if any(vote.value is Value.DOWN and vote.reason is None for vote in votes):
        reasons = [
            Button(words(f"reason_{reason}"), data=vote_data(Choice(question_id, Value.DOWN, reason)))
            for reason in Reason
        ]
        rows += [tuple(reasons[at : at + _REASONS_IN_A_ROW]) for at in range(0, len(reasons), _REASONS_IN_A_ROW)]
    return tuple(rows)


def _thumbs(question_id: int, up: str, down: str) -> tuple[Button, ...]:
    return (
        Button(up, data=vote_data(Choice(question_id, Value.UP))),
        Button(down, data=vote_data(Choice(question_id, Value.DOWN))),
    )
