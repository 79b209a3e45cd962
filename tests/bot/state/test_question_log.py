"""What is kept of questions, for how long, and that it can be deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import Answer, Asker, Citation, Status, Surface
from bot.state.database import open_state
from bot.state.question_log import QuestionLog

ANN, BOB = 11, 12
DAY = 86_400.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_state(tmp_path)
    yield connection
    connection.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def asker(user: int = ANN, chat: int = 5) -> Asker:
    return Asker(chat, None, user, 77, Surface.PRIVATE)


def answer(question: str = "加微率怎么算", status: Status = Status.ANSWERED) -> Answer:
    cited = Citation(1, "a.md", "甲", "", None, None, None, "00ff", 1.0)
    return Answer(question, status, "zh", 0.9, (), (cited,), (), (), "g1", 12.5)


def test_a_question_comes_back_as_it_was_kept(database: sqlite3.Connection) -> None:
    log = QuestionLog(database, clock=Clock())
    number = log.record(asker(), answer())
    assert number is not None
    kept = log.find(number)
    assert kept is not None
    assert (kept.question, kept.status, kept.surface) == ("加微率怎么算", Status.ANSWERED, Surface.PRIVATE)
    assert (kept.chat, kept.user, kept.message, kept.passages, kept.asked) == (5, ANN, 77, ("00ff",), 1_000_000.0)
    assert log.find(number + 1) is None


def test_a_message_has_asked_what_it_says_by_now(database: sqlite3.Connection) -> None:
    log = QuestionLog(database)
    for wording in ("加微率", "加微率怎么算"):
        log.record(asker(), answer(wording))
    log.record(asker(chat=6), answer("别的"))
    kept = log.at(5, 77)
    assert kept is not None
    assert kept.question == "加微率怎么算"
    assert log.at(5, 78) is log.at(7, 77) is None


def test_what_is_cited_without_a_passage_leaves_no_trace(database: sqlite3.Connection) -> None:
    log = QuestionLog(database)
    cited = [
        Citation(number, "a.md", "甲", "", None, None, None, passage, 1.0) for number, passage in ((1, "00ff"), (2, ""))
    ]
    number = log.record(asker(), replace(answer(), sources=tuple(cited)))
    assert number is not None
    kept = log.find(number)
    assert kept is not None
    assert kept.passages == ("00ff",)


def test_half_a_year_is_kept_unless_it_is_said_otherwise(database: sqlite3.Connection) -> None:
    clock = Clock()
    log = QuestionLog(database, clock=clock)
    log.record(asker(), answer())
    clock.now += 180 * DAY
    log.prune()
    assert len(log.since(0)) == 1
    clock.now += 1
    log.prune()
    assert log.since(0) == ()


def test_small_talk_is_not_kept_and_zero_days_keep_nothing(database: sqlite3.Connection) -> None:
    assert QuestionLog(database).record(asker(), answer(status=Status.SMALLTALK)) is None
    assert QuestionLog(database, keep_days=0).record(asker(), answer()) is None
    assert QuestionLog(database).since(0) == ()


def test_what_is_too_old_goes_and_its_number_is_never_used_again(database: sqlite3.Connection) -> None:
    clock = Clock()
    log = QuestionLog(database, keep_days=2, clock=clock)
    first = log.record(asker(), answer())
    clock.now += 3 * DAY
    second = log.record(asker(), answer())
    assert first is not None
    assert second is not None
    assert log.find(first) is None
    assert second > first
    assert [kept.id for kept in log.since(clock.now)] == [second]


def test_a_person_is_forgotten_and_nobody_else(database: sqlite3.Connection) -> None:
    log = QuestionLog(database)
    log.record(asker(ANN), answer())
    log.record(asker(BOB), answer())
    assert log.forget_user(ANN) == 1
    assert log.of_user(ANN) == ()
    assert len(log.of_user(BOB)) == 1


def test_questions_follow_their_group(database: sqlite3.Connection) -> None:
    log = QuestionLog(database)
    log.record(asker(chat=-5), answer())
    log.move(-5, -1005)
    assert [kept.chat for kept in log.since(0)] == [-1005]


def test_a_broken_file_costs_the_record_only(tmp_path: Path) -> None:
    database = open_state(tmp_path)
    log = QuestionLog(database)
    database.close()
    assert log.record(asker(), answer()) is None
    log.move(5, 6)
    log.prune()


def test_pruning_drops_what_is_too_old_and_everything_when_nothing_is_kept(database: sqlite3.Connection) -> None:
    clock = Clock()
    log = QuestionLog(database, keep_days=2, clock=clock)
    log.record(asker(), answer("old"))
    clock.now += 1.5 * DAY
    log.record(asker(), answer("new"))
    clock.now += DAY
    log.prune()
    assert [kept.question for kept in log.since(0)] == ["new"]
    QuestionLog(database, keep_days=0, clock=clock).prune()
    assert log.since(0) == ()
