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


def m004_votes(database: sqlite3.Connection) -> None:
    """What people think of answers, one vote a person; a vote goes when its question goes."""
    database.execute(
        "CREATE TABLE votes (question_id INTEGER NOT NULL, user_id INTEGER NOT NULL, value INTEGER NOT NULL,"
        " reason TEXT, voted REAL NOT NULL, PRIMARY KEY (question_id, user_id)) WITHOUT ROWID"
    )
    database.execute("CREATE INDEX votes_by_age ON votes (voted)")
    database.execute("CREATE INDEX votes_by_user ON votes (user_id)")
    database.execute(
        "CREATE TRIGGER votes_follow_questions AFTER DELETE ON questions"
        " BEGIN DELETE FROM votes WHERE question_id = OLD.id; END"
    )


def m005_drafts(database: sqlite3.Connection) -> None:
    """Posts for channels that wait for an operator's word; `settled` says when they got it."""
    database.execute(
        "CREATE TABLE drafts (id INTEGER PRIMARY KEY AUTOINCREMENT, created REAL NOT NULL, operator INTEGER NOT NULL,"
        " parts TEXT NOT NULL, settled REAL)"
    )


def m006_desk(database: sqlite3.Connection) -> None:
    """Which gaps the operators have dealt with, and whose chats show the operators' command menu."""
    database.execute("CREATE TABLE gaps_done (question_id INTEGER PRIMARY KEY, done REAL NOT NULL)")
    database.execute("CREATE TABLE operator_menus (user_id INTEGER PRIMARY KEY)")


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


def m008_uploads(database: sqlite3.Connection) -> None:
    """Which article came from whom through the chat and what stood in its place, and what others suggest."""
    database.execute(
        "CREATE TABLE uploads (id INTEGER PRIMARY KEY AUTOINCREMENT, accepted REAL NOT NULL, operator INTEGER NOT NULL,"
        " file TEXT NOT NULL, digest TEXT NOT NULL, title TEXT NOT NULL, url TEXT, origin TEXT NOT NULL,"
        " earlier INTEGER REFERENCES uploads (id), earlier_digest TEXT, undone REAL)"
    )
    database.execute(
        "CREATE TABLE suggestions (id INTEGER PRIMARY KEY AUTOINCREMENT, made REAL NOT NULL, user_id INTEGER NOT NULL,"
        " name TEXT NOT NULL, text TEXT NOT NULL, url TEXT, state TEXT NOT NULL, settled REAL, settled_by INTEGER)"
    )
    database.execute("CREATE INDEX suggestions_by_user ON suggestions (user_id, made)")


def m009_journal(database: sqlite3.Connection) -> None:
    """Which updates wait for an answer, and how far each has come; of the finished ones only the number stays."""
    database.execute(
        "CREATE TABLE journal (bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL, stage TEXT NOT NULL,"
        " received REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, user_id INTEGER, chat_id INTEGER,"
        " topic_id INTEGER, message_id INTEGER, language TEXT, again INTEGER, aloud INTEGER, raw TEXT,"
        " PRIMARY KEY (bot_id, update_id)) WITHOUT ROWID"
    )


def m010_funnel_periods(database: sqlite3.Connection) -> None:
    """Periods of merchants' own numbers that they chose to keep."""
    database.execute(
        "CREATE TABLE funnel_periods (id INTEGER PRIMARY KEY AUTOINCREMENT, saved REAL NOT NULL,"
        " user_id INTEGER NOT NULL, label TEXT NOT NULL, numbers TEXT NOT NULL)"
    )
    database.execute("CREATE INDEX funnel_periods_by_user ON funnel_periods (user_id)")


def m011_written_days(database: sqlite3.Connection) -> None:
    """What answers written by a language model cost on a day, and how many of them could be shown."""
    database.execute(
        "CREATE TABLE written_days (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL, written INTEGER NOT NULL,"
        " fallbacks INTEGER NOT NULL) WITHOUT ROWID"
    )


MIGRATIONS: tuple[Migration, ...] = (
    m001_chats,
    m002_answers,
    m003_questions,
    m004_votes,
    m005_drafts,
    m006_desk,
    m007_curated,
    m008_uploads,
    m009_journal,
    m010_funnel_periods,
    m011_written_days,
)


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
