"""A small corpus indexed once, a Bot API server and one bot that most tests share."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.config import load_settings
from tests.end_to_end.bot_process import BotProcess, FakeService
from tests.end_to_end.people import Person, Shop
from tests.end_to_end.server import FakeBotApi

TOKEN = "123456789:AAtest-token_of-the_test-bot"
EXAMPLES = ["预售定金收几成？", "生鲜包裹放几个冰袋？"]


@dataclass(frozen=True, slots=True)
class Library:
    """Articles and the data directory of an index over them."""

    articles: Path
    data_dir: Path

    def configure(self, file: Path, server: FakeBotApi | None, **sections: Any) -> Path:
        """Write a configuration for a bot that talks to the server; `telegram` and other sections are merged in."""
        telegram: dict[str, Any] = {"examples": EXAMPLES}
        if server is not None:
            telegram |= {"base_url": server.base_url, "base_file_url": server.base_file_url}
        document = {
            **sections,
            "corpus": {**sections.get("corpus", {}), "articles": str(self.articles)},
            "data_dir": str(self.data_dir),
            "telegram": {**telegram, **sections.get("telegram", {})},
        }
        file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        return file

    def reindex(self, config: Path) -> None:
        """Bring the index up to date, as another process would."""
        FakeService(load_settings(config)).reindex()


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The small corpus, indexed; not to be changed."""
    home = tmp_path_factory.mktemp("library")
    library = Library(home / "articles", home / "data")
    shutil.copytree(Path(__file__).parent / "articles", library.articles)
    (library.articles / "long.md").write_text(_long_article(), encoding="utf-8")
    config = library.configure(home / "config.yaml", None)
    library.reindex(config)
    return library


@pytest.fixture
def library(indexed: Library, tmp_path: Path) -> Library:
    """A copy of the small corpus and its index, to be changed at will."""
    shutil.copytree(indexed.articles, tmp_path / "articles")
    # What the shared bot remembers of its people is not this test's, whose people have the same ids.
    shutil.copytree(indexed.data_dir, tmp_path / "data", ignore=shutil.ignore_patterns("state.db*"))
    return Library(tmp_path / "articles", tmp_path / "data")


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[FakeBotApi]:
    """A Bot API server of the test's own."""
    async with FakeBotApi(TOKEN) as api:
        yield api


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_bot(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    """One bot that runs through most tests, on a server that they share as well."""
    async with FakeBotApi(TOKEN) as api:
        api.rate_limits = True
        # Whose turn it is, is tested here; how sure the bot must be depends on the encoder, which is not the real one.
        answering = {"auto_at": 0.85}
        config = indexed.configure(tmp_path_factory.mktemp("shared") / "config.yaml", api, answering=answering)
        async with BotProcess(api, config) as process:
            yield process
            assert await process.stop() == 0, process.log


@pytest.fixture
def bot(shared_bot: BotProcess) -> Iterator[BotProcess]:
    """The shared bot; whatever a test did with it, it still runs, sent nothing malformed and kept its token."""
    before = len(shared_bot.server.calls)
    yield shared_bot
    assert shared_bot.returncode is None, shared_bot.log
    assert [call for call in shared_bot.server.calls[before:] if (call.error or "").startswith("Bad Request")] == []
    assert TOKEN not in shared_bot.log


@pytest.fixture
def newcomer(bot: BotProcess) -> Callable[..., Person]:
    """Makes people who have not met the shared bot yet."""
    return lambda language_code="zh-hans": Person(bot.server, bot.server.add_user("Ann", language_code=language_code))


@pytest.fixture
def ann(newcomer: Callable[..., Person]) -> Person:
    """One of them, whose Telegram speaks Chinese."""
    return newcomer()


@pytest.fixture
def make_shop(bot: BotProcess) -> Callable[..., Shop]:
    """Makes groups with a bot in them, by default one that gets every message."""

    def make(kind: str = "supergroup", *, status: str = "administrator", **options: Any) -> Shop:
        server = bot.server
        owner, customer = (server.add_user(name, language_code="zh-hans") for name in ("Olga", "Carl"))
        chat = server.add_chat(kind, "Shop", members=[customer], admins=[owner], bot=status, **options)
        return Shop(server, chat, owner, customer)

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()


def _long_article() -> str:
    """About 9 000 characters in many sections."""
    colours = "赤橙黄绿青蓝紫金银铜"
    steps = [
        f"## 第{number}道工序\n\n"
        + "".join(
            f"工序{number}的第{step}步把{colours[(number + step) % 10]}色陶土揉{step + 3}遍，"
            f"静置{number * 7 + step}分钟，再检查有没有气泡和裂纹。"
            for step in range(1, 8)
        )
        for number in range(1, 32)
    ]
    return "---\ntitle: 陶土杯子的三十一道工序\ndate: 2026-03-03\n---\n\n" + "\n\n".join(steps) + "\n"
