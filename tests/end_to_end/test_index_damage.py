"""A damaged index under a bot that starts: it answers all the same, and its operators know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


async def test_a_damaged_index_is_told_to_operators_and_rebuilt_by_them(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    olga, ann = (Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Olga", "Ann"))
    config = library.configure(tmp_path / "config.yaml", server, telegram={"admins": [olga.id]})
    before = (library.data_dir / "current").read_text(encoding="utf-8").strip()
    (library.articles / "coupon.md").unlink()
    library.reindex(config)
    current = (library.data_dir / "current").read_text(encoding="utf-8").strip()
    file = library.data_dir / "generations" / current / "base" / "window-vectors.npy"
    file.write_bytes(file.read_bytes()[:1000])
    olga.say("/start")
    async with BotInProcess(server, config) as process:
        told = [m["text"] for m in await server.wait_messages(olga.id, 2) if "损坏" in m["text"]]
        assert told == [
            f"索引 {current} 损坏：文件 base/window-vectors.npy 与校验和不符。\n"
            f"现在用更早的一个（{before}）回答，新近的改动可能不在里面。发 /reindex 重建。"
        ]
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        status = (await olga.ask("/status"))["text"]
        assert status.startswith("状态：索引损坏，发 /reindex 重建")
        assert before in status
        olga.say("/reindex")
        await server.wait_for(lambda: any("索引已更新" in text for text in server.bot_texts(olga.id)))
        assert (await olga.ask("/status"))["text"].startswith("状态：正常")
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert all("损坏" not in text for text in server.bot_texts(ann.id))
        assert await process.stop() == 0
        assert "Traceback" not in process.log
