"""The file of records under a bot that runs: damaged, deleted, exchanged, locked; what can be kept is kept."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.answering.curated.store import Author, CuratedAnswers, CuratedFile, CuratedText
from bot.model import Answer, Asker, Status, Surface
from bot.state.chats import Chats, Mode
from bot.state.database import StateUnavailable, Trouble, open_state
from bot.state.question_log import QuestionLog
from bot.state.self_healing import BeingRepaired, Incident, StateEvent, StateFile
from bot.state.votes import Value, Votes
from tests.support.open_files import open_files

PAGE = 4096
QUESTIONS = 300


def ask(log: QuestionLog, number: int = 0) -> int | None:
    asker = Asker(7, None, 7, number, Surface.PRIVATE)
    answer = Answer(f"第{number}个问题" * 10, Status.REFUSED, "zh", 0.1, (), (), (), (), "g1", 12.5)
    return log.record(asker, answer)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory whose `state.db` has something in every table that matters; all of it is in the file."""
    with closing(open_state(tmp_path)) as state:
        Chats(state).set_mode(-5, Mode.AUTO)
        content = CuratedText("几点开门？", "九点开门。", "zh")
        CuratedAnswers(state).add(content, Author(1, "Olga"))
        log, votes = QuestionLog(state), Votes(state)
        for number in range(QUESTIONS):
            asked = ask(log, number)
            assert asked is not None
            votes.cast(asked, 7, Value.UP)
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return tmp_path


def heard(state: StateFile) -> list[Incident]:
    news: list[Incident] = []
    state.listen(news.append)
    return news


def heard_soon(state: StateFile) -> tuple[list[Incident], asyncio.Event]:
    news, told = list[Incident](), asyncio.Event()

    def hear(incident: Incident) -> None:
        news.append(incident)
        told.set()

    state.listen(hear)
    return news, told


def page_of(file: Path, table: str) -> int:
    """The number of a leaf page of a table, from the middle."""
    with closing(sqlite3.connect(file)) as state:
        (root,) = state.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    data = file.read_bytes()
    start = (root - 1) * PAGE
    assert data[start] in {2, 5}, "the table has more than one page"
    count = int.from_bytes(data[start + 3 : start + 5])
    cell = int.from_bytes(data[start + 12 + 2 * (count // 2) :][:2])
    return int.from_bytes(data[start + cell : start + cell + 4])


def overwrite(file: Path, page: int) -> None:
    with file.open("r+b") as stream:
        stream.seek((page - 1) * PAGE)
        stream.write(b"\xa5" * PAGE)


def test_a_damaged_page_costs_only_what_stood_on_it(home: Path) -> None:
    file = home / "state.db"
    overwrite(file, page_of(file, "questions"))
    before = file.read_bytes()
    with closing(StateFile(home)) as state:
        (news,) = heard(state)
        assert (news.what, news.trouble) == (StateEvent.REPLACED, Trouble.DAMAGED)
        assert news.salvage is not None
        assert not news.salvage.whole
        assert (home / news.aside).read_bytes() == before
        kept = QuestionLog(state).of_user(7)
        assert QUESTIONS * 0.85 < len(kept) < QUESTIONS
        assert kept[0].message == 0
        assert kept[-1].message == QUESTIONS - 1
        assert Chats(state).mode(-5) is Mode.AUTO
        assert [a.content.text for a in CuratedAnswers(state).active()] == ["九点开门。"]
        assert len(Votes(state).of_user(7)) == QUESTIONS
        assert ask(QuestionLog(state)) == QUESTIONS + 1
    with closing(StateFile(home)) as again:
        assert heard(again) == []
    assert sorted(path.name for path in home.iterdir()) == ["state.db", news.aside]


def test_a_damaged_page_of_a_table_without_row_numbers_costs_only_what_stood_on_it(home: Path) -> None:
    with closing(open_state(home)) as state:
        for number in range(1, QUESTIONS + 1):
            for user in (8, 9, 10):
                Votes(state).cast(number, user, Value.DOWN)
        state.execute("DELETE FROM questions WHERE id = ?", (QUESTIONS,))
    overwrite(home / "state.db", page_of(home / "state.db", "votes"))
    with closing(StateFile(home)) as state:
        (news,) = heard(state)
        assert news.salvage is not None
        assert not news.salvage.whole
        kept = [vote.question_id for vote in Votes(state).since(0)]
        assert QUESTIONS * 2 < len(kept) < (QUESTIONS - 1) * 4
        assert (min(kept), max(kept)) == (1, QUESTIONS - 1)
        assert len(QuestionLog(state).of_user(7)) == QUESTIONS - 1
        assert news.salvage.rows == len(kept) + QUESTIONS - 1 + 2  # a chat and a curated answer
        assert ask(QuestionLog(state)) == QUESTIONS + 1  # not the number of the deleted one


def test_a_log_that_another_reader_holds_is_kept_beside_the_damaged_file(home: Path) -> None:
    with closing(StateFile(home)) as state, closing(sqlite3.connect(home / "state.db")) as reader:
        news, log = heard(state), home / "state.db-wal"
        ask(QuestionLog(state), QUESTIONS)
        assert reader.execute("SELECT count(*) FROM questions").fetchone() == (QUESTIONS + 1,)
        written = log.read_bytes()
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", page_of(home / "state.db", "questions"))
        with pytest.raises(sqlite3.Error):
            QuestionLog(state).of_user(7)
        assert QuestionLog(state).of_user(7)[-1].message == QUESTIONS
        (incident,) = news
        assert (home / f"{incident.aside}-wal").read_bytes() == written


def test_a_repair_that_was_killed_leaves_nothing_in_the_next(home: Path) -> None:
    half = home / ".state-salvage"
    with closing(open_state(half)) as state:
        ask(QuestionLog(state), -1)
    overwrite(home / "state.db", page_of(home / "state.db", "votes"))
    with closing(StateFile(home)) as state:
        assert len(QuestionLog(state).of_user(7)) == QUESTIONS
    assert not half.exists()


def test_where_a_file_cannot_have_two_names_it_is_kept_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    overwrite(home / "state.db", page_of(home / "state.db", "votes"))
    damaged = (home / "state.db").read_bytes()
    with closing(StateFile(home)) as state:
        (news,) = heard(state)
        assert len(QuestionLog(state).of_user(7)) == QUESTIONS
    assert (home / news.aside).read_bytes() == damaged


def test_a_damaged_index_costs_nothing(home: Path) -> None:
    file = home / "state.db"
    with closing(sqlite3.connect(file)) as state:
        statement = "SELECT rootpage FROM sqlite_master WHERE name = 'questions_by_age'"
        (root,) = state.execute(statement).fetchone()
    overwrite(file, root)
    with closing(StateFile(home)) as state:
        (news,) = heard(state)
        assert news.salvage is not None
        assert news.salvage.whole
        assert len(QuestionLog(state).of_user(7)) == QUESTIONS


@pytest.mark.parametrize("damage", [lambda file: overwrite(file, 1), lambda file: file.write_bytes(b"text" * 5000)])
def test_where_nothing_can_be_read_a_new_file_begins_with_numbers_no_button_carries(
    home: Path, damage: Callable[[Path], object]
) -> None:
    damage(home / "state.db")
    with closing(StateFile(home)) as state:
        (news,) = heard(state)
        assert news.salvage is not None
        assert (news.salvage.rows, news.salvage.whole) == (0, False)
        number = ask(QuestionLog(state))
        assert number is not None
        assert QUESTIONS < number < 10**9  # as many digits as a button's pattern has
    assert (home / news.aside).is_file()


def test_a_cut_file_is_replaced_and_a_cut_log_costs_only_its_end(home: Path) -> None:
    file = home / "state.db"
    with closing(open_state(home)) as other:
        ask(QuestionLog(other), QUESTIONS)
        for name in ("state.db", "state.db-wal"):
            (home / f"copy-{name}").write_bytes((home / name).read_bytes())
    for name in ("state.db", "state.db-wal"):
        (home / f"copy-{name}").replace(home / name)
    log = home / "state.db-wal"
    log.write_bytes(log.read_bytes()[:-100])
    with closing(StateFile(home)) as state:
        assert heard(state) == []
        assert len(QuestionLog(state).of_user(7)) == QUESTIONS
    file.write_bytes(file.read_bytes()[: -10 * PAGE])
    with closing(StateFile(home)) as state:
        (news,) = heard(state)
        assert news.what is StateEvent.REPLACED
        assert Chats(state).mode(-5) is Mode.AUTO


def test_damage_met_while_running_is_mended(home: Path) -> None:
    with closing(StateFile(home)) as state:
        news = heard(state)
        log = QuestionLog(state)
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", page_of(home / "state.db", "questions"))
        with pytest.raises(sqlite3.Error):
            log.of_user(7)
        assert [incident.what for incident in news] == [StateEvent.REPLACED]
        assert QUESTIONS * 0.85 < len(log.of_user(7)) < QUESTIONS
        overwrite(home / "state.db", 1)
        state.execute("PRAGMA cache_size = 0")
        assert ask(log) is not None
        assert [incident.what for incident in news] == [StateEvent.REPLACED] * 2
        assert open_files(home) == {"state.db", "state.db-wal", "state.db-shm"}  # of the file of now, not of those kept


def test_an_error_that_comes_with_the_rows_is_no_damage(home: Path) -> None:
    with closing(StateFile(home)) as state:
        news = heard(state)
        rows = state.execute("SELECT abs(column1) FROM (VALUES (1), (-9223372036854775808))")
        with pytest.raises(sqlite3.OperationalError, match="overflow"):
            rows.fetchall()
        assert news == []
        assert len(QuestionLog(state).of_user(7)) == QUESTIONS


def test_what_cannot_be_mended_is_told_with_its_reason_and_tried_again(home: Path) -> None:
    """Here a file lies where the new one would be made."""
    with closing(StateFile(home)) as state:
        news = heard(state)
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", 1)
        (home / ".state-salvage").write_bytes(b"")
        for _ in range(2):
            assert ask(QuestionLog(state)) is None
        assert [(i.what, i.trouble) for i in news] == [(StateEvent.UNWRITABLE, Trouble.DAMAGED)]
        assert state.trouble == news[0]
        (home / ".state-salvage").unlink()
        assert ask(QuestionLog(state)) is not None
        assert [i.what for i in news] == [StateEvent.UNWRITABLE, StateEvent.REPLACED, StateEvent.WELL]
        assert state.trouble is None


def test_many_rows_are_written_even_into_a_file_that_has_to_be_replaced_first(home: Path) -> None:
    with closing(StateFile(home)) as state:
        news = heard(state)
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", 1)
        written = state.executemany("INSERT INTO chats VALUES (?, 'auto')", ((-number,) for number in range(10, 13)))
        assert written.rowcount == 3
        assert [i.what for i in news] == [StateEvent.REPLACED]
        assert [Chats(state).mode(-number) for number in range(10, 13)] == [Mode.AUTO] * 3


def delete(home: Path) -> None:
    for file in home.iterdir():
        file.unlink()


def test_a_deleted_file_is_written_back_whole(home: Path) -> None:
    with closing(StateFile(home)) as state:
        news = heard(state)
        log = QuestionLog(state)
        ask(log, QUESTIONS)
        delete(home)
        assert ask(log, QUESTIONS + 1) == QUESTIONS + 2
        assert news == [Incident(StateEvent.LOST)]
        with closing(open_state(home)) as other:
            assert len(QuestionLog(other).of_user(7)) == QUESTIONS + 2
            assert Chats(other).mode(-5) is Mode.AUTO
    assert [file.name for file in home.iterdir()] == ["state.db"]


def test_a_file_deleted_during_a_transaction_is_written_back_after_it(home: Path) -> None:
    with closing(StateFile(home)) as state:
        news = heard(state)
        state.execute("BEGIN IMMEDIATE")
        state.execute("INSERT INTO chats VALUES (-9, 'auto')")
        delete(home)
        state.execute("INSERT INTO chats VALUES (-10, 'auto')")
        state.execute("COMMIT")
        assert news == []
        assert [Chats(state).mode(chat) for chat in (-5, -9, -10)] == [Mode.AUTO] * 3
        assert [i.what for i in news] == [StateEvent.LOST]
    with closing(open_state(home)) as other:
        assert Chats(other).mode(-10) is Mode.AUTO


def test_where_the_directory_is_gone_as_well_it_is_told_once_and_looked_for_now_and_then(home: Path) -> None:
    gone = home.with_name("gone")
    with closing(StateFile(home)) as state:
        news, log = heard(state), QuestionLog(state)
        home.rename(gone)
        for number in range(3):
            assert ask(log, number) is not None  # the process still holds the file
        home.mkdir()
        assert ask(log, 3) is not None
        assert [i.what for i in news] == [StateEvent.UNWRITABLE]
        assert list(home.iterdir()) == []
        home.rmdir()
        gone.rename(home)
        assert ask(log, 4) == QUESTIONS + 5
        assert [i.what for i in news] == [StateEvent.UNWRITABLE, StateEvent.WELL]


def test_a_file_deleted_last_of_all_is_written_back_at_the_end(home: Path) -> None:
    state = StateFile(home)
    (home / "state.db").unlink()
    state.close()
    with closing(open_state(home)) as other:
        assert len(QuestionLog(other).of_user(7)) == QUESTIONS


def test_an_exchanged_file_is_used_and_what_was_there_stays(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with closing(open_state(elsewhere)) as other:
        Chats(other).set_mode(-6, Mode.COMMAND)
    with closing(StateFile(home)) as state:
        news = heard(state)
        (elsewhere / "state.db").replace(home / "state.db")
        ask(QuestionLog(state))
        assert len(QuestionLog(state).of_user(7)) == 1
        assert Chats(state).mode(-6) is Mode.COMMAND
    (incident,) = news
    assert incident.what is StateEvent.EXCHANGED
    with closing(sqlite3.connect(home / incident.aside)) as kept:
        assert kept.execute("SELECT count(*) FROM questions").fetchone() == (QUESTIONS,)


def test_a_lock_is_waited_for_once_told_once_and_its_end_told(home: Path) -> None:
    with closing(StateFile(home)) as state, closing(sqlite3.connect(home / "state.db")) as other:
        news, log = heard(state), QuestionLog(state)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert ask(log) is None
        assert 1.5 < time.monotonic() - began < 10  # at the start it would have been 20
        began = time.monotonic()
        assert [ask(log) for _ in range(5)] == [None] * 5
        assert time.monotonic() - began < 1.4  # any that waited would take longer
        assert len(log.of_user(7)) == QUESTIONS  # what can be read has not become writable
        assert [(i.what, i.trouble) for i in news] == [(StateEvent.UNWRITABLE, Trouble.LOCKED)]
        other.execute("ROLLBACK")
        assert ask(log) == QUESTIONS + 1
        assert [i.what for i in news] == [StateEvent.UNWRITABLE, StateEvent.WELL]
        assert state.trouble is None
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert ask(log) is None
        assert time.monotonic() - began > 1.5


def test_a_lock_at_the_start_is_named_as_such(home: Path) -> None:
    with closing(sqlite3.connect(home / "state.db")) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateUnavailable, match="别的程序占着它"):
            StateFile(home, patience=0.1)


def test_a_file_of_a_transaction_that_breaks_is_mended_without_half_of_it(home: Path) -> None:
    with closing(StateFile(home)) as state:
        news = heard(state)
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", page_of(home / "state.db", "questions"))
        state.execute("BEGIN IMMEDIATE")
        state.execute("INSERT INTO chats VALUES (-9, 'auto')")
        with pytest.raises(sqlite3.Error):
            state.execute("SELECT count(*) FROM questions WHERE question <> ''").fetchone()
        assert [i.what for i in news] == [StateEvent.REPLACED]
        assert Chats(state).mode(-9) is Mode.ADDRESSED


def test_a_curated_answer_that_cannot_be_read_does_not_silence_the_others(home: Path) -> None:
    with closing(open_state(home)) as state:
        CuratedAnswers(state).add(CuratedText("能退吗？", "七天内能退。", "zh"), Author(1, "Olga"))
        state.execute("UPDATE curated SET alternatives = '[' WHERE question = '几点开门？'")
    file = CuratedFile(home)
    assert [curated.content.text for curated in file.active()] == ["七天内能退。"]
    (home / "state.db").write_bytes(b"no database" * 1000)
    assert [curated.content.text for curated in file.active()] == ["七天内能退。"]


async def test_a_large_damaged_file_is_mended_beside_the_event_loop(home: Path) -> None:
    with closing(StateFile(home, awaited=0.0)) as state:
        news, told, log = *heard_soon(state), QuestionLog(state)
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", page_of(home / "state.db", "questions"))
        with pytest.raises(sqlite3.Error):
            log.of_user(7)
        assert news == []
        with pytest.raises(BeingRepaired):
            log.of_user(7)
        assert ask(log) is None
        await asyncio.wait_for(told.wait(), 60)
        assert [incident.what for incident in news] == [StateEvent.REPLACED]
        assert QUESTIONS * 0.85 < len(log.of_user(7)) < QUESTIONS
        assert ask(log) is not None


async def test_a_statement_that_meets_the_damage_itself_fails_until_the_repair_is_done(home: Path) -> None:
    with closing(StateFile(home, awaited=0.0)) as state:
        news, told = heard_soon(state)
        state.execute("PRAGMA cache_size = 0")
        overwrite(home / "state.db", 1)
        with pytest.raises(sqlite3.DatabaseError, match=r"not a database|malformed"):
            state.execute("INSERT INTO chats VALUES (-9, 'auto')")
        with pytest.raises(BeingRepaired, match="being repaired"):
            state.execute("SELECT 1")
        await asyncio.wait_for(told.wait(), 60)
        assert [incident.what for incident in news] == [StateEvent.REPLACED]
        state.execute("INSERT INTO chats VALUES (-9, 'auto')")


async def test_what_was_deleted_leaves_the_log_as_well(tmp_path: Path) -> None:
    log = tmp_path / "state.db-wal"
    with closing(StateFile(tmp_path)) as state:
        state.execute("INSERT INTO suggestions (made, user_id, name, text, state) VALUES (0, 7, '', 'my secret', '')")
        assert b"my secret" in log.read_bytes()
        state.execute("DELETE FROM suggestions")
        await state.empty_log()
        assert b"my secret" not in log.read_bytes() + log.with_name("state.db").read_bytes()


async def test_a_large_deleted_file_is_written_back_beside_the_event_loop(home: Path) -> None:
    with closing(StateFile(home, awaited=0.0)) as state:
        news, told, log = *heard_soon(state), QuestionLog(state)
        delete(home)
        assert ask(log) is None
        await asyncio.wait_for(told.wait(), 60)
        assert [incident.what for incident in news] == [StateEvent.LOST]
        assert ask(log) == QUESTIONS + 1
        with closing(open_state(home)) as other:
            assert len(QuestionLog(other).of_user(7)) == QUESTIONS + 1


async def test_the_end_waits_for_a_repair(home: Path) -> None:
    state = StateFile(home, awaited=0.0)
    (home / "state.db").unlink()
    assert ask(QuestionLog(state)) is None
    state.close()
    with closing(open_state(home)) as other:
        assert len(QuestionLog(other).of_user(7)) == QUESTIONS
