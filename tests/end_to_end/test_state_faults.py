"""What may befall `state.db` under the real bot: it answers, loses as little as can be, and its operators know."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.answering.curated.store import Author, CuratedAnswers, CuratedText
from bot.state.chats import Chats, Mode
from bot.state.database import open_state
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi
from tests.support.small_disk import SmallDisk

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


def questions(data_dir: Path) -> int:
    with closing(sqlite3.connect(data_dir / "state.db")) as state:
        return int(state.execute("SELECT count(*) FROM questions").fetchone()[0])


def kept_on(disk: SmallDisk, scratch: Path) -> int:
    for file in (disk.seen / "data").glob("state.db*"):
        shutil.copy(file, scratch / file.name)
    return questions(scratch)


def news(server: FakeBotApi, operator: Person) -> list[str]:
    return [text for text in server.bot_texts(operator.id) if "state.db" in text or "磁盘满" in text]


async def test_damage_deletion_and_a_lock_cost_no_answer(library: Library, server: FakeBotApi, tmp_path: Path) -> None:
    olga, ann = (Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Olga", "Ann"))
    config = library.configure(tmp_path / "config.yaml", server, telegram={"admins": [olga.id]})
    file = library.data_dir / "state.db"
    with closing(open_state(library.data_dir)) as state:
        Chats(state).set_mode(-5, Mode.AUTO)
        CuratedAnswers(state).add(CuratedText("几点开门？", "九点开门。", "zh"), Author(olga.id, "Olga"))
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        (page,) = state.execute("SELECT rootpage FROM sqlite_master WHERE name = 'votes'").fetchone()
    with file.open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xa5" * 4096)
    olga.say("/start")
    async with BotProcess(server, config) as process:
        await server.wait_for(lambda: news(server, olga))
        (told,) = news(server, olga)
        assert "已换上一份新的，从坏的里面救回 2 条记录；问题照常回答" in told
        assert "siyu restore" in told
        assert "九点开门" in (await ann.ask("几点开门？"))["text"]
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert questions(library.data_dir) == 2

        for gone in library.data_dir.glob("state.db*"):
            if "damaged" not in gone.name:
                gone.unlink()
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        await server.wait_for(lambda: "state.db: lost" in process.log)
        # On a busy machine writing the file back takes longer than the event loop waits: this one is then not kept.
        kept = questions(library.data_dir)
        assert kept in {2, 3}

        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert questions(library.data_dir) == kept
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert questions(library.data_dir) == kept + 1
        assert process.log.count("state.db: unwritable") == 1
        assert process.log.count("state.db: well") == 1
        assert await process.stop() == 0
        assert "Traceback" not in process.log
    with closing(open_state(library.data_dir)) as state:
        assert Chats(state).mode(-5) is Mode.AUTO


async def test_a_full_disk_costs_no_answer_and_is_told_once(
    library: Library, server: FakeBotApi, tmp_path: Path, disk: SmallDisk
) -> None:
    olga, ann = (Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Olga", "Ann"))
    small = Library(library.articles, disk.path / "data")
    shutil.copytree(library.data_dir, disk.seen / "data")
    config = small.configure(tmp_path / "config.yaml", server, telegram={"admins": [olga.id]})
    olga.say("/start")
    async with BotProcess(server, config, within=disk.enter) as process:
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        ballast = disk.fill()
        # What SQLite has set aside already may still take some.
        for number in range(30):
            assert "十八号" in (await ann.ask(f"{QUESTION}{'嗯' * number}"))["text"]
            if news(server, olga):
                break
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert [text.partition("。")[0] for text in news(server, olga)] == ["磁盘满了"]
        kept = kept_on(disk, tmp_path)
        ballast.unlink()
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert kept_on(disk, tmp_path) == kept + 1
        assert await process.stop() == 0
        assert "Traceback" not in process.log


async def test_a_disk_that_cannot_be_written_is_one_clear_line(
    library: Library, server: FakeBotApi, tmp_path: Path, disk: SmallDisk
) -> None:
    small = Library(library.articles, disk.path / "data")
    shutil.copytree(library.data_dir, disk.seen / "data")
    config = small.configure(tmp_path / "config.yaml", server)
    disk.remount("ro")
    process = await BotProcess(server, config, within=disk.enter).launch()
    assert await process.exit_code() == 2
    (said,) = process.log.splitlines()
    assert "写不进去" in said
