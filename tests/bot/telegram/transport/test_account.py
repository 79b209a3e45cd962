"""What the account at BotFather keeps the bot from."""

from __future__ import annotations

from telegram import User

from bot.locales import texts
from bot.telegram.transport.account import telegram_hints


def me(*, reads: bool = True, joins: bool = True, inline: bool = True) -> User:
    return User(
        1,
        "Bot",
        is_bot=True,
        username="shop_bot",
        can_read_all_group_messages=reads,
        can_join_groups=joins,
        supports_inline_queries=inline,
    )


def test_nothing_to_change_is_nothing_to_say() -> None:
    assert telegram_hints(me()) == []


def test_privacy_mode_is_told_with_what_to_change() -> None:
    (hint,) = telegram_hints(me(reads=False))
    assert "/setprivacy" in hint
    assert "@shop_bot" in hint
    assert "Privacy mode" in telegram_hints(me(reads=False), texts("en"))[0]


def test_every_hint_stands_for_itself() -> None:
    hints = telegram_hints(me(reads=False, joins=False, inline=False))
    assert [
        command for hint in hints for command in ("/setprivacy", "/setjoingroups", "/setinline;") if command in hint
    ]
    assert len(hints) == 3
