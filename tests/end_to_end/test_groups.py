"""Groups, supergroups, forums and discussion groups: an answer to whoever asks the bot, silence for all else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, Shop
from tests.end_to_end.server import FakeBotApi
from tests.end_to_end.server.formatting import u16

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"
Message = dict[str, Any]


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_command_is_answered_as_a_reply(make_shop: Callable[..., Shop], kind: str) -> None:
    shop = make_shop(kind, status="member")
    for command in ("/ask", "/ask@TestQABot", "/ASK@testqabot"):
        answer = await shop.ask(f"{command} {QUESTION}")
        assert "十八号" in answer["text"]
        assert answer["reply_to_message"]["text"] == f"{command} {QUESTION}"


async def test_with_privacy_on_only_the_command_is_answered(make_shop: Callable[..., Shop]) -> None:
    """Scenario 15."""
    shop = make_shop(status="member")
    shop.say(QUESTION)
    shop.say(f"@TestQABot {QUESTION}")
    shop.say(f"/ask@TestQABot {QUESTION}")
    await shop.server.wait_messages(shop.id, 1)
    await shop.server.wait_idle()
    assert [answer["reply_to_message"]["text"] for answer in shop.seen()] == [f"/ask@TestQABot {QUESTION}"]


async def test_chatter_costs_nothing(bot: BotProcess, shop: Shop) -> None:
    """Scenarios 16 and 19."""
    broken = bot.log.count("broken on purpose")
    texts = [
        QUESTION,
        "breakdown",
        "@TestQABots 会员日",
        "@TestQABo 会员日",
        "/nonsense",
        "/ask@otherbot 会员日",
        "/start",
    ]
    for number in range(100):
        shop.say(f"{texts[number % len(texts)]}")
    shop.say(None, extra={"sticker": _sticker()})
    assert await shop.silent()
    assert shop.calls() == []
    assert bot.log.count("broken on purpose") == broken


@pytest.mark.parametrize("text", ["@TestQABot {}", "{} @testqabot", "😀 @TESTQABOT，{}", "请问 @TestQABot ： {}"])
async def test_a_mention_is_answered(shop: Shop, text: str) -> None:
    """Scenario 17."""
    answer = await shop.ask(text.format(QUESTION))
    assert "十八号" in answer["text"]
    assert answer["reply_to_message"]["text"] == text.format(QUESTION)


async def test_a_mention_is_no_part_of_the_question(shop: Shop) -> None:
    """Scenario 17."""
    assert (await shop.ask("@TestQABot 你好"))["text"].startswith("您好")


async def test_a_mention_by_name_is_answered(shop: Shop) -> None:
    """Scenario 17."""
    text = f"😀 机器人 {QUESTION}"
    mark = {"type": "text_mention", "offset": u16("😀 "), "length": 3, "user": shop.server.me}
    assert "十八号" in (await shop.ask(text, entities=[mark]))["text"]
    shop.say(text, entities=[{**mark, "user": shop.server.users[shop.owner]}])
    await shop.server.wait_idle()
    assert len(shop.seen()) == 1


async def test_a_mention_in_a_caption_is_answered(shop: Shop) -> None:
    """Scenario 17."""
    photo = shop.server.upload("goods.jpg", b"x", "image/jpeg")
    assert "十八号" in (await shop.ask(f"@TestQABot {QUESTION}", document=photo))["text"]
    assert "十八号" in (await shop.ask(f"/ask {QUESTION}", document=photo))["text"]
    shop.say(QUESTION, document=photo)
    assert await shop.silent()


async def test_a_reply_to_the_bot_is_answered_a_reply_to_others_is_not(shop: Shop) -> None:
    """Scenario 18."""
    answer = await shop.ask(f"/ask {QUESTION}")
    again = await shop.ask("优惠券的面额是多少？", reply_to=answer["message_id"])
    assert "一成五" in again["text"]
    remark = shop.say("大家好", shop.owner)
    other = shop.server.add_user("OtherBot", "OtherBot", is_bot=True)
    advert = shop.say("买一送一", other)
    shop.say(QUESTION, reply_to=remark["message_id"])
    shop.say(QUESTION, reply_to=advert["message_id"])
    shop.say("谢谢！", reply_to=answer["message_id"])
    shop.say(None, reply_to=answer["message_id"], extra={"sticker": _sticker()})
    await shop.server.wait_idle()
    assert len(shop.seen()) == 2


async def test_other_bots_inline_results_and_service_messages_are_nobody(shop: Shop) -> None:
    other = shop.server.add_user("OtherBot", "OtherBot", is_bot=True)
    shop.say(f"/ask {QUESTION}", other)
    shop.say(f"@TestQABot {QUESTION}", extra={"via_bot": shop.server.me})
    shop.server.service(shop.id, shop.customer, new_chat_title=f"@TestQABot {QUESTION}")
    shop.server.service(shop.id, shop.owner, new_chat_members=[shop.server.users[shop.customer]])
    assert await shop.silent()
    assert shop.calls() == []


@pytest.mark.parametrize("call", ["/ask", "/ask@TestQABot", "@TestQABot"])
async def test_a_call_as_a_reply_answers_the_message_replied_to(shop: Shop, call: str) -> None:
    """Scenario 20."""
    question = shop.say(QUESTION)
    answer = await shop.ask(call, shop.owner, reply_to=question["message_id"])
    assert "十八号" in answer["text"]
    assert answer["reply_to_message"]["message_id"] == question["message_id"]


async def test_an_empty_call_prompts_and_takes_the_reply(shop: Shop) -> None:
    prompt = await shop.ask("/ask")
    assert prompt["text"] == "请发您的问题："
    assert "十八号" in (await shop.ask(QUESTION, reply_to=prompt["message_id"]))["text"]


async def test_help_tells_how_to_ask_in_a_group(shop: Shop) -> None:
    text = (await shop.ask("/help@TestQABot"))["text"]
    assert text.startswith("在群里怎么问")
    assert "@我" not in text  # privacy mode is on
    assert "其他消息我不会插话" in text
    await shop.ask("/mode command", shop.owner)
    assert "只回答 /ask" in (await shop.ask("/help@TestQABot"))["text"]
    await shop.ask("/mode auto", shop.owner)
    assert "也会主动回答" in (await shop.ask("/help@TestQABot"))["text"]


async def test_an_answer_stays_in_its_topic(make_shop: Callable[..., Shop]) -> None:
    """Scenario 21."""
    shop = make_shop(status="member", is_forum=True)
    topic = shop.server.add_topic(shop.id, "费用", shop.owner)
    answer = await shop.ask(f"/ask@TestQABot {QUESTION}", thread=topic)
    assert answer["message_thread_id"] == topic
    assert {call["params"]["message_thread_id"] for call in shop.calls()} == {str(topic)}
    general = await shop.ask(f"/ask@TestQABot {QUESTION}")
    assert "message_thread_id" not in general
    assert "message_thread_id" not in shop.calls("sendmessage")[-1]["params"]
    assert shop.calls("sendchataction")[-1]["params"]["message_thread_id"] == "1"


async def test_a_closed_topic_harms_nobody(bot: BotProcess, make_shop: Callable[..., Shop]) -> None:
    """Scenario 21."""
    shop = make_shop(status="member", is_forum=True)
    topic = shop.server.add_topic(shop.id, "费用", shop.owner)
    shop.server.chats[shop.id].topics[topic]["closed"] = True
    shop.say(f"/ask@TestQABot {QUESTION}", thread=topic)
    await shop.server.wait_for(lambda: shop.calls("sendmessage"))
    assert "十八号" in (await shop.ask(f"/ask@TestQABot {QUESTION}"))["text"]
    assert f"update {shop.server.updates[-2]['update_id']} failed" not in bot.log
    for call in shop.server.calls:  # the refusal was this test's own making
        call.error = None if call.error and "TOPIC_CLOSED" in call.error else call.error


async def test_comments_are_answered_in_their_thread_and_posts_are_not(shop: Shop) -> None:
    """Scenario 22."""
    channel = shop.server.add_chat("channel", "News")
    shop.server.link(channel, shop.id)
    shop.server.say(channel, None, f"/ask {QUESTION}")
    post = shop.server.messages(shop.id)[-1]
    assert post["is_automatic_forward"]
    assert await shop.silent()
    answer = await shop.ask(f"/ask {QUESTION}", reply_to=post["message_id"])
    assert "十八号" in answer["text"]
    assert answer["message_thread_id"] == post["message_id"]
    assert len(shop.seen()) == 1


async def test_anonymous_administrators_and_channels_are_answered(shop: Shop) -> None:
    """Scenario 23."""
    channel = shop.server.add_chat("channel", "News")
    assert "十八号" in (await shop.ask(f"/ask {QUESTION}", anonymous=True))["text"]
    assert "十八号" in (await shop.ask(f"@TestQABot {QUESTION}", as_channel=channel))["text"]
    shop.say("/reindex@TestQABot", anonymous=True)
    shop.say("/reindex@TestQABot", as_channel=channel)
    assert await shop.silent()


async def test_a_question_deleted_before_its_answer_is_answered(shop: Shop) -> None:
    """Scenario 27."""
    question = shop.say(f"/ask {QUESTION} wait500ms")
    await shop.server.wait_for(lambda: shop.calls("sendchataction"))
    shop.server.delete(shop.id, question["message_id"])
    (answer,) = await shop.server.wait_messages(shop.id, 1)
    assert "十八号" in answer["text"]


# -- modes


async def test_the_administrators_choose_the_mode(shop: Shop) -> None:
    shop.say("/mode command")
    await shop.server.wait_idle()  # Telegram is asked who that is
    assert shop.seen() == []
    assert "addressed" in (await shop.ask("/mode", shop.owner))["text"]
    assert "没有这种方式" in (await shop.ask("/mode loud", shop.owner))["text"]
    assert "只回答 /ask" in (await shop.ask("/mode@TestQABot command", shop.owner))["text"]
    prompt = await shop.ask("/ask")
    before = len(shop.seen())
    shop.say(f"@TestQABot {QUESTION}")
    shop.say(QUESTION, reply_to=shop.seen()[0]["message_id"])
    assert await shop.silent()
    assert len(shop.seen()) == before
    assert "十八号" in (await shop.ask(f"/ask {QUESTION}"))["text"]
    assert "十八号" in (await shop.ask(QUESTION, reply_to=prompt["message_id"]))["text"]
    assert "addressed" in (await shop.ask("/mode addressed", anonymous=True))["text"]
    assert "十八号" in (await shop.ask(f"@TestQABot {QUESTION}"))["text"]


async def test_a_channel_that_writes_in_a_group_is_no_administrator(shop: Shop) -> None:
    channel = shop.server.add_chat("channel", "News")
    shop.say("/mode command", as_channel=channel)
    shop.say("/mode command")
    await shop.server.wait_idle()
    assert shop.seen() == []
    assert "十八号" in (await shop.ask(f"@TestQABot {QUESTION}"))["text"]


async def test_an_administrator_is_looked_up_once(shop: Shop) -> None:
    for _ in range(3):
        await shop.ask("/mode", shop.owner)
    assert len(shop.calls("getchatmember")) == 1


async def test_thirty_questions_in_a_minute_are_all_answered(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    """Scenario 28, the minute cut to eight seconds for the server and the bot alike."""
    server.rate_limits = True
    server.limits["group"] = (20, 8.0)
    ann, carl = (server.add_user(name, language_code="zh-hans") for name in ("Ann", "Carl"))
    group = server.add_chat("supergroup", "Shop", members=[carl])
    config = library.configure(tmp_path / "config.yaml", server, telegram={"limits": {"per_user_per_minute": 0}})
    async with BotInProcess(server, config, minute=8.4) as process:
        began = time.monotonic()
        asked = [f"/ask@TestQABot {QUESTION} {number}" for number in range(30)]
        for text in asked:
            server.say(group, carl, text)
        await server.wait_messages(group, 20)
        assert "十八号" in (await Person(server, ann).ask(QUESTION))["text"]
        assert len(server.bot_messages(group)) == 20 or time.monotonic() - began > 8.0  # on a busy machine
        answers = await server.wait_messages(group, 30)
        assert [answer["reply_to_message"]["text"] for answer in answers] == asked
        assert [call for call in server.transcript() if call["error"]] == []
        assert await process.stop() == 0


# -- the life of a group


async def test_the_mode_moves_with_the_group(make_shop: Callable[..., Shop]) -> None:
    """Scenario 24."""
    shop = make_shop("group")
    await shop.ask("/mode command", shop.owner)
    moved = Shop(shop.server, shop.server.migrate(shop.id), shop.owner, shop.customer)
    moved.say(f"@TestQABot {QUESTION}")
    assert "十八号" in (await moved.ask(f"/ask {QUESTION}"))["text"]
    assert "command" in (await moved.ask("/mode", shop.owner))["text"]
    assert len(moved.seen()) == 2


async def test_a_group_that_moves_during_an_answer_gets_it_once_at_its_new_id(
    bot: BotProcess, make_shop: Callable[..., Shop]
) -> None:
    """Scenario 24."""
    shop = make_shop("group")
    await shop.ask("/mode command", shop.owner)
    shop.say(f"/ask {QUESTION} wait800ms")
    await shop.server.wait_for(lambda: shop.calls("sendchataction"))
    new = shop.server.migrate(shop.id)
    (answer,) = await shop.server.wait_messages(new, 1)
    assert "十八号" in answer["text"]
    moved = Shop(shop.server, new, shop.owner, shop.customer)
    assert "command" in (await moved.ask("/mode", shop.owner))["text"]
    assert len(moved.seen()) == 2
    assert len(shop.seen()) == 1
    for call in shop.server.calls:  # the refusal was this test's own making
        call.error = None if call.error and "upgraded" in call.error else call.error


async def test_coming_and_going_is_followed(bot: BotProcess, make_shop: Callable[..., Shop]) -> None:
    """Scenario 25."""
    shop = make_shop(status="left")
    server, me = shop.server, shop.server.me["id"]
    server.add_bot(shop.id, shop.owner)
    server.set_member(shop.id, me, "administrator", shop.owner)
    server.set_member(shop.id, me, "restricted", shop.owner, can_send_messages=True)
    server.set_member(shop.id, me, "kicked", shop.owner)
    assert await shop.silent()
    assert shop.calls() == []
    server.add_bot(shop.id, shop.owner, "administrator")
    assert "十八号" in (await shop.ask(f"/ask {QUESTION}"))["text"]
    shop.say(f"/ask {QUESTION} wait500ms")
    await server.wait_for(lambda: len(shop.calls("sendchataction")) > 1)
    server.set_member(shop.id, me, "kicked", shop.owner)
    await server.wait_for(lambda: len(shop.calls("sendmessage")) > 1)
    server.add_bot(shop.id, shop.owner, "administrator")
    assert "十八号" in (await shop.ask(f"/ask {QUESTION}"))["text"]
    assert "Traceback" not in bot.log[bot.log.rindex(str(shop.id)) :]


async def test_buttons_work_in_a_group(shop: Shop) -> None:
    answer = await shop.ask(f"/ask {QUESTION}")
    shop.server.press(shop.id, shop.owner, answer["message_id"], "原文 1")
    await shop.server.wait_messages(shop.id, 2)
    assert "双倍积分" in shop.seen()[1]["text"] or "十八号" in shop.seen()[1]["text"]


async def test_the_menus_of_a_group(shop: Shop) -> None:
    names = [[c["command"] for c in shop.server.menu(user, shop.id)] for user in (shop.customer, shop.owner)]
    assert names == [["ask", "help", "suggest", "funnel"], ["ask", "help", "suggest", "funnel", "mode"]]


def _sticker() -> Message:
    file = {"file_id": "F1", "file_unique_id": "U1", "type": "regular", "width": 512, "height": 512}
    return {**file, "is_animated": False, "is_video": False}
