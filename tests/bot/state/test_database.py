"""What survives a restart, in a real SQLite file."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.insights.resolved_gaps import GapsDone
from bot.model import Answer, Asker, Status, Surface
from bot.state.chats import Chats, Mode
from bot.state.database import StateUnavailable, Trouble, open_state, reading, sound
from bot.state.migrations import MIGRATIONS, migrate
from bot.state.operator_menus import OperatorMenus
from bot.state.question_log import QuestionLog
from bot.state.sent_answers import KEPT, Answers, digest
from tests.support.open_files import open_files


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_state(tmp_path)
    yield connection
    connection.close()


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_file_is_made_in_wal_mode_with_every_step_recorded(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA synchronous").fetchone() == (1,)  # NORMAL: no statement waits for the disk
    names = [name for (name,) in database.execute("SELECT name FROM migrations ORDER BY name")]
    assert names == [step.__name__ for step in MIGRATIONS]


def test_a_new_file_has_a_table_for_everything_that_is_kept(database: sqlite3.Connection) -> None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    kept = "chats answers questions votes drafts operator_menus gaps_done curated curated_edits uploads journal"
    assert tables >= set(kept.split())


def test_a_sound_file_tells_the_steps_that_it_has_seen(database: sqlite3.Connection) -> None:
    assert sound(database) == tuple(sorted(step.__name__ for step in MIGRATIONS))
    with closing(sqlite3.connect(":memory:")) as fresh:
        assert sound(fresh) == ()


@pytest.mark.parametrize("table", ["questions", "votes", "suggestions"])
def test_what_a_person_left_is_found_by_an_index(database: sqlite3.Connection, table: str) -> None:
    plan = database.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE user_id = 1").fetchall()
    assert f"SEARCH {table} USING INDEX {table}_by_user" in plan[0][-1]


@pytest.mark.parametrize(("table", "when"), [("answers", "answered"), ("questions", "asked"), ("votes", "voted")])
def test_what_is_too_old_is_found_by_an_index(database: sqlite3.Connection, table: str, when: str) -> None:
    plan = database.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {when} < 1").fetchall()
    assert f"SEARCH {table} USING INDEX {table}_by_age" in plan[0][-1]


def test_what_is_wrong_stays_known_when_it_is_told_again() -> None:
    full = sqlite3.OperationalError("full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert Trouble.of(full) is Trouble.FULL
    assert Trouble.of(StateUnavailable(Path("state.db"), full)) is Trouble.FULL
    assert Trouble.of(OSError(errno.ENOSPC, "full")) is Trouble.FULL
    assert Trouble.of(OSError(errno.EACCES, "forbidden")) is Trouble.OTHER


def test_a_step_runs_once(database: sqlite3.Connection) -> None:
    def m900_more(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE more (x)")

    assert migrate(database, (*MIGRATIONS, m900_more)) == ["m900_more"]
    assert migrate(database, (*MIGRATIONS, m900_more)) == []


def test_a_step_that_fails_leaves_nothing(database: sqlite3.Connection) -> None:
    def m900_bad(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        connection.execute("nonsense")

    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        migrate(database, (m900_bad,))
    assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)


def test_a_file_that_is_no_database_is_named_and_not_held(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StateUnavailable, match=r"state\.db 用不了.*siyu restore"):
        open_state(tmp_path)
    assert open_files(tmp_path) == set()


def test_a_directory_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    open_state(tmp_path / "new" / "newer").close()
    assert (tmp_path / "new" / "newer" / "state.db").is_file()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StateUnavailable, match="检查磁盘空间和权限"):
        open_state(tmp_path / "file")


def test_a_mode_survives_a_restart(tmp_path: Path) -> None:
    first = open_state(tmp_path)
    chats = Chats(first)
    assert chats.mode(-1) is Mode.ADDRESSED
    chats.set_mode(-1, Mode.COMMAND)
    assert chats.mode(-1) is Mode.COMMAND
    first.close()
    second = open_state(tmp_path)
    assert Chats(second).mode(-1) is Mode.COMMAND
    second.close()


def test_a_mode_moves_with_its_chat(database: sqlite3.Connection) -> None:
    chats = Chats(database)
    chats.set_mode(-1, Mode.COMMAND)
    for _ in range(2):
        chats.move(-1, -2)
    for known in (chats, Chats(database)):
        assert known.mode(-1) is Mode.ADDRESSED
        assert known.mode(-2) is Mode.COMMAND


def test_a_move_does_not_overrule_what_the_new_chat_chose(database: sqlite3.Connection) -> None:
    chats = Chats(database)
    chats.set_mode(-1, Mode.COMMAND)
    chats.set_mode(-2, Mode.ADDRESSED)
    chats.move(-1, -2)
    for known in (chats, Chats(database)):
        assert known.mode(-1) is Mode.ADDRESSED
        assert known.mode(-2) is Mode.ADDRESSED


def test_a_mode_of_a_later_version_is_the_default(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO chats VALUES (-1, 'telepathic')")
    assert Chats(database).mode(-1) is Mode.ADDRESSED


def test_an_answer_is_found_by_chat_and_question(database: sqlite3.Connection) -> None:
    answers = Answers(database)
    answers.record(-1, 5, "问题", [6, 7])
    found = answers.find(-1, 5)
    assert found is not None
    assert found.messages == (6, 7)
    assert found.digest == digest("问题") != digest("问题？")
    assert answers.find(-2, 5) is None
    assert answers.find(-1, 6) is None
    answers.record(-1, 5, "别的", [6])
    assert (found := answers.find(-1, 5)) is not None
    assert found.messages == (6,)


def test_an_answer_is_forgotten_in_time_and_with_its_chat(database: sqlite3.Connection) -> None:
    clock = _Clock()
    answers = Answers(database, clock=clock)
    answers.record(-1, 1, "一", [2])
    clock.now += KEPT + 1
    assert answers.find(-1, 1) is None
    answers.record(-1, 3, "二", [4])
    answers.record(-2, 3, "二", [4])
    assert database.execute("SELECT count(*) FROM answers").fetchone() == (2,)
    answers.forget(-1)
    assert answers.find(-1, 3) is None
    assert answers.find(-2, 3) is not None


def test_each_message_of_an_answer_leads_to_its_question(database: sqlite3.Connection) -> None:
    answers = Answers(database)
    answers.record(-1, 5, "问题", [16, 17])
    assert [answers.question_of(-1, message) for message in (16, 17, 1, 6, 7)] == [5, 5, None, None, None]
    assert answers.question_of(-2, 16) is None


def test_of_a_person_no_answer_is_known_wherever_they_asked(database: sqlite3.Connection) -> None:
    log, answers = QuestionLog(database), Answers(database)
    answer = Answer("问", Status.REFUSED, "zh", 0.1, (), (), (), (), "g", 1.0)
    for chat, user, message in ((7, 7, 1), (-1, 7, 2), (-1, 8, 3)):
        log.record(Asker(chat, None, user, message, Surface.GROUP), answer)
        answers.record(chat, message, "问", [message + 10])
    answers.forget_user(7)
    found = [answers.find(chat, message) is not None for chat, message in ((7, 1), (-1, 2), (-1, 3))]
    assert found == [False, False, True]


def test_the_question_itself_is_not_kept(database: sqlite3.Connection, tmp_path: Path) -> None:
    Answers(database).record(-1, 1, "my secret question", [2])
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"secret" not in (tmp_path / "state.db").read_bytes()


def test_trouble_with_the_file_does_not_reach_the_asker(database: sqlite3.Connection) -> None:
    answers = Answers(database)
    database.execute("DROP TABLE answers")
    answers.record(-1, 1, "一", [2])
    assert answers.find(-1, 1) is None
    assert answers.question_of(-1, 2) is None
    answers.forget(-1)
    answers.forget_user(7)


def test_what_is_dealt_with_is_kept_as_long_as_its_question(database: sqlite3.Connection) -> None:
    clock = _Clock()
    log = QuestionLog(database, clock=clock)
    answer = Answer("问", Status.REFUSED, "zh", 0.1, (), (), (), (), "g", 1.0)
    numbers = [log.record(Asker(1, None, user, None, Surface.PRIVATE), answer) for user in (1, 2)]
    done = GapsDone(database, clock=clock)
    done.mark([number for number in numbers if number])
    assert dict(done.all()) == dict.fromkeys(numbers, clock.now)
    log.forget_user(1)
    done.mark([])
    assert list(done.all()) == numbers[1:]


def test_the_holders_of_the_operators_menu_are_remembered(tmp_path: Path) -> None:
    first = open_state(tmp_path)
    menus = OperatorMenus(first)
    for user in (5, 5, 6):
        menus.add(user)
    menus.remove(6)
    first.close()
    menus.add(7)  # a broken file costs the note only
    assert menus.holders() == frozenset()
    second = open_state(tmp_path)
    assert OperatorMenus(second).holders() == {5}
    second.close()


def test_a_second_connection_reads_and_cannot_write(tmp_path: Path) -> None:
    first = open_state(tmp_path)
    Chats(first).set_mode(-1, Mode.COMMAND)
    with reading(tmp_path) as second:
        assert Chats(second).mode(-1) is Mode.COMMAND
    with pytest.raises(StateUnavailable), reading(tmp_path) as second:
        Chats(second).set_mode(-1, Mode.ADDRESSED)
    first.close()
