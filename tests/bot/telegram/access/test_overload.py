"""What is said to people whose updates are not taken in."""

from __future__ import annotations

from telegram import Bot, Update

from bot.telegram.access.overload import OverloadReply
from tests.end_to_end.server import FakeBotApi


async def test_a_private_chat_is_told_once_and_a_group_not_at_all(server: FakeBotApi, bot: Bot) -> None:
    ann, bob = (server.add_user(name, language_code="zh-hans") for name in ("Ann", "Bob"))
    group = server.add_chat("supergroup", "Shop", members=[ann], bot="administrator")
    for chat, user in ((ann, ann), (ann, ann), (bob, bob), (group, ann)):
        server.say(chat, user, "会员日选在每月哪天？")
    overload_reply = OverloadReply()
    for update in server.updates:
        made = Update.de_json(update, bot)
        assert made is not None
        await overload_reply.turn_away(made)
    assert [server.bot_texts(chat) for chat in (ann, bob)] == [["现在问的人有点多，请稍等片刻再发一次。"]] * 2
    assert server.bot_texts(group) == []


async def test_a_person_who_cannot_be_told_is_nobodys_trouble(server: FakeBotApi, bot: Bot) -> None:
    ann = server.add_user("Ann")
    server.say(ann, ann, "会员日选在每月哪天？")
    server.block(ann)
    update = Update.de_json(server.updates[0], bot)
    assert update is not None
    await OverloadReply().turn_away(update)
    assert server.bot_texts(ann) == []
