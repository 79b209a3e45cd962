"""What an operator hears while the file watcher, who is nobody, reindexes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.offline import Call, Offline, chat_of, offline, person

OPERATOR = 7
ARTICLE = ("# 球网\n\n" + "球网一米五五高。" * 12).encode()
SLOW = "# 慢\n\n" + "羽毛球拍穿线磅数，wait3000ms。" * 8


def _texts(calls: tuple[Call, ...]) -> str:
    return "\n".join(str(call.parameters["text"]) for call in calls if "text" in call.parameters)


async def _keep_an_article(bot: Offline, operator: dict[str, object]) -> str:
    """Accept an upload; what is said about the index."""
    draft = await bot.components.intake.propose_file(OPERATOR, "net.md", ARTICLE, ".md")
    message = {"message_id": 5, "date": 1_780_000_000, "chat": chat_of(OPERATOR), "text": "x"}
    query = {"id": "1", "from": operator, "message": message, "chat_instance": "1", "data": f"u1:{draft.id}:keep"}
    before = len(bot.recorder.calls)
    await bot.put("callback_query", query)
    for _ in range(500):
        if said := [call for call in bot.recorder.calls[before:] if call.method == "sendMessage"]:
            return str(said[0].parameters["text"])
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was said")


@pytest.mark.parametrize(
    ("language", "watcher", "waits"),
    [
        ("zh-hans", "自动更新", "文章已存好，等自动更新结束就接着更新索引。"),
        ("en", "The watch over", "The article is stored; the index is updated when the automatic update is done."),
    ],
)
async def test_the_file_watcher_has_a_name_wherever_it_is_waited_for(
    tmp_path: Path, language: str, watcher: str, waits: str
) -> None:
    operator = {**person(OPERATOR), "language_code": language}
    as_operator: Any = {"from": operator}
    async with offline(tmp_path, (f"telegram.admins=[{OPERATOR}]",)) as bot:
        (tmp_path / "articles" / "slow.md").write_text(SLOW, encoding="utf-8")
        bot.components.reindex_job.start(None)
        assert await _keep_an_article(bot, operator) == waits
        for command in ("/reindex", "/status", "/rollback", "/diag"):
            said = _texts(await bot.say(OPERATOR, command, **as_operator))
            assert watcher in said, command
            assert "None" not in said, command
        assert bot.errors == []
