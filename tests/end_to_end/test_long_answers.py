"""Answers beyond one message, at the pace that Telegram allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, buttons
from tests.end_to_end.server import FakeBotApi
from tests.end_to_end.server.formatting import u16

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


async def test_a_long_answer_comes_in_parts_that_telegram_takes(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    """Scenario 8."""
    for number in range(8):
        title = f"露营帐篷第{number}卷" + "🏕" * 470 + "🏕<&>"
        (library.articles / f"tent{number}.md").write_text(
            f"---\ntitle: '{title}'\nlink: https://example.com/tent/{number}\n---\n\n"
            + f"露营帐篷第{number}卷说防水指数要到三千毫米 & 地钉 < {number + 8} 根{'🏕' * 62}。" * 3
            + "\n",
            encoding="utf-8",
        )
    server.rate_limits = True
    config = library.configure(tmp_path / "config.yaml", server, answering={"quotes": 8, "length": 2000})
    library.reindex(config)
    ann = Person(server, server.add_user("Ann"))
    async with BotInProcess(server, config) as process:
        ann.say("露营帐篷防水指数要到多少毫米、地钉几根？")
        await server.wait_for(lambda: ann.seen() and buttons(ann.seen()[-1]))
        parts = ann.seen()
        assert len(parts) >= 3
        assert sum(u16(part["text"]) for part in parts) > 10_000
        assert all(u16(part["text"]) <= 4096 for part in parts)
        assert "reply_to_message" in parts[0]
        assert not any("reply_to_message" in part for part in parts[1:])
        assert not any(buttons(part) for part in parts[:-1])
        whole = "\n".join(part["text"] for part in parts)
        data = [button["callback_data"][:3] for button in buttons(parts[-1])]
        assert data == ["p1:"] * (len(data) - 2) + ["v1:"] * 2
        assert len(data) > 6
        numbers = [whole.index(f"[{n}] 露营帐篷") for n in range(1, len(data) - 1)]
        assert numbers == sorted(numbers)
        assert "🏕<&>" in whole
        assert all(call["error"] is None for call in ann.calls("sendmessage"))
        assert await process.stop() == 0
        assert "Rate limit hit" not in process.log


async def test_every_passage_of_a_long_article_can_be_shown(bot: BotProcess, ann: Person) -> None:
    answer = await ann.ask("工序17的第3步把陶土揉几遍、静置几分钟？")
    await ann.press(answer, buttons(answer)[0]["callback_data"])
    passage = (await bot.server.wait_messages(ann.id, 2))[1]
    assert passage["text"].startswith("陶土杯子的三十一道工序\n")
    assert "工序17的第3步" in passage["text"]
