"""Who can do what: everything that only operators may do, tried by everybody else, by every way to pretend.

The commands are taken from their table and the kinds of buttons from the routes, so that a new one cannot be forgotten
here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.locales import texts
from bot.state.post_drafts import PostDrafts
from bot.telegram.commands import COMMANDS, CommandRoute
from bot.telegram.rendering.answers import line
from bot.telegram.transport.awaiting_answer import AnswerExpectation
from bot.telegram.transport.replies import reply
from bot.telegram.updates.callback_data import KINDS
from bot.telegram.updates.command import Menu, Where, Who, in_menu, operators_only
from bot.telegram.updates.context import Context
from tests.support.offline import Call, Offline, Raw, offline, person

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPERATOR, STRANGER, ANN = 7, 21, 22
GROUP, CHANNEL = -100_123, -1001
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
    await bot.press(OPERATOR, _data(await bot.say(OPERATOR, "/funnel 留资10 加微5"), ":s"))
    counted = await bot.say(OPERATOR, "/funnel 留资20 加微9")
    period = bot.state.execute("SELECT id FROM funnel_periods").fetchone()[0]
    await bot.say(OPERATOR, "/funnel")
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
        Press("fs1:0:s"),
        Press("fn1:l"),
        Press(_data(counted, ":s")),
        Press(f"fp1:{period}:x"),
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


OPEN = ("p1:", "e1:", "fn1:")
"""What anybody may press anywhere: a passage, an example, whose articles are no secret; the way to own numbers."""


async def test_every_command_that_is_handled_stands_in_the_table(shop: Shop) -> None:
    routed = {name for handler in shop.bot.handlers if isinstance(handler, CommandHandler) for name in handler.commands}
    assert routed == {command.name for command in COMMANDS}


async def test_no_menu_offers_what_its_readers_may_not_use() -> None:
    for menu in (Menu.PRIVATE, Menu.GROUPS):
        assert {command.who for command in in_menu(COMMANDS, menu)} == {Who.EVERYBODY}
    assert {command.who for command in in_menu(COMMANDS, Menu.GROUP_ADMINISTRATORS)} == {Who.GROUP_ADMINISTRATOR}
    assert {command.who for command in in_menu(COMMANDS, Menu.OPERATORS)} == {Who.OPERATOR}


@pytest.mark.parametrize("pretence", PRETENCES)
async def test_no_command_of_the_operators_does_anything_for_others(shop: Shop, pretence: str) -> None:
    await _refused_to_others(shop.bot, COMMANDS, pretence)


async def test_the_administrators_commands_do_nothing_for_other_members(shop: Shop) -> None:
    bot = shop.bot
    before = bot.everything()
    for command in COMMANDS:
        if command.who is Who.GROUP_ADMINISTRATOR:
            for text in (f"/{command.name}", f"/{command.name}@TestQABot auto"):
                calls = await bot.say(STRANGER, text, chat=GROUP)
                assert {call.method for call in calls} <= {"getChatMember"}, text
    assert bot.everything() == before


async def test_a_new_command_is_routed_offered_refused_and_told_of_by_its_entry_alone(tmp_path: Path) -> None:
    used: list[int] = []

    async def handle(update: Update, context: Context) -> None:
        assert update.message is not None
        await reply(update.message, line("已经盘点"))
        used.append(update.message.chat.id)

    made_up = CommandRoute(
        "audit",
        Who.OPERATOR,
        Where.PRIVATE,
        (Menu.OPERATORS,),
        idempotent=False,
        notice_in_groups="insights_private",
        menu_text="command_status",
        handler=lambda components: handle,
    )
    commands = (*COMMANDS, made_up)
    overrides = (f"telegram.admins=[{OPERATOR}]", "telegram.limits.per_user_per_minute=0")
    async with offline(tmp_path, overrides, commands=commands) as bot:
        await bot.components.menus.set_all(bot.application.bot)
        offered = bot.recorder.calls[-1].parameters
        assert offered["scope"]["chat_id"] == OPERATOR
        assert offered["commands"][-1] == {"command": "audit", "description": texts("en")("command_status")}

        waiting = AnswerExpectation(lambda: bot.application.bot.bot, bot.components.chats, (), commands)
        for chat in (OPERATOR, GROUP):
            awaited = waiting(bot.update("message", bot.message(OPERATOR, "/audit", chat=chat)))
            assert awaited is not None
            assert not awaited.idempotent

        for pretence in PRETENCES:
            await _refused_to_others(bot, commands, pretence)
        (told,) = await bot.say(OPERATOR, "/audit", chat=GROUP)
        assert told.parameters["text"] == texts("zh")("insights_private")
        assert used == []
        (answered,) = await bot.say(OPERATOR, "/audit")
        assert answered.parameters["text"] == "已经盘点"
        assert used == [OPERATOR]


async def _refused_to_others(bot: Offline, commands: Sequence[CommandRoute], pretence: str) -> None:
    """Every command that only operators may use, by a stranger with some pretence: nothing happens."""
    options = PRETENCES[pretence]
    before = bot.everything()
    for command in sorted(operators_only(commands)):
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
    assert {handler.pattern for handler in handlers} == {kind.pattern() for kind in KINDS}
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
