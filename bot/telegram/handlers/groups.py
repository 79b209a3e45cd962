"""What happens to groups: their mode, their move to another id, the bot's coming and going."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from cachetools import TTLCache
from telegram import Bot, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.state.chats import Chats, Mode
from bot.state.question_log import QuestionLog
from bot.state.sent_answers import Answers
from bot.telegram.rendering.answers import Outgoing, line
from bot.telegram.transport.replies import reply
from bot.telegram.updates.context import Context, Handler, words_for

logger = logging.getLogger(__name__)

_REMEMBERED = 10_000  # people and groups
_GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


class Administrators:
    """Who administers which group, asked of Telegram and believed for a minute."""

    def __init__(self, *, believed: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._known: TTLCache[tuple[int, int], bool] = TTLCache(_REMEMBERED, believed, timer=clock)

    async def wrote(self, message: Message, bot: Bot) -> bool:
        """Whether an administrator of the chat wrote a message; anonymous ones write as the chat itself."""
        if message.sender_chat is not None:
            return message.sender_chat.id == message.chat.id
        return message.from_user is not None and await self._is(message.chat.id, message.from_user.id, bot)

    async def sees_everything(self, message: Message, bot: Bot) -> bool:
        """Whether the bot itself gets every message of a chat: privacy mode is off, or it is an administrator."""
        return bool(bot.bot.can_read_all_group_messages) or await self._is(message.chat.id, bot.id, bot)

    async def _is(self, chat: int, user: int, bot: Bot) -> bool:
        if (known := self._known.get((chat, user))) is not None:
            return known
        try:
            member = await bot.get_chat_member(chat, user)
        except TelegramError as error:
            logger.info("an administrator could not be looked up: %s", error.message)
            return False
        known = member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
        self._known[chat, user] = known
        return known


class Groups:
    """Settings of groups."""

    def __init__(self, chats: Chats, answers: Answers, log: QuestionLog) -> None:
        self._chats = chats
        self._log = log
        self._answers = answers
        self._administrators = Administrators()

    def for_administrators(self, command: Handler) -> Handler:
        """A command's handler for administrators of the group; to everybody else it is silent."""

        async def handle(update: Update, context: Context) -> None:
            message = update.message
            if message is not None and await self._administrators.wrote(message, context.bot):
                await command(update, context)

        return handle

    async def mode(self, update: Update, context: Context) -> None:
        """/mode tells how the group is answered, with the name of a mode it changes that."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        wanted = (context.args or [""])[0].lower()
        if wanted in set(Mode):
            self._chats.set_mode(message.chat.id, Mode(wanted))
        now = self._chats.mode(message.chat.id)
        key = "mode_set" if wanted in set(Mode) else "mode_now" if not wanted else "mode_unknown"
        lines = [words(key, mode=now.value, about=words(f"mode_{now}"))]
        if now is Mode.AUTO and not await self._administrators.sees_everything(message, context.bot):
            lines.append(words("mode_auto_blind"))
        await reply(message, line("\n".join(lines)))

    async def help(self, update: Update, context: Context) -> None:
        """/help in a group: how to ask here, and when else the bot speaks."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        # With Telegram's privacy mode on, mentions do not reach the bot: better not to promise them.
        key = "help_group" if context.bot.bot.can_read_all_group_messages else "help_group_private"
        # The texts are ours and carry their own markup.
        text = f"{words(key)}\n\n{words(f'help_mode_{self._chats.mode(message.chat.id)}')}"
        await reply(message, Outgoing((text,)))

    async def moved(self, update: Update, context: Context) -> None:
        """A group has become a supergroup; both chats are told, in either order."""
        message = update.message
        if message is None:
            return
        if message.migrate_to_chat_id:
            self._move(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id:
            self._move(message.migrate_from_chat_id, message.chat.id)

    async def membership(self, update: Update, context: Context) -> None:
        """The bot was added, promoted, restricted or removed. Its settings wait for its return."""
        change = update.my_chat_member
        if change is None:
            return
        place = "a private chat" if change.chat.type == ChatType.PRIVATE else f"chat {change.chat.id}"
        logger.info("%s: the bot is now %s", place, change.new_chat_member.status)
        if change.new_chat_member.status in _GONE:
            self._answers.forget(change.chat.id)

    def _move(self, old: int, new: int) -> None:
        self._chats.move(old, new)
        self._answers.forget(old)
        self._log.move(old, new)
