"""The thumbs below an answer, and how they look once somebody has voted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.locales import Texts
from bot.state.votes import Reason, Value, Vote
from bot.telegram.rendering.answers import Button, Outgoing
from bot.telegram.updates.callback_data import VoteButton, VoteChoice

_UP, _DOWN, _MINE = "👍", "👎", "✓"
_REASONS_IN_A_ROW = 2


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
            Button(words(f"reason_{reason}"), data=VoteButton(question_id, VoteChoice.for_reason(reason)).pack())
            for reason in Reason
        ]
        rows += [tuple(reasons[at : at + _REASONS_IN_A_ROW]) for at in range(0, len(reasons), _REASONS_IN_A_ROW)]
    return tuple(rows)


def _thumbs(question_id: int, up: str, down: str) -> tuple[Button, ...]:
    return (
        Button(up, data=VoteButton(question_id, VoteChoice.UP).pack()),
        Button(down, data=VoteButton(question_id, VoteChoice.DOWN).pack()),
    )
