"""A bot with tight limits: floods, what is only a picture, conversations that end, questions from before its start."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
LIMIT = 3
GROUP_LIMIT = 5
HOSTILE = "<b>预售</b> & 2 < 3 😀 {n} 定金建议收几成？"
STICKER = {"sticker": {"file_id": "F1", "file_unique_id": "U1", "type": "regular", "width": 512, "height": 512}}
STICKER["sticker"] |= {"is_animated": False, "is_video": False}


class Strict:
    """A server with flood limits, and a bot that lets a person ask three questions a minute."""

    def __init__(self, server: FakeBotApi, olga: Person, waiting: dict[str, Person], group: int) -> None:
        self.server = server
        self.olga = olga
        self.waiting = waiting
        self.group = group

    def newcomer(self, language_code: str = "zh-hans") -> Person:
        """Somebody who has asked nothing yet."""
        return Person(self.server, self.server.add_user("Ann", language_code=language_code))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Strict]:
    """Fifty updates wait when it starts, most of them from twenty minutes ago."""
    home = tmp_path_factory.mktemp("strict")
    async with FakeBotApi(TOKEN) as server:
        server.rate_limits = True
        olga, ann, bob, carl = (Person(server, server.add_user(n, language_code="zh-hans")) for n in "OABC")
        group = server.add_chat("supergroup", "Shop", members=[ann.id, bob.id], bot="administrator")
        old = {"date": int(time.time()) - 1200}
        for number in range(30):
            ann.say(f"第{number}个问题：{QUESTION}", extra=old)
        ann.say(QUESTION, extra={"date": int(time.time()) - 300})
        for text in ("你好", "谢谢", None):
            bob.say(text, extra=old | ({} if text else STICKER))
        carl.say("/ask " + QUESTION, extra=old)
        for number in range(15):
            server.say(group, ann.id if number % 3 else bob.id, f"{number} {QUESTION}", extra=old)
        for person in (ann, bob):
            server.say(group, person.id, f"@TestQABot {QUESTION}", extra=old)
        limited = {
            "admins": [olga.id],
            "limits": {"per_user_per_minute": LIMIT, "per_chat_per_minute": GROUP_LIMIT},
            "conversation_minutes": 0.02,
            "examples": [HOSTILE],
        }
        library = Library(indexed.articles, home / "data")
        (home / "data").mkdir()
        for part in ("generations", "current"):
            (home / "data" / part).symlink_to(indexed.data_dir / part)
        config = library.configure(home / "config.yaml", server, telegram=limited)
        async with BotInProcess(server, config) as process:
            yield Strict(server, olga, {"ann": ann, "bob": bob, "carl": carl}, group)
            assert await process.stop() == 0, process.log
            assert "Traceback" not in process.log


async def test_old_questions_are_not_answered_one_by_one(strict: Strict) -> None:
    """Scenario 38: fifty updates wait at the start."""
    server, ann = strict.server, strict.waiting["ann"]
    await server.wait_messages(ann.id, 2)
    await server.wait_messages(strict.group, 1)
    await server.wait_messages(strict.waiting["carl"].id, 1)
    await server.wait_idle(quiet=1)
    answer, told = sorted(ann.seen(), key=lambda message: message["text"].startswith("我刚才不在线"))
    assert "十八号" in answer["text"]
    assert told["text"] == "我刚才不在线，有 30 条问题没有回答。需要的话，请重新发给我。"
    assert told["reply_to_message"]["text"].startswith("第29个问题")
    assert strict.waiting["bob"].seen() == []
    assert ["有 1 条" in text for text in server.bot_texts(strict.waiting["carl"].id)] == [True]
    (in_group,) = server.bot_messages(strict.group)
    assert "有 2 条问题" in in_group["text"]
    typed = {str(call["params"]["chat_id"]) for call in server.transcript("sendchataction")}
    assert typed == {str(ann.id)}


async def test_a_flood_is_answered_up_to_the_limit_and_told_once(strict: Strict) -> None:
    """Scenario 35: others are answered meanwhile."""
    ann, bob = strict.newcomer(), strict.newcomer("en")
    for number in range(200):
        ann.say(f"第{number}个问题：{QUESTION}")
    await ann.server.wait_messages(ann.id, 1)
    assert "three wholesale samples" in (await bob.ask("How many wholesale samples abroad?"))["text"]
    await ann.server.wait_messages(ann.id, LIMIT + 1)
    await ann.server.wait_idle()
    assert [m["reply_to_message"]["text"][:2] for m in ann.seen()] == ["第0", "第1", "第2", "第3"]
    assert all("十八号" in message["text"] for message in ann.seen()[:LIMIT])
    assert ann.seen()[LIMIT]["text"].startswith("您问得有点快：我一分钟最多回答一个人 3 个问题")
    assert len(ann.calls("sendchataction")) == LIMIT


async def test_commands_count_too(strict: Strict) -> None:
    """Scenario 35: a flood need not be one of questions."""
    ann = strict.newcomer()
    for command in ("/help", "/start", "/privacy", "/ask", "/help", "/forget", "/whatever", QUESTION):
        ann.say(command)
    await ann.server.wait_messages(ann.id, LIMIT + 1)
    await ann.server.wait_idle()
    assert len(ann.seen()) == LIMIT + 1
    assert ann.seen()[LIMIT]["text"].startswith("您问得有点快")


async def test_in_a_group_the_limit_is_a_persons_and_operators_have_none(strict: Strict) -> None:
    """Scenario 35, in a group."""
    server, ann, bob = strict.server, strict.newcomer(), strict.newcomer()
    group = server.add_chat("supergroup", "Shop", members=[ann.id, bob.id, strict.olga.id])
    for person in (ann, strict.olga):
        for number in range(LIMIT + 2):
            server.say(group, person.id, f"/ask@TestQABot {number} {QUESTION}")
    server.say(group, bob.id, f"/ask@TestQABot {QUESTION}")
    seen = await server.wait_messages(group, LIMIT + 1 + LIMIT + 2 + 1)
    await server.wait_idle()
    askers = [message["reply_to_message"]["from"]["id"] for message in seen]
    assert askers == [ann.id] * (LIMIT + 1) + [strict.olga.id] * (LIMIT + 2) + [bob.id]
    assert [("有点快" in message["text"]) for message in seen].index(True) == LIMIT
    assert len(server.bot_messages(group)) == len(seen)


async def test_a_group_has_a_limit_of_its_own_and_is_told_once(strict: Strict) -> None:
    server, people = strict.server, [strict.newcomer() for _ in range(4)]
    group = server.add_chat("supergroup", "Shop", members=[person.id for person in people])
    for number in range(8):
        server.say(group, people[number % 4].id, f"/ask@TestQABot {number} {QUESTION}")
    await server.wait_messages(group, GROUP_LIMIT + 1)
    assert "十八号" in (await people[3].ask(QUESTION))["text"]
    await server.wait_idle()
    texts = server.bot_texts(group)
    assert len(texts) == GROUP_LIMIT + 1
    assert all("十八号" in text for text in texts[:GROUP_LIMIT])
    assert texts[GROUP_LIMIT].startswith("群里问得有点快：我一分钟最多在一个群里回答 5 个问题")


async def test_edits_count_as_questions(strict: Strict) -> None:
    ann = strict.newcomer()
    answer = await ann.ask(QUESTION)
    for number in range(LIMIT + 3):
        strict.server.edit(ann.id, answer["reply_to_message"]["message_id"], f"优惠券的面额是多少？{number}")
    await strict.server.wait_for(lambda: any("有点快" in message["text"] for message in ann.seen()))
    await strict.server.wait_idle()
    assert len(ann.calls("editmessagetext")) <= LIMIT - 1
    assert len(ann.seen()) == 2


async def test_buttons_have_a_limit_too(strict: Strict) -> None:
    ann = strict.newcomer()
    answer = await ann.ask(QUESTION)
    up, down = (button["callback_data"] for button in answer["reply_markup"]["inline_keyboard"][-1])
    for thumb in (up, down, up, down)[:LIMIT]:
        assert (await ann.press(answer, thumb))["show_alert"] == "false"
    alert = await ann.press(answer, up)
    assert alert["text"].startswith("您点得有点快")
    assert alert["show_alert"] == "true"


async def test_pictures_get_one_line_a_minute(strict: Strict) -> None:
    """Scenario 12."""
    ann = strict.newcomer()
    assert (await ann.ask(None, extra=STICKER))["text"].startswith("我只看得懂文字")
    for _ in range(5):
        ann.say(None, extra=STICKER)
    assert "十八号" in (await ann.ask(QUESTION))["text"]
    await ann.server.wait_idle()
    assert len(ann.seen()) == 2


async def test_a_conversation_ends_by_itself(strict: Strict) -> None:
    """Scenario 14: after its time a follow-up is asked to be whole."""
    ann = strict.newcomer()
    await ann.ask(QUESTION)
    assert (await ann.ask("那个要注意什么"))["text"].startswith("接着上一问")
    await ann.server.wait_idle(quiet=1.3)
    assert "请把问题写完整" in (await ann.ask("那个要注意什么"))["text"]


async def test_a_hostile_example_is_shown_literally(strict: Strict) -> None:
    """Scenario 7: a question that is repeated above its answer."""
    ann = strict.newcomer()
    greeting = await ann.ask("/start")
    await ann.press(greeting, HOSTILE)
    answer = (await ann.server.wait_messages(ann.id, 2))[1]
    assert answer["text"].startswith(f"问：{HOSTILE}\n\n")
    assert "两成" in answer["text"]
    bold = answer["entities"][0]
    assert (bold["type"], bold["offset"]) == ("bold", 0)
    assert answer["text"].encode("utf-16-le")[: 2 * bold["length"]].decode("utf-16-le").strip() == f"问：{HOSTILE}"
