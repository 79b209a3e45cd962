"""The journal in a real SQLite file: what a restart finds after a crash in each stage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.operations.backup import back_up
from bot.state.database import open_state
from bot.state.journal import KEPT, MOST_TRIES, AwaitedAnswer, Journal, JournalStage, empty_journal
from bot.state.migrations import MIGRATIONS, migrate

BOT = 1
ASKING = AwaitedAnswer(7, -1, 3, 5, "zh", idempotent=True, notify_by_message=True)
ONCE = AwaitedAnswer(7, -1, None, 5, "zh", idempotent=False)


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_state(tmp_path)
    yield connection
    connection.close()


def _stage(database: sqlite3.Connection, update: int = 1) -> str:
    (stage,) = database.execute("SELECT stage FROM journal WHERE update_id = ?", (update,)).fetchone()
    return str(stage)


def _crash(database: sqlite3.Connection) -> Journal:
    """What the next process makes of it, before it has started."""
    return Journal(database, BOT)


def test_what_was_not_sent_yet_is_worked_again(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT, clock=_Clock())
    for update in (2, 1):
        journal.receive(update, ASKING, f"raw {update}")
    entries = _crash(database).resume()
    assert [(entry.update, entry.raw, entry.asking) for entry in entries] == [
        (2, "raw 2", ASKING),
        (1, "raw 1", ASKING),
    ]


def test_what_was_on_its_way_is_owed_a_word_and_its_text_is_gone(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "raw")
    journal.begin(1)
    journal.request_started(1)
    after = _crash(database)
    assert after.resume() == ()
    (due,) = after.notices_due()
    assert (due.update, due.stage, due.raw, due.asking) == (1, JournalStage.NOTICE_DUE, None, ASKING)


def test_the_word_is_said_once_and_then_only_signed(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "raw")
    journal.request_started(1)
    journal.notify_later(1)
    assert _stage(database) == "owed"
    journal.request_started(1)
    assert _stage(database) == "telling"
    after = _crash(database)
    after.resume()
    assert [entry.stage for entry in after.notices_due()] == [JournalStage.REACTION_DUE]
    after.settle(1)
    assert after.notices_due() == ()
    assert _crash(database).resume() == ()


def test_a_refused_message_leaves_things_as_they_were(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "raw")
    journal.receive(2, ONCE, "raw")
    for update, before in ((1, "received"), (2, "sending")):
        journal.begin(update)
        assert _stage(database, update) == before
        journal.request_started(update)
        assert _stage(database, update) == "sending"
        journal.returned(update)
        assert _stage(database, update) == before
        journal.notify_later(update)
        journal.request_started(update)
        journal.returned(update)
        assert _stage(database, update) == "owed"


def test_what_must_not_be_done_twice_is_worked_again_only_if_it_had_not_begun(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    for update in (1, 2):
        journal.receive(update, ONCE, "raw")
    journal.begin(1)
    after = _crash(database)
    assert [entry.update for entry in after.resume()] == [2]
    assert [entry.update for entry in after.notices_due()] == [1]


def test_of_the_finished_only_the_number_stays(database: sqlite3.Connection, tmp_path: Path) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "my secret question")
    journal.request_started(1)
    journal.finish(1)
    journal.finish(1)
    journal.note(2)
    columns = "stage, user_id, chat_id, topic_id, message_id, language, raw"
    assert database.execute(f"SELECT {columns} FROM journal").fetchall() == [("done", *[None] * 6)] * 2
    assert not journal.holds(1)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"secret" not in (tmp_path / "state.db").read_bytes()
    after = _crash(database)
    assert after.known() == [1, 2]
    assert after.resume() == after.notices_due() == ()


def test_a_debt_is_not_finished_by_the_end_of_the_handling(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "raw")
    journal.request_started(1)
    journal.notify_later(1)
    journal.finish(1)
    assert [entry.update for entry in journal.notices_due()] == [1]
    assert journal.holds(1)
    journal.settle(1)
    assert not journal.holds(1)


def test_somebody_waits_from_the_arrival_on_and_after_a_restart_again(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    for update in (1, 2):
        journal.receive(update, ASKING, "raw")
    journal.notify_later(2)
    journal.note(3)
    after = _crash(database)
    assert not any(after.holds(update) for update in (1, 2, 3))
    after.resume()
    for held in (journal, after):
        assert [held.holds(update) for update in (1, 2, 3)] == [True, True, False]


def test_who_says_nothing_else_can_be_answered_again_and_told_by_message(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, AwaitedAnswer(7), "raw")
    journal.begin(1)
    (entry,) = _crash(database).resume()
    assert entry.asking == AwaitedAnswer(7, None, None, None, None, idempotent=True, notify_by_message=True)


def test_what_the_bot_dies_of_again_and_again_is_left_alone(database: sqlite3.Connection) -> None:
    Journal(database, BOT).receive(1, ASKING, "raw")
    for _ in range(MOST_TRIES - 1):
        assert len(_crash(database).resume()) == 1
    last = _crash(database)
    assert last.resume() == ()
    assert [entry.update for entry in last.notices_due()] == [1]


def _finished(journal: Journal, update: int) -> None:
    journal.receive(update, ASKING, "raw")
    journal.finish(update)


def _settled(journal: Journal, update: int) -> None:
    journal.receive(update, ASKING, "raw")
    journal.settle(update)


@pytest.mark.parametrize("end", [Journal.note, _finished, _settled])
def test_of_the_finished_the_latest_are_known_and_the_others_dropped_now_and_then(
    database: sqlite3.Connection, end: Callable[[Journal, int], None]
) -> None:
    journal = Journal(database, BOT, clock=_Clock())
    journal.receive(-1, ASKING, "raw")
    for update in range(2499):
        end(journal, update)
    assert journal.known() == [-1, *range(2499)]
    end(journal, 2499)
    assert journal.known() == [-1, *range(500, 2500)]


def test_the_numbers_of_updates_that_telegram_delivers_no_more_are_forgotten(database: sqlite3.Connection) -> None:
    clock = _Clock()
    journal = Journal(database, BOT, clock=clock)
    for update in range(3):
        journal.note(update)
    clock.now += KEPT - 10
    after = Journal(database, BOT, clock=clock)
    after.resume()
    assert after.known() == [0, 1, 2]
    clock.now += 10
    after.resume()
    assert after.known() == []


def test_a_person_is_forgotten_but_not_that_the_update_was_there(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "raw")
    journal.receive(2, AwaitedAnswer(8, 8, None, 1), "raw")
    journal.forget_user(7)
    assert (journal.holds(1), journal.holds(2)) == (False, True)
    assert database.execute("SELECT update_id FROM journal WHERE user_id = 7 OR chat_id = -1").fetchall() == []
    assert journal.known() == [1, 2]
    assert [entry.update for entry in _crash(database).resume()] == [2]


def test_two_bots_over_one_file_do_not_meet(database: sqlite3.Connection) -> None:
    mine, other = Journal(database, BOT), Journal(database, BOT + 1)
    for journal in (mine, other):
        journal.receive(1, ASKING, "raw")
    mine.request_started(1)
    assert [entry.stage for entry in Journal(database, BOT + 1).resume()] == [JournalStage.RECEIVED]
    mine.finish(1)
    other.forget_user(7)
    assert mine.known() == other.known() == [1]
    assert other.resume() == mine.resume() == ()


def test_trouble_with_the_file_reaches_nobody_who_asks(database: sqlite3.Connection) -> None:
    journal = Journal(database, BOT)
    journal.receive(1, ASKING, "raw")
    database.execute("DROP TABLE journal")
    journal.receive(2, ASKING, "raw")
    assert not journal.holds(2)
    journal.request_started(1)
    journal.finish(1)
    journal.note(3)
    assert journal.notices_due() == journal.resume() == ()
    assert journal.known() == []
    with pytest.raises(sqlite3.Error):
        journal.forget_user(7)


def test_a_backup_holds_nothing_that_would_be_answered_again(database: sqlite3.Connection, tmp_path: Path) -> None:
    Journal(database, BOT).receive(1, ASKING, "my secret question")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    copy = sqlite3.connect(tmp_path / "copy.db")
    database.backup(copy)
    assert b"secret" in (tmp_path / "copy.db").read_bytes()
    copy.execute("PRAGMA secure_delete = OFF")  # as some builds of SQLite have it by default
    empty_journal(copy)
    copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    assert copy.execute("SELECT * FROM journal").fetchall() == []
    copy.close()
    assert b"secret" not in (tmp_path / "copy.db").read_bytes()
    back_up(tmp_path, tmp_path / "uploads", tmp_path / "b.zip")
    assert [entry.update for entry in Journal(database, BOT).resume()] == [1]


@pytest.mark.parametrize("seen", range(len(MIGRATIONS)), ids=lambda seen: f"{seen} steps")
def test_a_state_of_every_earlier_version_gets_a_journal(tmp_path: Path, seen: int) -> None:
    earlier = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    migrate(earlier, MIGRATIONS[:seen])
    earlier.close()
    database = open_state(tmp_path)
    Journal(database, BOT).receive(1, ASKING, "raw")
    assert [entry.asking for entry in Journal(database, BOT).resume()] == [ASKING]
    database.close()
