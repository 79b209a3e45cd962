"""/privacy tells of everything that is kept of a person, and /forget deletes it: table by table of the real schema."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import pytest_asyncio

from bot.articles.suggestions import Suggestions
from bot.locales import LANGUAGES, texts
from bot.state.database import Database
from bot.telegram.handlers.suggestions import SuggestionBox
from bot.telegram.updates.context import Context
from tests.support.offline import Call, Offline, offline

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB, OPERATOR = 31_337_001, 31_337_002, 31_337_003
SECRET = "紫色独角兽"

HARMLESS = frozenset(
    "id asked topic_id message_id surface language status confidence elapsed_ms generation passages"
    " question_id value reason voted digest answer_ids answered mode created settled done expires active written edited"
    " curated_id accepted file undone earlier earlier_digest made state"
    " saved bot_id update_id stage received tries again aloud applied day tokens fallbacks".split()
)
"""Columns that tell nothing of a person by themselves, whatever their table."""

DELETED = {
    "questions": {"user_id", "chat_id", "question", "understood"},
    "votes": {"user_id"},
    "suggestions": {"user_id", "name", "text", "url"},
    "answers": {"chat_id"},
    "journal": {"user_id", "chat_id", "raw"},
    "funnel_periods": {"user_id", "label", "numbers"},
}
"""What of a person /forget deletes. `chat_id` is a person's own in a private chat."""

STAYS = {
    "suggestions": {"settled_by"},
    "drafts": {"operator", "parts"},
    "operator_menus": {"user_id"},
    "curated": {"question", "alternatives", "text", "source", "author_id", "author_name", "editor_id", "editor_name"},
    "curated_edits": {"question", "alternatives", "text", "source", "editor_id", "editor_name"},
    "uploads": {"operator", "title", "url", "origin"},
}
"""An operator's work, which /privacy says stays."""

NOT_A_PERSONS = {"chats": {"chat_id"}, "migrations": {"name"}}
"""The settings of groups, and the schema's own record."""

TOLD = {
    "questions": ("您问的问题", "Your questions"),
    "votes": ("👍 👎", "👍 👎"),
    "suggestions": ("/suggest", "/suggest"),
    "suggestions.name": ("姓名", "with your name"),
    "suggestions.settled_by": ("处理过的建议", "suggestions you settled"),
    "answers": ("哪条消息回答了哪条消息", "which message answers which"),
    "journal": ("正在回答的消息临时记在磁盘上", "kept on disk while it is being answered"),
    "funnel_periods": ("漏斗数字会一直留着", "Funnel numbers that you saved"),
    "drafts": ("草稿", "drafts"),
    "operator_menus": ("命令菜单", "command menu"),
    "curated": ("人工答案（带您的姓名）", "Curated answers that you wrote (with your name)"),
    "curated_edits": ("人工答案（带您的姓名）", "Curated answers that you wrote (with your name)"),
    "uploads": ("收进的文章", "articles you took in"),
}
"""The words by which /privacy tells of a table, in Chinese and English."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Offline]:
    async with offline(tmp_path_factory.mktemp("privacy"), (f"telegram.admins=[{OPERATOR}]",)) as made:
        yield made
        assert made.errors == []


def _columns(database: Database) -> dict[str, set[str]]:
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {
        table: {name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        for (table,) in tables.fetchall()
    }


def _unaccounted(columns: dict[str, set[str]]) -> dict[str, set[str]]:
    known = {
        table: HARMLESS | DELETED.get(table, set()) | STAYS.get(table, set()) | NOT_A_PERSONS.get(table, set())
        for table in columns
    }
    return {table: left for table, names in columns.items() if (left := names - known[table])}


async def test_every_column_of_the_schema_is_accounted_for(bot: Offline) -> None:
    columns = _columns(bot.state)
    assert _unaccounted(columns) == {}
    assert _unaccounted({**columns, "more": {"id", "user_id"}}) == {"more": {"user_id"}}
    for table, names in (*DELETED.items(), *STAYS.items(), *NOT_A_PERSONS.items()):
        assert names <= columns[table]


async def test_privacy_tells_of_every_table(bot: Offline) -> None:
    assert {name.partition(".")[0] for name in TOLD} == DELETED.keys() | STAYS.keys()
    for place, language in enumerate(LANGUAGES):
        for name, told in TOLD.items():
            assert told[place].lower() in texts(language)("privacy", days=180).lower(), name
    for place, language in enumerate(LANGUAGES):
        for name in TOLD.keys() - {"questions", "votes"}:
            assert TOLD[name][place].lower() in texts(language)("privacy_nothing_kept").lower(), name


async def test_forget_leaves_nothing_of_a_person_in_any_table_but_an_operators_work(bot: Offline) -> None:
    await _live(bot, BOB)
    others = bot.everything()
    await _live(bot, ANN)
    before = bot.everything()
    assert {table for table, rows in before.items() if _of(rows, ANN)} >= DELETED.keys() | STAYS.keys()
    (asked,) = await bot.say(ANN, "/forget")
    assert "1 个问题、1 条评价和 1 条建议，以及 1 期漏斗数字" in asked.parameters["text"]
    done = await bot.press(ANN, _button(asked))
    assert "已删除您的 1 个问题、1 条评价和 1 条建议" in done[-1].parameters["text"]
    assert "管理员聊天里已经收到的建议" in done[-1].parameters["text"]
    after = bot.everything()
    left = {table for table, rows in after.items() if _of(rows, ANN)}
    assert left == STAYS.keys(), left
    assert [len(_of(after[table], ANN)) for table in STAYS if table in DELETED] == [1]  # the one that she settled
    assert {table: _of(rows, BOB) for table, rows in after.items()} == {
        table: _of(rows, BOB) for table, rows in others.items()
    }
    assert not _on_disk(bot.settings.data_dir, f"{SECRET}{ANN}")
    assert (await bot.say(ANN, "/forget"))[0].parameters["text"] == "没有保存您的任何记录。"


async def test_a_suggestion_alone_is_told_and_deleted(bot: Offline) -> None:
    carl = 31_337_004
    await bot.say(carl, f"/suggest {SECRET}")
    (asked,) = await bot.say(carl, "/forget")
    assert "0 个问题、0 条评价和 1 条建议" in asked.parameters["text"]
    await bot.press(carl, _button(asked))
    assert _of(bot.everything()["suggestions"], carl) == []


async def test_operators_are_not_told_of_a_suggestion_that_was_deleted_meanwhile(bot: Offline) -> None:
    erna, kept = 31_337_006, Suggestions(bot.state)
    box = SuggestionBox(kept, bot.components.uploads, admins=(OPERATOR,), notice_every=1.0)
    context = cast("Context", SimpleNamespace(bot=bot.application.bot))
    for text in ("/suggest 一", "/suggest 二"):
        await box.suggest(bot.update("message", bot.message(erna, text)), context)
        await asyncio.sleep(0.05)
    kept.forget_user(erna)
    await asyncio.sleep(1.2)
    await box.close()
    told = [call.parameters["text"] for call in bot.recorder.calls if call.parameters.get("chat_id") == OPERATOR]
    assert [text for text in told if "一" in text]
    assert not [text for text in told if "二" in text]


async def test_the_event_loop_goes_on_while_the_log_is_emptied(bot: Offline) -> None:
    dora = 31_337_005
    await bot.say(dora, f"/suggest {SECRET}")
    (asked,) = await bot.say(dora, "/forget")
    longest, last = 0.0, time.monotonic()

    async def tick() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()

    # Whoever reads keeps the log from being emptied.
    with closing(sqlite3.connect(bot.settings.data_dir / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM suggestions").fetchone()
        ticking = asyncio.create_task(tick())
        began = time.monotonic()
        await bot.press(dora, _button(asked))
        ticking.cancel()
    assert time.monotonic() - began > 1.5
    assert longest < 1.0


async def _live(bot: Offline, user: int) -> None:
    """Leave something of a person, who is an operator as well, in every table."""
    secret, execute = f"{SECRET}{user}", bot.state.execute
    group, message = -100_123, user % 1000
    question = execute(
        "INSERT INTO questions (asked, chat_id, user_id, message_id, surface, question, understood, language, status,"
        " confidence, elapsed_ms, generation, passages)"
        " VALUES (1e12, ?, ?, ?, 'group', ?, ?, 'zh', 'answered', 1, 1, 'g', '')",
        (group, user, message, secret, secret),
    ).lastrowid
    execute("INSERT INTO votes VALUES (?, ?, 1, NULL, 1e12)", (question, user))
    execute("INSERT INTO answers VALUES (?, ?, 'd', '9', 1e12)", (user, message))
    execute("INSERT INTO answers VALUES (?, ?, ?, '9', 1e12)", (group, message, f"digest of {user}"))
    execute(
        "INSERT INTO journal (bot_id, update_id, stage, received, user_id, chat_id, raw)"
        " VALUES (1, ?, 'received', 1, ?, ?, ?)",
        (message, user, user, secret),
    )
    execute("INSERT INTO funnel_periods (saved, user_id, label, numbers) VALUES (1, ?, ?, '{}')", (user, secret))
    suggested = "INSERT INTO suggestions (made, user_id, name, text, state, settled_by) VALUES (1e12, ?, ?, ?, ?, ?)"
    execute(suggested, (user, secret, secret, "open", None))
    execute(suggested, (1, "Dora", "x", "taken", user))
    execute("INSERT INTO drafts (created, operator, parts) VALUES (1e12, ?, '[]')", (user,))
    execute("INSERT INTO operator_menus VALUES (?)", (user,))
    execute(
        "INSERT INTO curated (question, alternatives, text, language, author_id, author_name, written)"
        " VALUES ('q', '[]', 't', 'zh', ?, 'Ann', 1)",
        (user,),
    )
    execute(
        "INSERT INTO curated_edits (curated_id, question, alternatives, text, language, editor_id, editor_name, edited)"
        " VALUES (1, 'q', '[]', 't', 'zh', ?, 'Ann', 1)",
        (user,),
    )
    execute(
        "INSERT INTO uploads (accepted, operator, file, digest, title, origin) VALUES (1, ?, 'f', 'd', 't', 'o')",
        (user,),
    )


def _of(rows: list[tuple[object, ...]], user: int) -> list[tuple[object, ...]]:
    """The rows that have a person's id in them, as a value or in a text."""
    return [row for row in rows if any(str(user) in str(value) for value in row)]


def _button(call: Call) -> str:
    return str(call.parameters["reply_markup"]["inline_keyboard"][0][0]["callback_data"])


def _on_disk(data_dir: Path, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in data_dir.glob("state.db*"))
