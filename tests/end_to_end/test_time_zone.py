"""Whatever a person reads has the days of the configured zone, wherever the machine stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

HERE, THERE = ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Kiritimati")  # exactly a day apart, whatever the hour


@pytest.fixture
def machine_stands_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own zone is HERE."""
    with monkeypatch.context() as environment:
        environment.setenv("TZ", HERE.key)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_stands_here")
async def test_gaps_their_file_and_pinned_answers_have_the_same_day(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    olga, ann = (Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Olga", "Ann"))
    config = library.configure(tmp_path / "config.yaml", server, telegram={"admins": [olga.id]}, timezone=THERE.key)
    days = {datetime.now(THERE).date()}
    async with BotInProcess(server, config) as process:
        await ann.ask("羽毛球拍穿线磅数一般选多少？")
        listed = await olga.ask("/gaps")
        await olga.press(listed, "导出 CSV")
        await server.wait_for(lambda: any("document" in message for message in olga.seen()))
        sent = next(message for message in olga.seen() if "document" in message)
        table = server.files[sent["document"]["file_id"]]["data"].decode("utf-8-sig")
        preview = await olga.ask("/pin 班车几点开 | 班车七点开。")
        await olga.press(preview, labels(preview)[0])
        pinned = await ann.ask("班车几点开")
        status = await olga.ask("/status")
        assert await process.stop() == 0
    days.add(datetime.now(THERE).date())  # a test may run over midnight
    for text in (listed["text"], table, pinned["text"]):
        assert any(day.isoformat() in text for day in days), text
    current = (library.data_dir / "current").read_text(encoding="utf-8")
    built = datetime.strptime(f"{current[:15]}+0000", "%Y%m%dT%H%M%S%z").astimezone(THERE)
    assert f"（建于 {built:%Y-%m-%d}" in status["text"]
