"""`python -m bot run` as an operator starts it, with the real default model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]


async def test_the_whole_way_with_the_default_model(
    library: Library, server: FakeBotApi, tmp_path: Path, model_directory: Path
) -> None:
    """Index, question in other words than the article's, passage, small talk."""
    (library.articles / "long.md").unlink()
    fresh = Library(library.articles, tmp_path / "fresh")
    fresh.data_dir.mkdir()
    (fresh.data_dir / "models").symlink_to(model_directory.parent, target_is_directory=True)
    config = fresh.configure(tmp_path / "config.yaml", server)
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    async with BotProcess(server, config, command=["bot", "--config", str(config), "run"]) as process:
        answer = await ann.ask("夏天寄水果要放多少个冰袋？")
        assert "夏天再加一个" in answer["text"]
        await ann.press(answer, labels(answer)[0])
        assert "冷气往下走" in (await server.wait_messages(ann.id, 2))[1]["text"]
        assert (await ann.ask("早上好"))["text"].startswith("您好")
        assert await process.stop() == 0
        assert server.token not in process.log
        assert "Traceback" not in process.log
