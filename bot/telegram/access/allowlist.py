"""Who may use the bot at all, decided before anything else happens to an update."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from cachetools import LRUCache
from telegram import Chat, Message, Update, User
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot.config import AllowSettings
from bot.observability.pseudonyms import Pseudonyms
from bot.telegram.rendering.answers import line
from bot.telegram.transport.replies import reply
from bot.telegram.updates.callback_data import ForgetButton
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)


class Allowlist:
    """Lets through whom the configuration allows, and operators; a stranger in private gets one notice, with their id.

    Groups count by their own id; private chats, inline queries and guest messages by the person's. Channels have a
    list of their own, and what becomes of the bot's membership is always heard. `open_commands` are for strangers
    as well, as is the button of /forget: what is kept of them, people may see and delete even where they may no longer
    ask. `remembered` is of how many strangers it is known that
    they had their notice.
    """

    def __init__(
        self,
        allow: AllowSettings,
        operators: Sequence[int],
        names: Pseudonyms,
        *,
        open_commands: Collection[str] = (),
        remembered: int = 10_000,
    ) -> None:
        self._users = frozenset(allow.users)
        self._chats = set(allow.chats)
        self._operators = frozenset(operators)
        self._names = names
        self._open_commands = frozenset(open_commands)
        self._notified: LRUCache[int, None] = LRUCache(remembered)

    async def stop(self, update: Update, context: Context) -> None:
        """Runs before every handler of an update's content."""
        if self._admits(update):
            return
        message, user = update.message, update.effective_user
        logger.info("update %s: %s is not on the list", update.update_id, self._names.of(user.id if user else None))
        if (
            message is not None
            and message.chat.type == ChatType.PRIVATE
            and user is not None
            and self._first_notice(user)
        ):
            await reply(message, line(words_for(user)("not_on_the_list", id=user.id)))
        raise ApplicationHandlerStop

    def _admits(self, update: Update) -> bool:
        if update.my_chat_member is not None or update.channel_post is not None:
            return True
        if update.message is not None:
            self._follow_migration(update.message)
        guest = update.guest_message
        user = guest.from_user if guest is not None else update.effective_user
        if user is not None and user.id in self._operators:
            return True
        chat = update.effective_chat if guest is None else None
        if chat is None or chat.type == ChatType.PRIVATE:
            return self._admits_person(user) or self._exercises_right(update)
        return self._admits_chat(chat)

    def _admits_person(self, user: User | None) -> bool:
        return not self._users or (user is not None and user.id in self._users)

    def _admits_chat(self, chat: Chat) -> bool:
        return chat.type == ChatType.CHANNEL or not self._chats or chat.id in self._chats

    def _exercises_right(self, update: Update) -> bool:
        query = update.callback_query
        if query is not None:
            return ForgetButton.unpack(query.data or "") is not None
        return update.message is not None and _command(update.message) in self._open_commands

    def _follow_migration(self, message: Message) -> None:
        """An allowed group has become a supergroup, as Telegram tells in either chat: its new id is allowed, too."""
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        if old in self._chats and new not in self._chats:
            self._chats.add(new)
            logger.warning(
                "群 %s 升级后 id 变成了 %s：请在 telegram.allow.chats 里换成新的，否则重启后不再回答", old, new
            )

    def _first_notice(self, user: User) -> bool:
        if user.id in self._notified:
            return False
        self._notified[user.id] = None
        return True


def _command(message: Message) -> str:
    """The command that a message begins with, without the slash and the bot's name; empty where there is none."""
    text = message.text or ""
    return text.partition(" ")[0].partition("@")[0].lower().removeprefix("/") if text.startswith("/") else ""
