"""A machine whose clock is wrong by years, and set right and wrong again while the bot runs."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.model import Answer, Asker, Status, Surface
from bot.state.database import open_state
from bot.state.question_log import QuestionLog
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
DAY = 86_400.0
YEARS = 10 * 365 * DAY


def set_clock(file: Path, seconds: float) -> None:
    """In one step: the process reads the file whenever it looks at the time."""
    file.with_suffix(".new").write_text(str(seconds))
    file.with_suffix(".new").replace(file)


async def test_a_clock_wrong_by_years_costs_no_answer_and_no_record(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    config = library.configure(tmp_path / "config.yaml", server)
    began = time.time()
    with closing(open_state(library.data_dir)) as state:
        old = Answer("几点开门", Status.REFUSED, "zh", 0.1, (), (), (), (), "g1", 12.5)
        QuestionLog(state, clock=lambda: began - 30 * DAY).record(Asker(1, None, 1, 1, Surface.PRIVATE), old)
    ahead = tmp_path / "ahead"
    set_clock(ahead, YEARS)
    command = ("tests.end_to_end.wrong_clock", str(ahead), str(config))
    async with BotProcess(server, config, command=command) as process:
        for seconds in (YEARS, -YEARS, 0.0):
            set_clock(ahead, seconds)
            assert "十八号" in (await ann.ask(QUESTION))["text"]
        for _ in range(3):
            assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert await process.stop() == 0
        assert "记录按 Telegram 的时间存" in process.log
        assert "Traceback" not in process.log
    with closing(sqlite3.connect(library.data_dir / "state.db")) as state:
        asked = [moment for (moment,) in state.execute("SELECT asked FROM questions ORDER BY id")]
    assert len(asked) == 7
    assert asked[0] == began - 30 * DAY
    assert all(began - 5 < moment < time.time() + 5 for moment in asked[1:])
