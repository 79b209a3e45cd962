"""A bot for a few: who is not on its list gets one polite line in private, and nothing anywhere else."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


@dataclass(frozen=True, slots=True)
class Club:
    """A bot with a list, its operator, one who is on the list, and strangers; groups that are allowed and one not."""

    process: BotInProcess
    olga: Person
    ann: Person
    carl: Person
    dora: Person
    inside: int
    growing: int
    outside: int


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def club(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Club]:
    home = tmp_path_factory.mktemp("club")
    shutil.copytree(indexed.data_dir, home / "data", ignore=shutil.ignore_patterns("state.db*", ".*lock"))
    library = Library(indexed.articles, home / "data")
    async with FakeBotApi() as server:
        languages = {"Olga": "zh-hans", "Ann": "zh-hans", "Carl": "zh-hans", "Dora": "en"}
        people = [Person(server, server.add_user(name, language_code=languages[name])) for name in languages]
        members = [person.id for person in people]
        inside, growing, outside = (server.add_chat("group", name, members=members) for name in ("In", "New", "Out"))
        allow = {"users": [people[1].id], "chats": [inside, growing]}
        config = library.configure(home / "config.yaml", server, telegram={"admins": [people[0].id], "allow": allow})
        async with BotInProcess(server, config) as process:
            olga, ann, carl, dora = people
            yield Club(process, olga, ann, carl, dora, inside, growing, outside)
            assert await process.stop() == 0, process.log


async def test_only_those_on_the_list_are_answered(club: Club) -> None:
    server = club.process.server
    assert "十八号" in (await club.ann.ask(QUESTION))["text"]
    assert "十八号" in (await club.olga.ask(QUESTION))["text"]
    told = (await club.carl.ask("/start"))["text"]
    assert str(club.carl.id) in told
    assert "请发给管理员" in told
    told = (await club.dora.ask(QUESTION))["text"]
    assert told.startswith("This bot answers only people on its list.")
    assert str(club.dora.id) in told
    # From then on silence, whatever they try, and nothing is kept of them.
    answer = club.ann.seen()[0]
    button = answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    queries = [server.inline(club.carl.id, QUESTION), server.guest(club.carl.id, f"@TestQABot {QUESTION}")]
    club.carl.say(QUESTION)
    club.carl.say("/help")
    server.edit(club.dora.id, club.dora.say(QUESTION)["message_id"], "优惠券的面额是多少？")
    pressed = server.query()
    press = {"id": pressed, "from": server.users[club.carl.id], "message": answer, "chat_instance": "1"}
    server.push("callback_query", {**press, "data": button})
    await server.wait_idle()
    assert len(club.carl.seen()) == len(club.dora.seen()) == 1
    assert all(server.queries[query]["answer"] is None for query in (*queries, pressed))
    # What is kept of them they may still see and delete.
    assert "180 天" in (await club.carl.ask("/privacy"))["text"]
    assert (await club.carl.ask("/forget"))["text"] == "没有保存您的任何记录。"
    # The log tells one from another, and nobody's id.
    names = set(re.findall(r"(~[0-9a-f]{10}) is not on the list", club.process.log))
    assert len(names) == 2
    assert not any(str(person.id) in club.process.log for person in (club.ann, club.carl, club.dora))


async def test_groups_count_by_their_own_id_and_people_inline_by_theirs(club: Club) -> None:
    server = club.process.server
    for person in (club.carl, club.ann):
        server.say(club.outside, person.id, f"/ask@TestQABot {QUESTION}")
        server.say(club.inside, person.id, f"/ask@TestQABot {QUESTION}")
    (first, second) = await server.wait_messages(club.inside, 2)
    assert all("十八号" in message["text"] for message in (first, second))
    await server.wait_idle()
    assert server.bot_messages(club.outside) == []
    server.say(club.outside, club.olga.id, f"/ask@TestQABot {QUESTION}")  # an operator, wherever it is
    assert "十八号" in (await server.wait_messages(club.outside, 1))[0]["text"]
    assert (await club.ann.acknowledged(server.inline(club.ann.id, "优惠券的面额是多少")))["results"]
    assert "result" in await club.ann.acknowledged(server.guest(club.ann.id, f"@TestQABot {QUESTION}"))


async def test_an_allowed_group_stays_so_when_its_id_changes(club: Club) -> None:
    server = club.process.server
    moved = server.migrate(club.growing)
    server.say(moved, club.carl.id, f"/ask@TestQABot {QUESTION}")
    assert "十八号" in (await server.wait_messages(moved, 1))[0]["text"]
    assert f"id 变成了 {moved}" in club.process.log
