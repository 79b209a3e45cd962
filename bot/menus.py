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

logger = logging.getLogger(__name__)

OPERATOR_COMMANDS = ("reindex", "cancel", "rollback", "status", "pin", "pins", "unpin")

_PRIVATE = ("ask", "help", "start")
_GROUP = ("ask", "help")


async def set_menus(bot: Bot, operators: Sequence[int]) -> None:
    """Set all menus; the bot works without them, so trouble here is only logged."""
    try:
        await _set(bot, BotCommandScopeAllPrivateChats(), _PRIVATE)
        await _set(bot, BotCommandScopeAllGroupChats(), _GROUP)
        await _set(bot, BotCommandScopeAllChatAdministrators(), (*_GROUP, "mode"))
    except (NetworkError, RetryAfter) as error:
        logger.warning("the command menu could not be set: %s", error.message)
        return
    for operator in operators:
        await set_operator_menu(bot, operator)


async def set_operator_menu(bot: Bot, operator: int) -> None:
    """The menu of an operator's own chat, which Telegram knows once the operator has written to the bot."""
    try:
        await _set(bot, BotCommandScopeChat(operator), (*_PRIVATE, *OPERATOR_COMMANDS))
    except (BadRequest, Forbidden) as error:
        logger.info("operator %s has no menu yet (%s): it comes with /start", operator, error.message)
    except (NetworkError, RetryAfter) as error:
        logger.warning("the command menu could not be set: %s", error.message)


async def _set(bot: Bot, scope: BotCommandScope, names: Sequence[str]) -> None:
    for language in LANGUAGES:
        words = texts(language)
        commands = [BotCommand(name, words(f"command_{name}")) for name in names]
        await bot.set_my_commands(commands, scope=scope, language_code=None if language == "zh" else language)
