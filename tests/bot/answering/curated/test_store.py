"""Curated answers in a real SQLite file."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.curated.store import Author, CuratedAnswers, CuratedFile, CuratedText
from bot.state.database import open_state

OLGA, OTTO = Author(7, "Olga <b>"), Author(8, "Otto")
CONTENT = CuratedText(
    question="什么时候开课",
    text="每月一号开课。",
    language="zh",
    alternatives=("几号开课",),
    expires=datetime.date(2026, 12, 31),
    source="https://example.com/courses?a=1&b=2",
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_state(tmp_path)
    yield connection
    connection.close()


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_curated_answer_comes_back_as_it_was_written(database: sqlite3.Connection) -> None:
    curated = CuratedAnswers(database, clock=Clock())
    kept = curated.add(CONTENT, OLGA)
    assert curated.find(kept.id) == kept
    assert curated.active() == (kept,)
    assert (kept.content, kept.author, kept.written, kept.edited) == (CONTENT, OLGA, 1_000_000.0, None)
    assert kept.phrasings == ("什么时候开课", "几号开课")
    assert curated.find(kept.id + 1) is None


def test_an_edit_keeps_the_number_and_what_was_said_before(database: sqlite3.Connection) -> None:
    clock = Clock()
    curated = CuratedAnswers(database, clock=clock)
    first = curated.add(CONTENT, OLGA)
    clock.now += 60
    later = replace(CONTENT, text="每月十号开课。", expires=None, source=None)
    changed = curated.edit(first.id, later, OTTO)
    assert changed is not None
    assert (changed.id, changed.content, changed.author) == (first.id, later, OLGA)
    assert (changed.editor, changed.edited, changed.written) == (OTTO, 1_000_060.0, 1_000_000.0)
    kept = database.execute("SELECT curated_id, question, text, expires, source, editor_id, edited FROM curated_edits")
    assert CONTENT.expires is not None
    before = (CONTENT.question, CONTENT.text, CONTENT.expires.isoformat(), CONTENT.source)
    assert kept.fetchall() == [(first.id, *before, OTTO.id, 1_000_060.0)]
    assert curated.edit(99, later, OTTO) is None


def test_what_was_unpinned_stays_out_and_its_number_is_not_used_again(database: sqlite3.Connection) -> None:
    curated = CuratedAnswers(database)
    first = curated.add(CONTENT, OLGA)
    assert curated.remove(first.id)
    assert not curated.remove(first.id)
    assert curated.active() == ()
    assert curated.edit(first.id, CONTENT, OTTO) is None
    assert (kept := curated.find(first.id)) is not None
    assert not kept.active
    assert curated.add(CONTENT, OLGA).id > first.id


def test_it_holds_through_its_last_day(database: sqlite3.Connection) -> None:
    kept = CuratedAnswers(database).add(CONTENT, OLGA)
    assert not kept.expired(datetime.date(2026, 12, 31))
    assert kept.expired(datetime.date(2027, 1, 1))


def test_a_reader_sees_what_was_written_and_makes_no_file(tmp_path: Path) -> None:
    reader = CuratedFile(tmp_path / "none")
    assert reader.active() == ()
    assert not (tmp_path / "none").exists()
    database = open_state(tmp_path)
    kept = CuratedAnswers(database).add(CONTENT, OLGA)
    assert CuratedFile(tmp_path).active() == (kept,)
    database.close()
    assert CuratedFile(tmp_path).active() == (kept,)


def test_a_file_of_an_earlier_version_or_a_broken_one_holds_nothing(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "state.db").close()
    assert CuratedFile(tmp_path).active() == ()
    (tmp_path / "state.db").write_bytes(b"not a database" * 100)
    assert CuratedFile(tmp_path).active() == ()
