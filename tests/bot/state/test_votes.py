"""Votes: one a person and question, and gone with the question."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.locales import texts
from bot.state.database import open_state
from bot.state.question_log import QuestionLog
from bot.state.votes import Reason, Value, Vote, Votes
from bot.telegram.rendering.answers import Outgoing
from bot.telegram.rendering.votes import vote_rows, with_votes
from bot.telegram.updates.callback_data import VoteChoice
from tests.bot.state.test_question_log import ANN, BOB, DAY, Clock, answer, asker

ZH = texts("zh")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_state(tmp_path)
    yield connection
    connection.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(database: sqlite3.Connection, clock: Clock) -> QuestionLog:
    return QuestionLog(database, keep_days=2, clock=clock)


@pytest.fixture
def votes(database: sqlite3.Connection, clock: Clock) -> Votes:
    return Votes(database, clock=clock)


@pytest.fixture
def question(log: QuestionLog) -> int:
    number = log.record(asker(), answer())
    assert number is not None
    return number


def test_a_later_vote_takes_the_place_of_an_earlier_one(votes: Votes, question: int, clock: Clock) -> None:
    assert votes.cast(question, ANN, Value.UP)
    clock.now += 5
    assert votes.cast(question, ANN, Value.DOWN, Reason.WRONG)
    assert votes.cast(question, BOB, Value.UP)
    assert votes.of_question(question) == (
        Vote(question, ANN, Value.DOWN, Reason.WRONG, clock.now),
        Vote(question, BOB, Value.UP, None, clock.now),
    )
    assert votes.since(clock.now) == votes.of_question(question)
    assert votes.since(clock.now + 1) == ()


def test_a_vote_can_be_taken_back_once(votes: Votes, question: int) -> None:
    votes.cast(question, ANN, Value.UP)
    assert votes.withdraw(question, ANN)
    assert not votes.withdraw(question, ANN)
    assert votes.of_question(question) == ()


def test_there_is_no_vote_on_what_was_never_asked(votes: Votes, question: int) -> None:
    assert not votes.cast(question + 1, ANN, Value.UP)
    assert votes.since(0) == ()


def test_votes_go_with_their_question(votes: Votes, log: QuestionLog, question: int, clock: Clock) -> None:
    votes.cast(question, BOB, Value.DOWN)
    clock.now += 3 * DAY
    later = log.record(asker(BOB), answer())  # which drops what is too old
    assert later is not None
    assert votes.since(0) == ()
    votes.cast(later, ANN, Value.UP)
    log.forget_user(BOB)
    assert votes.since(0) == ()


def test_a_person_is_forgotten_and_nobody_else(votes: Votes, question: int) -> None:
    votes.cast(question, ANN, Value.UP)
    votes.cast(question, BOB, Value.UP)
    assert votes.forget_user(ANN) == 1
    assert votes.of_user(ANN) == ()
    assert len(votes.of_user(BOB)) == 1


@pytest.mark.parametrize("reason", list(Reason))
def test_a_button_carries_its_choice(reason: Reason) -> None:
    choice = VoteChoice.for_reason(reason)
    assert (choice.vote, choice.reason) == (Value.DOWN, reason)
    for choice, value in ((VoteChoice.UP, Value.UP), (VoteChoice.DOWN, Value.DOWN)):
        assert (choice.vote, choice.reason) == (value, None)


def _labels(*votes: Vote, private: bool) -> list[list[str]]:
    return [[button.text for button in row] for row in vote_rows(1, votes, ZH, private=private)]


def _vote(value: Value, reason: Reason | None = None, user: int = ANN) -> Vote:
    return Vote(1, user, value, reason, 0.0)


def test_an_answer_without_votes_shows_two_thumbs() -> None:
    outgoing = with_votes(Outgoing(("text",)), 1)
    assert [[button.text for button in row] for row in outgoing.buttons] == _labels(private=True) == [["👍", "👎"]]


def test_in_private_the_vote_is_ticked_and_reasons_wait_below_a_thumb_down() -> None:
    assert _labels(_vote(Value.UP), private=True) == [["👍 ✓", "👎"]]
    open_reasons = [["👍", "👎 ✓"], ["错误", "过时"], ["答非所问", "不完整"]]
    assert _labels(_vote(Value.DOWN), private=True) == open_reasons
    assert _labels(_vote(Value.DOWN, Reason.OFF_TOPIC), private=True) == [["👍", "👎 答非所问 ✓"]]


def test_in_a_group_nobodys_vote_is_shown() -> None:
    assert _labels(_vote(Value.UP), private=False) == [["👍", "👎"]]
    both = (_vote(Value.DOWN, Reason.WRONG), _vote(Value.DOWN, user=BOB))
    assert _labels(*both, private=False) == [["👍", "👎"], ["错误", "过时"], ["答非所问", "不完整"]]
    assert _labels(both[0], private=False) == [["👍", "👎"]]
