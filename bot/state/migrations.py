"""The shape of `state.db` as numbered steps; each runs once, in order, and is recorded. Steps are only ever added."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

Migration = Callable[[sqlite3.Connection], None]


def m001_chats(database: sqlite3.Connection) -> None:
    """How a group wants to be answered."""
    database.execute("CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, mode TEXT NOT NULL)")


def m002_answers(database: sqlite3.Connection) -> None:
    """Which messages answered which question; of the question itself only a digest is kept."""
    database.execute(
        "CREATE TABLE answers (chat_id INTEGER NOT NULL, question_id INTEGER NOT NULL, digest TEXT NOT NULL,"
        " answer_ids TEXT NOT NULL, answered REAL NOT NULL, PRIMARY KEY (chat_id, question_id))"
    )
    database.execute("CREATE INDEX answers_by_age ON answers (answered)")


def m003_questions(database: sqlite3.Connection) -> None:
    """What was asked and how it ended; ids are never used twice, since buttons carry them."""
    database.execute(
        "CREATE TABLE questions (id INTEGER PRIMARY KEY AUTOINCREMENT, asked REAL NOT NULL, chat_id INTEGER NOT NULL,"
        " topic_id INTEGER, user_id INTEGER NOT NULL, message_id INTEGER, surface TEXT NOT NULL,"
        " question TEXT NOT NULL, understood TEXT, language TEXT NOT NULL, status TEXT NOT NULL,"
        " confidence REAL NOT NULL, elapsed_ms REAL NOT NULL, generation TEXT NOT NULL, passages TEXT NOT NULL)"
    )
    database.execute("CREATE INDEX questions_by_age ON questions (asked)")
    database.execute("CREATE INDEX questions_by_user ON questions (user_id)")


def m007_curated(database: sqlite3.Connection) -> None:
    """Curated answers, and what each of them said before it was edited."""
    content = (
        "question TEXT NOT NULL, alternatives TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,"
        " expires TEXT, source TEXT"
    )
    database.execute(
        f"CREATE TABLE curated (id INTEGER PRIMARY KEY AUTOINCREMENT, {content}, author_id INTEGER NOT NULL,"
        " author_name TEXT NOT NULL, written REAL NOT NULL, editor_id INTEGER, editor_name TEXT, edited REAL,"
        " active INTEGER NOT NULL DEFAULT 1)"
    )
    database.execute(
        f"CREATE TABLE curated_edits (id INTEGER PRIMARY KEY AUTOINCREMENT, curated_id INTEGER NOT NULL, {content},"
        " editor_id INTEGER NOT NULL, editor_name TEXT NOT NULL, edited REAL NOT NULL)"
    )


MIGRATIONS: tuple[Migration, ...] = (m001_chats, m002_answers, m003_questions, m007_curated)


def migrate(database: sqlite3.Connection, steps: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet, each step in a transaction of its own; returns the names of the new ones."""
    database.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied TEXT NOT NULL)")
    known = {name for (name,) in database.execute("SELECT name FROM migrations")}
    fresh = [step for step in steps if step.__name__ not in known]
    for step in fresh:
        database.execute("BEGIN IMMEDIATE")
        try:
            step(database)
            record = (step.__name__, datetime.now(UTC).isoformat())
            database.execute("INSERT INTO migrations VALUES (?, ?)", record)
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
    return [step.__name__ for step in fresh]
