"""Conversations in Telegram: what a question may go on from, and what it never does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import EXAMPLES
from tests.end_to_end.people import Message, Person, labels

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

MEMBERS, COUPON = "会员日选在每月哪天？", "优惠券的面额是多少？"
FOLLOW_UP = "那个要注意什么"
UNKNOWN = "如果是接着前面的话问，请把问题写完整"


async def test_a_plain_follow_up_goes_on_from_the_last_question(ann: Person) -> None:
    """Scenario 14."""
    await ann.ask(MEMBERS)
    answer = await ann.ask(FOLLOW_UP)
    assert answer["text"].startswith("接着上一问：会员日选在每月哪天，")
    assert "十八号" in answer["text"]
    assert answer["entities"][0]["type"] == "italic"


async def test_a_reply_goes_on_from_the_answer_it_replies_to(ann: Person) -> None:
    """Scenario 14."""
    members = await ann.ask(MEMBERS)
    await ann.ask(COUPON)
    answer = await ann.ask(FOLLOW_UP, reply_to=members["message_id"])
    assert answer["text"].startswith("接着上一问：会员日选在每月哪天，")
    assert (await ann.ask("那老客呢"))["text"].startswith("接着上一问：会员日选在每月哪天，")


@pytest.mark.parametrize("as_reply", [False, True])
async def test_after_cancel_a_follow_up_stands_alone_and_is_asked_to_be_whole(ann: Person, as_reply: bool) -> None:
    """Scenarios 9 and 14."""
    members = await ann.ask(MEMBERS)
    assert (await ann.ask("/cancel"))["text"].startswith("好的，前面的话题到此为止")
    answer = await ann.ask(FOLLOW_UP, reply_to=members["message_id"] if as_reply else None)
    assert answer["text"].startswith("您问的是哪件事？")
    assert UNKNOWN in answer["text"]


async def test_cancel_ends_a_prompt(ann: Person) -> None:
    """Scenario 9."""
    prompt = await ann.ask("/ask")
    assert (await ann.ask("/cancel", reply_to=prompt["message_id"]))["text"].startswith("好的")
    assert (await ann.ask("/cancel"))["text"] == "没有正在进行的操作。"


async def test_an_english_follow_up_is_spoken_to_in_english(newcomer: Callable[..., Person]) -> None:
    bob = newcomer("en")
    await bob.ask("How many wholesale samples abroad per customer?")
    assert (await bob.ask("/cancel"))["text"].startswith("All right")
    assert "please send the whole question" in (await bob.ask("and for that?"))["text"]


async def test_a_hostile_question_is_repeated_literally(ann: Person) -> None:
    """Scenario 7: escaped, and every entity where it belongs."""
    hostile = "<b>会员日</b> & 2 < 3 😀 \u202eשלום 选在每月哪天？"
    await ann.ask(hostile)
    answer = await ann.ask(FOLLOW_UP)
    first, source = answer["text"].splitlines()[0], answer["text"].index("[1] ", answer["text"].index("出处"))
    assert first.startswith("接着上一问：<b>会员日</b> & 2 < 3 😀 שלום 选在每月哪天")
    marks = {mark["type"]: _cut(answer["text"], mark) for mark in answer["entities"]}
    assert marks["italic"].strip() == first.strip()
    assert marks["bold"].strip() == "出处"
    assert answer["text"].encode("utf-16-le").find(marks["text_link"].encode("utf-16-le")) > 0
    assert answer["text"][source + 4 :].startswith(marks["text_link"])


async def test_two_people_in_a_group_have_two_conversations(
    bot: BotProcess, ann: Person, newcomer: Callable[..., Person]
) -> None:
    """Scenario 14."""
    server, bob, carl = bot.server, newcomer(), newcomer()
    group = server.add_chat("supergroup", "Shop", members=[ann.id, bob.id, carl.id], bot="administrator")

    async def ask(person: Person, text: str, reply_to: int | None = None) -> Message:
        before = len(server.bot_messages(group))
        server.say(group, person.id, f"@TestQABot {text}", reply_to=reply_to)
        return (await server.wait_messages(group, before + 1))[before]

    members = await ask(ann, MEMBERS)
    await ask(bob, COUPON)
    assert (await ask(ann, FOLLOW_UP))["text"].startswith("接着上一问：会员日")
    assert (await ask(bob, FOLLOW_UP))["text"].startswith("接着上一问：优惠券")
    assert UNKNOWN in (await ask(carl, FOLLOW_UP))["text"]
    # A reply says by itself what it goes on from; the other's own question stays out of it.
    replied = (await ask(bob, FOLLOW_UP, members["message_id"]))["text"]
    assert replied.startswith("接着上一问：会员日")
    assert "优惠券" not in replied


async def test_the_same_person_elsewhere_has_another_conversation(bot: BotProcess, ann: Person) -> None:
    await ann.ask(MEMBERS)
    group = bot.server.add_chat("supergroup", "Shop", members=[ann.id], bot="administrator")
    bot.server.say(group, ann.id, f"@TestQABot {FOLLOW_UP}")
    (answer,) = await bot.server.wait_messages(group, 1)
    assert UNKNOWN in answer["text"]
    assert labels(answer) == EXAMPLES


def _cut(text: str, mark: Message) -> str:
    units = text.encode("utf-16-le")[2 * mark["offset"] : 2 * (mark["offset"] + mark["length"])]
    return units.decode("utf-16-le")
