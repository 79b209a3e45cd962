"""The command menus: everybody sees what they may use, in their language."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.locales import LANGUAGES, texts
from bot.state.operator_menus import OperatorMenus

logger = logging.getLogger(__name__)

# These show what others asked or how the machine is doing, so they answer in private only.
PRIVATE_OPERATOR_COMMANDS = ("gaps", "stats", "diag")
OPERATOR_COMMANDS = (
    *("reindex", "cancel", "rollback", "status", "pin", "pins", "unpin", "add", "undo", "suggestions"),
    *PRIVATE_OPERATOR_COMMANDS,
)

_OPERATOR_IN_PRIVATE = ("post",)
_PRIVATE = ("ask", "help", "privacy", "start", "suggest")
_GROUP = ("ask", "help", "suggest")


async def set_menus(bot: Bot, operators: Sequence[int], holders: OperatorMenus) -> None:
    """Set all menus; the bot works without them, so trouble here is only logged.

    Who is an operator no longer loses the operators' menu, which Telegram would keep for ever.
    """
    try:
        await _set(bot, BotCommandScopeAllPrivateChats(), _PRIVATE)
        await _set(bot, BotCommandScopeAllGroupChats(), _GROUP)
        await _set(bot, BotCommandScopeAllChatAdministrators(), (*_GROUP, "mode"))
    except (NetworkError, RetryAfter) as error:
        logger.warning("the command menu could not be set: %s", error.message)
        return
    for former in holders.holders() - set(operators):
        await _take_back(bot, former, holders)
    for operator in operators:
        await set_operator_menu(bot, operator, holders)


async def set_operator_menu(bot: Bot, operator: int, holders: OperatorMenus) -> None:
    """The menu of an operator's own chat, which Telegram knows once the operator has written to the bot."""
    try:
        holders.add(operator)
        await _set(bot, BotCommandScopeChat(operator), (*_PRIVATE, *OPERATOR_COMMANDS, *_OPERATOR_IN_PRIVATE))
    except (BadRequest, Forbidden) as error:
        logger.info("operator %s has no menu yet (%s): it comes with /start", operator, error.message)
    except (NetworkError, RetryAfter) as error:
        logger.warning("the command menu could not be set: %s", error.message)


async def _take_back(bot: Bot, former: int, holders: OperatorMenus) -> None:
    scope = BotCommandScopeChat(former)
    try:
        for language in LANGUAGES:
            await bot.delete_my_commands(scope=scope, language_code=_code(language))
    except (BadRequest, Forbidden) as error:
        logger.info("the menu of %s, no operator any more: %s", former, error.message)
    except (NetworkError, RetryAfter) as error:
        # It stays noted, and the next start tries again.
        logger.warning("the menu of %s, no operator any more, stays: %s", former, error.message)
        return
    holders.remove(former)


def _code(language: str) -> str | None:
    """Chinese is what everybody gets whose language has no menu of its own."""
    return None if language == "zh" else language


async def _set(bot: Bot, scope: BotCommandScope, names: Sequence[str]) -> None:
    for language in LANGUAGES:
        words = texts(language)
        commands = [BotCommand(name, words(f"command_{name}")) for name in names]
        await bot.set_my_commands(commands, scope=scope, language_code=_code(language))
