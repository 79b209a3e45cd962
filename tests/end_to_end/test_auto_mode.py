"""The mode auto: the bot speaks up unasked when it is sure, and otherwise nothing at all happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import pytest_asyncio

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.people import Person, Shop

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

# What the fake encoder is sure of, and what it would answer only when it is asked.
SURE = ["优惠券的面额是多少？", "优惠券的面额是多少?", "优惠券的面额是多少", "新客优惠券的面额是多少呢"]
UNSURE = "满减门槛定在多少？"
CHATTER = ["今天生意不错", "我也是", "晚点再说", "breakdown 今天又降温了", "你家优惠券的面额是多少？", "在吗"]


@pytest_asyncio.fixture(loop_scope="session")
async def auto(shop: Shop) -> Shop:
    """A group whose administrators let the bot speak up."""
    assert "已设为 auto" in (await shop.ask("/mode auto", shop.owner))["text"]
    return shop


@pytest.mark.parametrize("question", SURE)
async def test_a_question_to_nobody_is_answered_as_a_reply(auto: Shop, question: str) -> None:
    answer = await auto.ask(question)
    assert "一成五" in answer["text"]
    assert answer["reply_to_message"]["text"] == question
    assert auto.calls("sendchataction") == []


async def test_what_it_is_not_sure_of_it_leaves_alone(auto: Shop) -> None:
    before = len(auto.calls())
    for text in (UNSURE, "羽毛球拍穿线磅数多少？", "火锅底料怎么炒才香"):
        auto.say(text)
    await auto.server.wait_idle()
    assert len(auto.calls()) == before
    assert "一点三倍" in (await auto.ask(f"/ask {UNSURE}"))["text"]


async def test_chatter_costs_nothing_in_the_mode_auto_either(bot: BotProcess, auto: Shop) -> None:
    """Scenario 16, where the bot listens."""
    before, broken = len(auto.calls()), bot.log.count("broken on purpose")
    for number in range(100):
        auto.say(CHATTER[number % len(CHATTER)])
    auto.say("很长的故事，" * 60 + SURE[0])
    assert await auto.silent()
    assert len(auto.calls()) == before
    assert bot.log.count("broken on purpose") == broken


async def test_what_is_for_somebody_else_is_left_alone(auto: Shop) -> None:
    server, before = auto.server, len(auto.calls())
    remark = auto.say("大家好", auto.owner)
    friend = server.users[auto.owner]
    mark = {"type": "text_mention", "offset": 0, "length": 2, "user": friend}
    other = server.add_user("OtherBot", "OtherBot", is_bot=True)
    origin = {"type": "user", "date": 1, "sender_user": friend}
    for text, user, options in [
        (SURE[0], None, {"reply_to": remark["message_id"]}),
        (f"@olga_shop {SURE[0]}", None, {}),
        (f"欧加，{SURE[0]}", None, {"entities": [mark]}),
        (SURE[0], None, {"extra": {"forward_origin": origin}}),
        (SURE[0], None, {"extra": {"via_bot": server.me}}),
        (SURE[0], None, {"document": server.upload("goods.jpg", b"x", "image/jpeg")}),
        (f"/foo {SURE[0]}", None, {}),
        (SURE[0], other, {}),
    ]:
        auto.say(text, user, **options)
    await server.wait_idle()
    assert len(auto.calls()) == before


async def test_never_twice_in_a_row(auto: Shop) -> None:
    await auto.ask(SURE[0])
    auto.say(SURE[1])
    await auto.server.wait_idle()
    assert len(auto.seen()) == 2  # the mode, the first answer
    assert "一成五" in (await auto.ask(f"/ask {SURE[1]}"))["text"]  # who asks the bot is answered all the same
    assert "一成五" in (await auto.ask(SURE[2]))["text"]


async def test_every_topic_has_its_own_turn(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(is_forum=True)
    await shop.ask("/mode auto", shop.owner)
    topic = shop.server.add_topic(shop.id, "费用", shop.owner)
    opening = shop.server.chats[shop.id].messages[topic]
    for thread in (None, topic):
        answer = await shop.ask(SURE[0], thread=thread)
        assert answer.get("message_thread_id") == thread
        shop.say(SURE[1], thread=thread)
    await shop.server.wait_idle()
    assert len(shop.seen()) == 3
    shop.say("好的", thread=topic)
    # In a forum every message replies to the making of its topic when it replies to nothing else.
    answer = await shop.ask(SURE[2], thread=topic, reply_to=opening["message_id"])
    assert answer["message_thread_id"] == topic


async def test_a_comment_below_a_post_is_to_nobody(auto: Shop) -> None:
    channel = auto.server.add_chat("channel", "News")
    auto.server.link(channel, auto.id)
    auto.server.say(channel, None, SURE[0])
    post = auto.server.messages(auto.id)[-1]
    await auto.server.wait_idle()
    assert len(auto.seen()) == 1
    answer = await auto.ask(SURE[0], reply_to=post["message_id"])
    assert "一成五" in answer["text"]
    assert answer["message_thread_id"] == post["message_id"]


async def test_a_follow_up_to_an_answer_knows_it(auto: Shop) -> None:
    answer = await auto.ask("会员日选在每月几号")
    follow_up = await auto.ask("那优惠券呢", reply_to=answer["message_id"])
    assert "会员日" in follow_up["text"].partition("\n")[0]


async def test_an_edit_changes_the_answer_or_takes_it_away(auto: Shop) -> None:
    answer = await auto.ask(SURE[0])
    question = answer["reply_to_message"]["message_id"]
    auto.server.edit(auto.id, question, "预售定金建议收几成")
    await auto.server.wait_for(lambda: "两成" in auto.seen()[1]["text"])
    auto.server.edit(auto.id, question, UNSURE)
    await auto.server.wait_for(lambda: len(auto.seen()) == 1)
    chatter = auto.say("今天生意不错")
    auto.server.edit(auto.id, chatter["message_id"], SURE[0])
    await auto.server.wait_idle()
    assert len(auto.seen()) == 1


async def test_without_the_mode_nothing_is_answered_unasked(shop: Shop) -> None:
    for text in (*SURE, UNSURE):
        shop.say(text)
    assert await shop.silent()
    assert shop.calls() == []


async def test_a_bot_that_cannot_listen_says_so(make_shop: Callable[..., Shop]) -> None:
    """Scenario 15, for the mode auto."""
    shop = make_shop(status="member")
    text = (await shop.ask("/mode@TestQABot auto", shop.owner))["text"]
    assert text.startswith("已设为 auto")
    assert "/setprivacy" in text
    assert "/setprivacy" in (await shop.ask("/mode@TestQABot", shop.owner))["text"]


async def test_the_start_log_and_private_chats_know_of_privacy_mode(bot: BotProcess, ann: Person) -> None:
    """Scenario 15."""
    assert "/setprivacy" in bot.log
    assert "一成五" in (await ann.ask(SURE[0]))["text"]
