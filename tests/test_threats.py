"""Who can do what: everything that only operators may do, tried by everybody else, by every way to pretend.

The commands and the kinds of buttons are taken from the routes, so that a new one cannot be forgotten here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.locales import texts
from bot.state.post_drafts import PostDrafts
from bot.telegram.updates.command_menus import OPERATOR_COMMANDS, PRIVATE_OPERATOR_COMMANDS
from tests.support.offline import Call, Offline, Raw, offline, person

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPERATOR, STRANGER, ANN = 7, 21, 22
GROUP, CHANNEL = -100_123, -1001
EVERYBODYS = {"start", "help", "cancel", "privacy", "forget", "ask", "suggest", "mode"}
"""A command that is not listed here is the operators'. `/mode` asks Telegram whether a group's administrator wrote."""

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
BY_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
PRETENCES: dict[str, Raw] = {
    "as nobody else": {},
    "with the operator's name": {"from": {**person(STRANGER), "first_name": "Olga", "username": "olga"}},
    "an anonymous administrator": {"from": ANONYMOUS, "sender_chat": {"id": GROUP, "type": "supergroup", "title": "S"}},
    "as a channel": {"from": BY_CHANNEL, "sender_chat": {"id": CHANNEL, "type": "channel", "title": "C"}},
    "forwarded from the operator": {
        "forward_origin": {"type": "user", "date": 1_780_000_000, "sender_user": person(OPERATOR)}
    },
    "as a reply to the operator": {
        "reply_to_message": {
            "message_id": 1,
            "date": 1_780_000_000,
            "chat": {"id": GROUP, "type": "supergroup", "title": "S"},
            "from": person(OPERATOR),
            "text": "x",
        }
    },
    "on behalf of the operator": {"sender_business_bot": person(OPERATOR)},
    "as another bot": {"from": {**person(STRANGER), "is_bot": True}},
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button of the operator's: its data, and where it stands."""

    data: str
    chat: int = OPERATOR


@dataclass(frozen=True, slots=True)
class Shop:
    """A bot that has seen some use, and one button of every kind that came of it."""

    bot: Offline
    button_debounce: tuple[Press, ...]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    overrides = (
        f"telegram.admins=[{OPERATOR}]",
        f"telegram.channels=[{CHANNEL}]",
        "telegram.limits.per_user_per_minute=0",
        "telegram.examples=[会员日选在每月哪天？]",
    )
    async with offline(tmp_path_factory.mktemp("shop"), overrides) as bot:
        yield Shop(bot, await _lived_in(bot))
        assert bot.errors == []


async def _lived_in(bot: Offline) -> tuple[Press, ...]:
    """Use the bot as people do; one press of every kind."""
    await bot.say(ANN, "羽毛球拍穿线磅数多少？")
    asked = await bot.say(OPERATOR, "会员日选在每月哪天？")
    await bot.say(ANN, "/suggest 讲讲羽毛球")
    await bot.say(OPERATOR, "/pin 羽毛球怎么穿线？ | 先看拍框。")
    saved = await bot.say(OPERATOR, "/pin 羽毛球多少钱？ | 看店里。")
    await bot.press(OPERATOR, _data(saved, ":s"))
    pending = await bot.say(OPERATOR, "/pin 球网多高？ | 一米五五。")
    drafted = PostDrafts(bot.state).add(OPERATOR, ("草稿",))
    upload = await bot.components.intake.propose_file(
        OPERATOR, "a.md", ("# 球网\n\n" + "球网一米五五高。" * 12).encode(), ".md"
    )
    forget = await bot.say(OPERATOR, "/forget")
    greeting = await bot.say(OPERATOR, "/start")
    key = _data(pending, ":s").split(":")[2]
    number = bot.state.execute("SELECT min(id) FROM questions").fetchone()[0]
    steps = [Press(f"c1:d:{key}:{step}") for step in ("e", "e30", "o", "s", "q")]
    pinned = [Press(f"c1:{what}") for what in ("l:0", "v:1", "k:1", "t:1", "p:1", "u:1", "x:1")]
    gaps = [Press(data) for data in (f"g1:{number}", f"gd1:30:f:0:{number}", "gp1:30:n:0", "gc1:30")]
    return (
        Press(_data(asked, "p1:")),
        Press(_data(greeting, "e1:")),
        Press(_data(asked, ":u")),
        *gaps,
        *steps[:3],
        *pinned,
        Press(f"w1:{drafted}:0"),
        Press(f"u1:{upload.id}:drop"),
        Press("s1:1:drop"),
        Press(_data(forget, ":y")),
    )


def _data(calls: tuple[Call, ...], part: str) -> str:
    """The data of the first button that has this in it."""
    for call in calls:
        for row in call.parameters.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if part in button.get("callback_data", ""):
                    return str(button["callback_data"])
    raise AssertionError(part)


OPEN = ("p1:", "e1:")
"""What anybody may press anywhere: a passage, an example; whose articles they are is no secret."""


def commands(bot: Offline) -> set[str]:
    return {name for handler in bot.handlers if isinstance(handler, CommandHandler) for name in handler.commands}


async def test_the_menus_of_operators_offer_nothing_that_is_everybodys(shop: Shop) -> None:
    known = commands(shop.bot)
    assert known >= EVERYBODYS | set(OPERATOR_COMMANDS) | set(PRIVATE_OPERATOR_COMMANDS)
    assert not EVERYBODYS - {"cancel"} & {*OPERATOR_COMMANDS, *PRIVATE_OPERATOR_COMMANDS}


@pytest.mark.parametrize("pretence", PRETENCES)
async def test_no_command_of_the_operators_does_anything_for_others(shop: Shop, pretence: str) -> None:
    bot, options = shop.bot, PRETENCES[pretence]
    before = bot.everything()
    for command in sorted(commands(bot) - EVERYBODYS):
        for text in (f"/{command} 1", f"/{command}@TestQABot 羽毛球怎么穿线？ | 别看。"):
            assert await bot.say(STRANGER, text, chat=GROUP, **options) == (), (command, pretence)
            if "sender_chat" not in options:  # which only a group has
                calls = await bot.say(STRANGER, text, **options)
                said = [call.parameters.get("text") for call in calls]
                # Another bot is nobody at all; a forward of the command is no command but a question, if that.
                assert said in ([], [texts("zh")("help")]), (command, pretence)
    assert bot.everything() == before
    assert bot.errors == []


async def test_files_and_addresses_of_others_are_not_taken(shop: Shop) -> None:
    before = shop.bot.everything()
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "a.md", "file_size": 10}
    calls = await shop.bot.put("message", {**shop.bot.message(STRANGER, "x"), "text": None, "document": document})
    assert {call.method for call in calls} == {"sendMessage"}
    await shop.bot.say(STRANGER, "https://e.example/page")
    after = shop.bot.everything()
    assert {name for name in after if after[name] != before[name]} <= {"questions", "answers", "sqlite_sequence"}


async def test_there_is_a_press_of_every_kind(shop: Shop) -> None:
    handlers = [
        handler for handler in shop.bot.handlers if isinstance(handler, CallbackQueryHandler) and handler.pattern
    ]
    assert len(handlers) >= 12
    for handler in handlers:
        pattern: Any = handler.pattern
        assert any(pattern.match(press.data) for press in shop.button_debounce), pattern


@pytest.mark.parametrize("chat", [STRANGER, GROUP])
async def test_no_button_of_another_does_anything(shop: Shop, chat: int) -> None:
    """In a chat of one's own, with data that was seen or guessed, and where the button stands in a group."""
    bot = shop.bot
    before = bot.everything()
    for press in shop.button_debounce:
        if press.data.startswith(OPEN):
            continue
        calls = await bot.press(STRANGER, press.data, chat=chat)
        assert [call.method for call in calls] == ["answerCallbackQuery"], press
        assert not any("羽毛球" in str(call.parameters) for call in calls), press
    assert bot.everything() == before
    assert bot.errors == []


async def test_and_for_whom_they_are_they_do(shop: Shop) -> None:
    """Without which the test above would show nothing."""
    for press in shop.button_debounce:
        before = shop.bot.everything()
        calls = await shop.bot.press(OPERATOR, press.data, chat=press.chat)
        others = [call for call in calls if call.method != "answerCallbackQuery"]
        assert others or shop.bot.everything() != before, press
    assert shop.bot.errors == []
