"""kill -9 at the worst moments: no question is lost, none is answered twice, and doubt is told once."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.locales import texts
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, Shop, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
OTHER = "优惠券的面额是多少？"
LONG = "露营帐篷防水指数要到多少毫米、地钉几根？"
DOUBT = texts("zh")("answer_in_doubt")
SIGN = "🙏"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """A bot that was killed twice and started again, and the people who were in the middle of something.

    At the first kill Ann's question was being worked, Bob's and the group's waited; Carl's answer was on its way and
    arrived, Dora's and Fred's did not; of Eve's long answer the first message was there. Gina was answered and had
    voted. Meanwhile Hugo wrote two questions with old dates. At the second kill Fred was just being told, and nobody
    had told Hugo yet.
    """

    server: FakeBotApi
    state: Path
    ann: Person
    bob: Person
    carl: Person
    dora: Person
    eve: Person
    fred: Person
    gina: Person
    hugo: Person
    shop: Shop


def _is_doubt(message: dict[str, Any]) -> bool:
    return bool(message["text"] == DOUBT)


def _rows(state: Path, where: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(state)) as database:
        return database.execute(f"SELECT stage, user_id, chat_id, raw FROM journal WHERE {where}").fetchall()


def _tents(library: Library) -> None:
    """Articles whose answer takes several messages."""
    for number in range(8):
        title = f"露营帐篷第{number}卷" + "🏕" * 470
        body = f"露营帐篷第{number}卷说防水指数要到三千毫米，地钉要 {number + 8} 根{'🏕' * 62}。" * 3
        text = f"---\ntitle: '{title}'\nlink: https://example.com/tent/{number}\n---\n\n{body}\n"
        (library.articles / f"tent{number}.md").write_text(text, encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def after(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aftermath]:
    home = tmp_path_factory.mktemp("killed")
    library = Library(home / "articles", home / "data")
    shutil.copytree(indexed.articles, library.articles)
    shutil.copytree(indexed.data_dir, library.data_dir, ignore=shutil.ignore_patterns("state.db*"))
    _tents(library)
    async with FakeBotApi(TOKEN, privacy=False) as server:
        config = library.configure(
            home / "config.yaml", server, answering={"quotes": 8, "length": 2000}, telegram={"timeout": 120}
        )
        library.reindex(config)
        names = ("Ann", "Bob", "Carl", "Dora", "Eve", "Fred", "Gina", "Hugo")
        people = [Person(server, server.add_user(name, language_code="zh-hans")) for name in names]
        ann, bob, carl, dora, eve, fred, gina, hugo = people
        group = server.add_chat("supergroup", "Shop", members=[bob.id, carl.id], admins=[ann.id])
        shop = Shop(server, group, ann.id, bob.id)
        process = await BotProcess(server, config).start()
        try:
            await gina.press(await gina.ask(QUESTION), "v1:1:u")
            hers = [update["update_id"] for update in server.updates]
            server.fault("hang", "sendMessage", delay=100, after=True, chat_id=carl.id)
            server.fault("hang", "sendMessage", delay=100, chat_id=dora.id)
            server.fault("hang", "sendMessage", delay=100, chat_id=fred.id)
            server.fault("hang", "sendMessage", delay=100, chat_id=eve.id, skip=1)
            for person, question in ((eve, LONG), (carl, QUESTION), (dora, QUESTION), (fred, QUESTION)):
                person.say(question)
            await server.wait_for(lambda: not server.faults)
            ann.say(QUESTION + " wait600ms")
            anns = server.updates[-1]["update_id"]
            bob.say(OTHER)
            shop.say(f"@TestQABot {QUESTION}")
            await server.wait_for(lambda: ann.calls("sendchataction") and bob.calls("sendchataction"))
            await process.kill()

            server.fault("hang", "sendMessage", delay=100, chat_id=fred.id)
            for number in range(2):
                hugo.say(f"第{number}个问题", extra={"date": int(time.time()) - 3600})
            for update in (*hers, anns):
                server.redeliver(update)
            await process.start()
            await server.wait_for(lambda: not (server.faults or server.pending or server.replays))
            await process.kill()

            await process.start()
            await server.wait_messages(bob.id, 1)
            await server.wait_messages(hugo.id, 1)
            await server.wait_idle(20, quiet=1.5)
            yield Aftermath(server, library.data_dir / "state.db", ann, bob, carl, dora, eve, fred, gina, hugo, shop)
            assert await process.stop() == 0, process.log
            assert "Traceback" not in process.log
        finally:
            await process.kill()


async def test_what_was_in_work_or_waited_is_answered_once(after: Aftermath) -> None:
    """Ann's was delivered again, too."""
    (anns,), (bobs,), (groups,) = after.ann.seen(), after.bob.seen(), after.shop.seen()
    assert "十八号" in anns["text"]
    assert "一成五" in bobs["text"]
    assert "十八号" in groups["text"]
    assert groups["reply_to_message"]["text"].startswith("@TestQABot")


async def test_an_answer_that_may_have_arrived_is_not_repeated_but_told_of_once(after: Aftermath) -> None:
    carls, doras = sorted(after.carl.seen(), key=_is_doubt), after.dora.seen()
    assert [_is_doubt(message) for message in carls] == [False, True]
    assert [_is_doubt(message) for message in doras] == [True]
    for told in (carls[1], doras[0]):
        assert told["reply_to_message"]["text"] == QUESTION


async def test_a_long_answer_that_broke_off_is_told_of_once(after: Aftermath) -> None:
    assert [_is_doubt(message) for message in after.eve.seen()] == [False, True]


async def test_who_may_have_been_told_is_not_told_again_but_given_a_sign(after: Aftermath) -> None:
    assert after.fred.seen() == []
    (reactions,) = after.server.chats[after.fred.id].reactions.values()
    assert reactions == [SIGN]


async def test_what_was_answered_and_pressed_stays_so_when_it_is_delivered_again(after: Aftermath) -> None:
    (answer,) = after.gina.seen()
    assert "十八号" in answer["text"]
    with closing(sqlite3.connect(after.state)) as state:
        assert state.execute("SELECT value FROM votes WHERE user_id = ?", (after.gina.id,)).fetchall() == [(1,)]


async def test_late_questions_are_told_of_once(after: Aftermath) -> None:
    (told,) = after.hugo.seen()
    assert told["text"] == texts("zh")("backlog", count=2)


async def test_nothing_but_numbers_is_left(after: Aftermath) -> None:
    assert set(_rows(after.state, "TRUE")) == {("done", None, None, None)}


@pytest.fixture
def ann(server: FakeBotApi) -> Person:
    """Somebody on a server of the test's own."""
    return Person(server, server.add_user("Ann", language_code="zh-hans"))


async def test_an_answer_waits_while_telegram_is_gone_and_is_in_doubt_when_it_is_too_slow(
    library: Library, server: FakeBotApi, tmp_path: Path, ann: Person
) -> None:
    port = int(server.url.rpartition(":")[2])
    config = library.configure(tmp_path / "config.yaml", server, telegram={"timeout": 1})
    async with BotProcess(server, config):
        ann.say(QUESTION + " wait400ms")
        await server.wait_for(lambda: ann.calls("sendchataction"))
        await server.stop()
        await asyncio.sleep(1)  # by now nobody listens where the answer would go
        await server.start(port)
        assert "十八号" in (await server.wait_messages(ann.id, 1))[0]["text"]

        # It comes after all, but that the bot cannot know.
        server.fault("slow", "sendMessage", delay=1.5, chat_id=ann.id)
        ann.say(OTHER)
        await server.wait_messages(ann.id, 3)
        await server.wait_idle(quiet=1.2)
        told, late = sorted(ann.seen()[1:], key=lambda message: "一成五" in message["text"])
        assert _is_doubt(told)
        assert late["reply_to_message"]["text"] == told["reply_to_message"]["text"] == OTHER


async def test_a_webhooks_question_is_not_lost_either(
    library: Library, server: FakeBotApi, tmp_path: Path, ann: Person, unused_tcp_port: int
) -> None:
    hook = {"url": f"http://127.0.0.1:{unused_tcp_port}", "port": unused_tcp_port, "path": "telegram"}
    config = library.configure(tmp_path / "config.yaml", server, telegram={"webhook": hook})
    bob = Person(server, server.add_user("Bob", language_code="zh-hans"))
    async with BotProcess(server, config, environment={"SIYU_WEBHOOK_SECRET": "a-secret_of-the-test"}) as process:
        server.fault("slow", "sendMessage", chat_id=bob.id)
        bob.say(QUESTION)
        await server.wait_for(lambda: not server.faults)
        ann.say(QUESTION + " wait600ms")
        await server.wait_for(lambda: ann.calls("sendchataction"))
        await process.kill()
        for update in list(server.updates):
            server.redeliver(update["update_id"])
        await process.start()
        assert "十八号" in (await server.wait_messages(ann.id, 1))[0]["text"]
        await server.wait_messages(bob.id, 2)
        await server.wait_idle(quiet=0.8)
        assert len(ann.seen()) == 1
        assert sorted(map(_is_doubt, bob.seen())) == [False, True]


async def test_forget_clears_what_is_in_work(bot: BotProcess, ann: Person, shop: Shop, indexed: Library) -> None:
    state = indexed.data_dir / "state.db"
    ann = Person(bot.server, shop.customer)
    await ann.ask(QUESTION)
    confirm = await ann.ask("/forget")
    shop.say(f"@TestQABot {QUESTION} wait800ms")
    await bot.server.wait_for(lambda: shop.calls("sendchataction"))
    (waiting,) = _rows(state, f"user_id = {ann.id}")
    assert waiting[0] == "received"
    await ann.press(confirm, labels(confirm)[0])
    assert _rows(state, f"user_id = {ann.id}") == []
    await bot.server.wait_messages(shop.id, 1)
