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
from bot.telegram.updates.command import Command, Menu, in_menu

logger = logging.getLogger(__name__)


class CommandMenus:
    """Sets the menus of `commands`; `holders` remembers whose private chat has the operators' one.

    The bot works without menus, so trouble with them is only logged.
    """

    def __init__(self, commands: Sequence[Command], operators: Sequence[int], holders: OperatorMenus) -> None:
        self._commands = tuple(commands)
        self._operators = tuple(operators)
        self._holders = holders

    async def set_all(self, bot: Bot) -> None:
        """Set all menus. Who is an operator no longer loses the operators' one, which Telegram would keep for ever."""
        try:
            await self._set(bot, BotCommandScopeAllPrivateChats(), Menu.PRIVATE)
            await self._set(bot, BotCommandScopeAllGroupChats(), Menu.GROUPS)
            await self._set(bot, BotCommandScopeAllChatAdministrators(), Menu.GROUPS, Menu.GROUP_ADMINISTRATORS)
        except (NetworkError, RetryAfter) as error:
            logger.warning("the command menu could not be set: %s", error.message)
            return
        for former in self._holders.holders() - set(self._operators):
            await self._take_back(bot, former)
        for operator in self._operators:
            await self.set_for_operator(bot, operator)

    async def set_for_operator(self, bot: Bot, operator: int) -> None:
        """The menu of an operator's own chat, which Telegram knows once the operator has written to the bot."""
        try:
            self._holders.add(operator)
            await self._set(bot, BotCommandScopeChat(operator), Menu.PRIVATE, Menu.OPERATORS)
        except (BadRequest, Forbidden) as error:
            logger.info("operator %s has no menu yet (%s): it comes with /start", operator, error.message)
        except (NetworkError, RetryAfter) as error:
            logger.warning("the command menu could not be set: %s", error.message)

    async def _take_back(self, bot: Bot, former: int) -> None:
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
        self._holders.remove(former)

    async def _set(self, bot: Bot, scope: BotCommandScope, *menus: Menu) -> None:
        offered = [command for menu in menus for command in in_menu(self._commands, menu)]
        for language in LANGUAGES:
            words = texts(language)
            commands = [BotCommand(command.name, words(command.menu_text_key)) for command in offered]
            await bot.set_my_commands(commands, scope=scope, language_code=_code(language))


def _code(language: str) -> str | None:
    """Chinese is what everybody gets whose language has no menu of its own."""
    return None if language == "zh" else language
