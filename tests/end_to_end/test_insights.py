"""What operators see of the questions and of the bot itself: /gaps, /stats, /diag. Others see nothing of it."""

from __future__ import annotations

import csv
import io
import sqlite3
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.state.votes import Reason, Value, Votes
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

ANSWERABLE = "会员日选在每月哪天？"
UNANSWERABLE = "羽毛球拍穿线磅数一般选多少？"
PARAPHRASE = "羽毛球拍的穿线磅数一般选多少？"
HOSTILE = "=cmd|'/c calc'!A1 <b>钓鱼竿</b> &amp; 鱼线怎么绑？"
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Office:
    """A bot with its state, an operator, two customers and more of both: a chat takes one message a second."""

    process: BotInProcess
    server: FakeBotApi
    data_dir: Path
    olga: Person
    ann: Person
    bob: Person
    operators: tuple[Person, ...]

    def somebody(self) -> Person:
        """Another customer."""
        return Person(self.server, self.server.add_user("C", language_code="zh-hans"))

    def vote(self, question: str, value: int, reason: str | None = None) -> None:
        """Somebody votes on the newest asking of a question."""
        with closing(sqlite3.connect(self.data_dir / "state.db", isolation_level=None)) as database:
            statement = "SELECT max(id) FROM questions WHERE question = ?"
            (number,) = database.execute(statement, (question,)).fetchone()
            Votes(database).cast(number, 77, Value(value), Reason(reason) if reason else None)

    def file(self, message: Message) -> tuple[str, bytes]:
        """The name and the content of what came with a message."""
        document = message.get("document") or message["photo"][-1]
        file = self.server.files[document["file_id"]]
        return file["name"], file["data"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def whole_office(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    home = tmp_path_factory.mktemp("office")
    library = Library(indexed.articles, home / "data")
    async with FakeBotApi(TOKEN) as server:
        people = [Person(server, server.add_user("A", language_code="zh-hans")) for _ in range(20)]
        ann, bob, *operators = people
        config = library.configure(home / "config.yaml", server, telegram={"admins": [each.id for each in operators]})
        async with BotInProcess(server, config) as process:
            yield Office(process, server, library.data_dir, operators[0], ann, bob, tuple(operators))
            assert await process.stop() == 0, process.log
        assert [call for call in server.calls if (call.error or "").startswith("Bad Request: can't parse")] == []
        assert process.log.count("Traceback") == process.log.count("RuntimeError: broken on purpose")
        assert TOKEN not in process.log


@pytest.fixture(scope="module")
def operators_in_turn(whole_office: Office) -> Iterator[Person]:
    return cycle(whole_office.operators)


@pytest.fixture
def office(whole_office: Office, operators_in_turn: Iterator[Person]) -> Iterator[Office]:
    """The bot, whose people have asked nothing yet; every test has people of its own."""
    server = whole_office.server
    ann, bob = (Person(server, server.add_user(name, language_code="zh-hans")) for name in ("Ann", "Bob"))
    with closing(sqlite3.connect(whole_office.data_dir / "state.db", isolation_level=None)) as database:
        for table in ("questions", "votes", "gaps_done"):
            database.execute(f"DELETE FROM {table}")
    yield replace(whole_office, olga=next(operators_in_turn), ann=ann, bob=bob)
    assert whole_office.process.returncode is None, whole_office.process.log


async def test_gaps_are_merged_counted_and_told_why(office: Office) -> None:
    for person, question in (
        (office.ann, UNANSWERABLE),
        (office.bob, UNANSWERABLE.replace("？", " ?")),
        (office.bob, PARAPHRASE),
        (office.somebody(), HOSTILE),
        (office.somebody(), ANSWERABLE),
    ):
        await person.ask(question)
    office.vote(ANSWERABLE, -1, "outdated")
    listed = await office.olga.ask("/gaps")
    text = listed["text"]
    assert text.startswith("最近 30 天没答好的问题：3 个，共问过 5 次")
    assert "1. 羽毛球拍" in text
    assert "2 人问过 3 次 · 没找到 · 20" in text
    assert "<b>钓鱼竿</b> &amp; 鱼线怎么绑" in text
    assert "1 人问过 1 次 · 被踩（过时）" in text
    assert labels(listed) == ["✏️ 1", "✏️ 2", "✏️ 3", "✔ 1", "✔ 2", "✔ 3", "导出 CSV"]


async def test_an_edited_question_is_one_and_a_better_wording_none(office: Office) -> None:
    said = office.ann.say(UNANSWERABLE)
    await office.server.wait_messages(office.ann.id, len(office.ann.seen()) + 1)
    office.server.edit(office.ann.id, said["message_id"], ANSWERABLE)
    await office.server.wait_for(lambda: office.ann.calls("editmessagetext"))
    await office.server.wait_idle()
    assert (await office.olga.ask("/gaps"))["text"] == "最近 30 天没有没答好的问题。"


async def test_an_entry_that_is_dealt_with_comes_back_when_it_is_asked_again(office: Office) -> None:
    await office.ann.ask(UNANSWERABLE)
    await office.bob.ask("空调遥控器没电了换几号电池？")
    listed = await office.olga.ask("/gaps")
    assert "1. 空调" in listed["text"]
    assert (await office.olga.press(listed, "✔ 1"))["text"].startswith("好的")
    await office.server.wait_for(lambda: "空调" not in listed_now(office, listed))
    assert "羽毛球拍" in listed_now(office, listed)
    await office.olga.press(listed, "✔ 1")
    await office.server.wait_for(lambda: listed_now(office, listed) == "最近 30 天没有没答好的问题。")
    await office.somebody().ask(PARAPHRASE)
    assert "1 人问过 1 次" in (await office.olga.ask("/gaps"))["text"]


async def test_pages_and_orders_turn_in_place_and_survive_old_buttons(office: Office) -> None:
    topics = ["空调滤网", "吉他琴弦", "帐篷地钉", "显微镜片", "滑雪手套", "钢琴踏板", "蜂箱盖子"]
    for topic in topics:
        await office.somebody().ask(f"{topic}去哪里买？")
    await office.somebody().ask("空调滤网去哪里买？")
    listed = await office.olga.ask("/gaps 7")
    assert listed["text"].startswith("最近 7 天没答好的问题：7 个，共问过 8 次")
    assert "1. 空调滤网" in listed["text"]
    assert "›" in labels(listed)
    await office.olga.press(listed, "›")
    await office.server.wait_for(lambda: "6. " in listed_now(office, listed))
    await office.olga.press(listed, "按时间排")
    await office.server.wait_for(lambda: "1. 空调滤网" in listed_now(office, listed))
    assert "2. 蜂箱盖子" in listed_now(office, listed)
    count = len(office.olga.seen())
    for forged in ("gp1:0:x:1", "gp1:7:n:1\n", "gp1:7:n", "g1:999999", "g1:", "gc1:99999", "gd1:7:n:0"):
        assert (await office.olga.press_forged(listed, forged))["show_alert"] == "true"
    assert (await office.olga.press_forged(listed, "gd1:7:n:1:999999"))["text"].startswith("这条已经不在了")
    await office.olga.press_forged(listed, "gp1:7:n:99")
    await office.server.wait_for(lambda: "6. " in listed_now(office, listed))
    assert len(office.olga.seen()) == count


async def test_the_file_is_safe_to_open_and_names_nobody(office: Office) -> None:
    await office.ann.ask(HOSTILE)
    await office.bob.ask("-1+1 等于几，计算器坏了？")
    listed = await office.olga.ask("/gaps")
    before = len(office.olga.seen())
    await office.olga.press(listed, "导出 CSV")
    message = (await office.server.wait_messages(office.olga.id, before + 1))[before]
    name, data = office.file(message)
    assert name == "gaps.csv"
    assert message["caption"] == "最近 30 天没答好的问题，2 个"
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["问题", "次数", "人数"]
    assert {row[0] for row in rows[1:]} == {f"'{HOSTILE}", "'-1+1 等于几，计算器坏了？"}
    assert str(office.ann.id) not in data.decode("utf-8-sig")


async def test_one_tap_on_a_number_leads_to_a_curated_answer(office: Office) -> None:
    await office.ann.ask(UNANSWERABLE)
    listed = await office.olga.ask("/gaps")
    before = len(office.olga.seen())
    await office.olga.press(listed, "✏️ 1")
    message = (await office.server.wait_messages(office.olga.id, before + 1))[before]
    assert UNANSWERABLE in message["text"]
    assert message["text"].startswith("请回复这条消息，写出答案。")
    answered = await office.olga.ask("答案写在这里。", reply_to=message["message_id"])
    assert "答案写在这里。" in answered["text"]
    assert "保存" in labels(answered)


async def test_statistics_are_a_picture_for_a_phone_with_the_numbers_below(office: Office) -> None:
    await office.ann.ask(ANSWERABLE)
    await office.bob.ask(ANSWERABLE)
    await office.somebody().ask(UNANSWERABLE)
    group = office.server.add_chat("supergroup", "Shop", members=[office.bob.id])
    office.server.say(group, office.bob.id, f"/ask@TestQABot {UNANSWERABLE}")
    await office.server.wait_messages(group, 1)
    office.vote(ANSWERABLE, 1)
    message = await office.olga.ask("/stats 7")
    _, data = office.file(message)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1080, 1350)
    assert len(data) < 2**20
    lines = message["caption"].splitlines()
    assert lines[:4] == [
        "最近 7 天的提问",
        "问题 4 个，提问的有 3 人",
        "直接答上 50%，不确定 0%，没找到 50%",
        "👍 1　👎 0",
    ]
    assert "来自：私聊 3、群 1" in lines


async def test_without_questions_there_is_a_polite_line(office: Office) -> None:
    for operator, command, expected in zip(
        office.operators,
        ("/stats", "/gaps 5", "/stats x", "/gaps -1"),
        (
            "最近 30 天还没有人提问。",
            "最近 5 天没有没答好的问题。",
            "请写天数，例如 /stats 30",
            "请写天数，例如 /gaps",
        ),
        strict=False,
    ):
        assert (await operator.ask(command))["text"].startswith(expected)


async def test_diagnosis_tells_what_the_process_is_doing(office: Office) -> None:
    text = (await office.olga.ask("/diag"))["text"]
    for part in (
        "✓ 文章：articles 里有 ",
        "磁盘：data 可写，剩余 ",
        "✓ 模型：",
        "✓ 索引：",
        "Telegram：@TestQABot，长轮询，还没收的更新 ",
        "隐私模式开着",
        "/setprivacy",
        "已运行 0 天 0 小时",
        "在等的问题 0 个",
        "启动以来",
        "python-telegram-bot 22",
    ):
        assert part in text
    assert TOKEN not in text
    assert str(office.data_dir.parent) not in text
    office.ann.say("breakdown")  # an error of ours
    await office.server.wait_for(lambda: "failed" in office.process.log)
    assert "个错误，最近一次" in (await office.olga.ask("/diag"))["text"]
    office.server.me["can_read_all_group_messages"] = True
    try:
        assert "隐私模式已关闭" in (await office.olga.ask("/diag"))["text"]
    finally:
        office.server.me["can_read_all_group_messages"] = False


async def test_questions_are_answered_while_a_picture_is_drawn(office: Office) -> None:
    await office.ann.ask(ANSWERABLE)
    before = {operator: len(operator.seen()) for operator in office.operators[:3]}
    for operator in before:
        operator.say("/stats")
    assert "十八号" in (await office.bob.ask(ANSWERABLE))["text"]
    for operator, count in before.items():
        await office.server.wait_messages(operator.id, count + 1)


async def test_others_get_nothing_of_it(office: Office) -> None:
    """Scenario 34."""
    server = office.server
    group = server.add_chat("supergroup", "Shop", members=[office.olga.id], admins=[office.ann.id], bot="administrator")
    await office.bob.ask(UNANSWERABLE)
    listed = await office.olga.ask("/gaps")
    for command in ("/gaps", "/stats", "/diag"):
        assert "怎么问" in (await office.somebody().ask(command))["text"]
        server.say(group, office.ann.id, command)
        server.say(group, office.ann.id, command, anonymous=True)
    count = len(office.ann.seen())
    for data in ("g1:1", "gp1:30:f:0", "gd1:30:f:0:1", "gc1:30"):
        alert = await office.ann.press_forged({**listed, "chat": server.chats[office.ann.id].json()}, data)
        assert alert["show_alert"] == "true"
    await server.wait_idle()
    assert server.bot_messages(group) == []
    assert len(office.ann.seen()) == count
    server.say(group, office.olga.id, "/gaps")
    assert (await server.wait_messages(group, 1))[0]["text"] == "这个命令请在私聊里发给我。"
    names = [command["command"] for command in server.menu(office.ann.id, office.ann.id)]
    assert names == ["ask", "help", "privacy", "start", "suggest", "funnel"]


def listed_now(office: Office, message: Message) -> str:
    """What a message of the bot says by now."""
    return next(str(m["text"]) for m in office.olga.seen() if m["message_id"] == message["message_id"])
