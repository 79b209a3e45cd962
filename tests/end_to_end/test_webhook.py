"""Updates that Telegram posts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import ClientConnectionError, ClientSession

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
SECRET = "a-secret_of-the-test"


@dataclass(frozen=True, slots=True)
class Hooked:
    """A bot that gets its updates at `url`, and its operator."""

    server: FakeBotApi
    url: str
    olga: Person


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hooked(
    indexed: Library, tmp_path_factory: pytest.TempPathFactory, unused_tcp_port_factory: Callable[[], int]
) -> AsyncIterator[Hooked]:
    """One bot for the whole file."""
    home, port = tmp_path_factory.mktemp("webhook"), unused_tcp_port_factory()
    library = Library(indexed.articles, home / "data")
    shutil.copytree(indexed.data_dir, library.data_dir, ignore=shutil.ignore_patterns("state.db*"))
    base = f"http://127.0.0.1:{port}"
    async with FakeBotApi(TOKEN) as server:
        hook = {"webhook": {"url": base, "port": port, "path": "telegram"}}
        olga = Person(server, server.add_user("Olga", language_code="zh-hans"))
        config = library.configure(home / "config.yaml", server, telegram={**hook, "admins": [olga.id]})
        async with BotProcess(server, config, environment={"SIYU_WEBHOOK_SECRET": SECRET}) as process:
            url = f"{base}/telegram"
            await server.wait_for(lambda: server.webhook and server.webhook["url"] == url)
            await _listening(url)
            yield Hooked(server, url, olga)
            assert await process.stop() == 0, process.log
            assert SECRET not in process.log


async def _listening(url: str) -> None:
    """Wait for the port, which is opened a moment after the webhook is set."""
    async with ClientSession() as session, asyncio.timeout(10):
        while True:
            with suppress(ClientConnectionError):
                async with session.get(url):
                    return
            await asyncio.sleep(0.05)


async def test_the_main_things_work_by_webhook(hooked: Hooked) -> None:
    """Scenarios 3, 10 and 38 by webhook."""
    server = hooked.server
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    answer = await ann.ask(QUESTION)
    assert "十八号" in answer["text"]
    await ann.press(answer, labels(answer)[0])
    await server.wait_messages(ann.id, 2)
    server.edit(ann.id, answer["reply_to_message"]["message_id"], "优惠券的面额是多少？")
    await server.wait_for(lambda: "一成五" in ann.seen()[0]["text"])
    group = server.add_chat("supergroup", "Shop", members=[ann.id])
    server.say(group, ann.id, f"/ask@TestQABot {QUESTION}")
    await server.wait_messages(group, 1)
    server.redeliver(server.updates[-1]["update_id"])
    await server.wait_idle()
    assert len(server.bot_messages(group)) == 1
    assert (await ann.acknowledged(server.inline(ann.id, "优惠券的面额是多少")))["results"]
    assert "result" in await ann.acknowledged(server.guest(ann.id, f"@TestQABot {QUESTION}"))
    assert server.webhook is not None
    assert server.webhook["error"] is None
    diagnosis = (await hooked.olga.ask("/diag"))["text"]
    assert "，webhook（本机 127.0.0.1:" in diagnosis
    assert SECRET not in diagnosis


@pytest.mark.parametrize(
    ("number", "headers"), [(10**6, {}), (10**6 + 1, {"X-Telegram-Bot-Api-Secret-Token": "wrong"})]
)
async def test_without_the_secret_nothing_is_taken(hooked: Hooked, number: int, headers: dict[str, str]) -> None:
    server, url = hooked.server, hooked.url
    ann = Person(server, server.add_user("Ann", started=True))
    message = {"message_id": 1, "date": 1, "chat": {"id": ann.id, "type": "private"}, "from": server.users[ann.id]}
    update = {"update_id": number, "message": {**message, "text": QUESTION}}
    async with ClientSession() as session:
        async with session.post(url, json=update, headers=headers) as response:
            assert response.status == 403
        async with session.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as response:
            assert response.status == 200
    await server.wait_messages(ann.id, 1)
    await server.wait_idle()
    assert len(ann.seen()) == 1
