"""/stats where nothing can be drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.offline import offline

OLGA, ANN = 7, 8


async def test_without_the_drawing_library_the_numbers_come_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    async with offline(tmp_path, (f"telegram.admins=[{OLGA}]",)) as bot:
        await bot.say(ANN, "会员日选在每月哪天？")
        calls = await bot.say(OLGA, "/stats 7")
        assert bot.errors == []
    (text,) = [call.parameters["text"] for call in calls if call.method == "sendMessage"]
    assert "问题 1 个，提问的有 1 人" in text
    assert "pip install matplotlib" in text
    assert all(call.method != "sendPhoto" for call in calls)
