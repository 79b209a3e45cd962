"""How many days back a command looks."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Message

from bot.locales import Texts
from bot.telegram.rendering.answers import line
from bot.telegram.transport.replies import reply

MOST_DAYS = 366


def days_asked(arguments: Sequence[str] | None, default: int) -> int | None:
    """The number behind a command, the default where there is none, None where it is no number from 1 to MOST_DAYS."""
    if not arguments:
        return default
    text = arguments[0]
    days = int(text) if text.isdecimal() and len(text) <= 4 else 0
    return days if len(arguments) == 1 and 1 <= days <= MOST_DAYS else None


async def days_to_show(
    message: Message, command: str, arguments: Sequence[str] | None, words: Texts, *, default: int, kept: bool
) -> int | None:
    """The days that a command over the kept questions is to show; None where there is nothing and that was said."""
    days = days_asked(arguments, default)
    if days is None:
        await reply(message, line(words("insights_days", command=command, most=MOST_DAYS)))
        return None
    if not kept:
        await reply(message, line(words("insights_nothing_kept")))
        return None
    return days
