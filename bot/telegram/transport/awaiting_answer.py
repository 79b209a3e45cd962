"""Who waits for an answer to an update: told when it comes in, from the update alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from telegram import CallbackQuery, Message, MessageEntity, Update, User
from telegram.constants import ChatType

from bot.answering.message_text import clean
from bot.state.chats import Chats
from bot.state.journal import AwaitedAnswer
from bot.telegram.updates.addressing import FromPerson, How, asked
from bot.telegram.updates.callback_data import ExampleButton, FunnelDoorButton, PassageButton
from bot.telegram.updates.command import Command
from bot.telegram.updates.context import sender

_ANSWERED = (PassageButton, ExampleButton, FunnelDoorButton)
"""The buttons that are answered with a message."""

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


class AnswerExpectation:
    """Tells questions, and commands that are answered, from all that is met with silence anyway.

    `me` is the bot's own account, known once Telegram was asked; `channels` are those that it answers in,
    `commands` those that it knows.
    """

    def __init__(
        self, me: Callable[[], User], chats: Chats, channels: Collection[int], commands: Collection[Command]
    ) -> None:
        self._not_idempotent = frozenset(command.name for command in commands if not command.idempotent)
        self._in_groups = frozenset(command.name for command in commands if command.answered_in_groups)
        self._me = me
        self._chats = chats
        self._channels = frozenset(channels)
        self._from_person = FromPerson()

    def __call__(self, update: Update) -> AwaitedAnswer | None:
        """Who waits; None where nobody does."""
        if update.message is not None:
            return self._message(update.message)
        if update.edited_message is not None:
            return self._edited(update.edited_message)
        if update.channel_post is not None:
            return self._post(update.channel_post)
        if update.guest_message is not None:
            # A guest query takes one answer, however often it is given, and the bot can say nothing else there.
            return AwaitedAnswer(sender(update.guest_message))
        if update.callback_query is not None:
            return _press(update.callback_query)
        return None

    def _message(self, message: Message) -> AwaitedAnswer | None:
        if not self._from_person.filter(message):
            return None
        command = self._command(message)
        if message.chat.type == ChatType.PRIVATE:
            return _asking(message, idempotent=command not in self._not_idempotent)
        if message.chat.type not in _GROUPS:
            return None
        if command in self._in_groups:
            return _asking(message, idempotent=command not in self._not_idempotent)
        return _asking(message) if self._asks(message) else None

    def _edited(self, message: Message) -> AwaitedAnswer | None:
        """An edit changes an answer, which can be done twice; the bot says nothing new."""
        return AwaitedAnswer(sender(message)) if self._from_person.filter(message) and self._asks(message) else None

    def _post(self, message: Message) -> AwaitedAnswer | None:
        if message.chat.id not in self._channels:
            return None
        ask = asked(message, self._me())
        asks = ask is not None and ask.how is How.COMMAND and clean(ask.question)
        # What is no answer is not worth a post that everybody reads.
        return _asking(message, notify_by_message=False) if asks else None

    def _asks(self, message: Message) -> bool:
        ask = asked(message, self._me(), self._chats.mode(message.chat.id))
        return ask is not None and ask.how is not How.UNASKED

    def _command(self, message: Message) -> str:
        """The command of this bot that a message begins with, empty where it begins with none."""
        entities = message.entities
        if not entities or entities[0].type != MessageEntity.BOT_COMMAND or entities[0].offset != 0:
            return ""
        name, _, addressee = message.parse_entity(entities[0])[1:].lower().partition("@")
        return name if addressee in ("", (self._me().username or "").lower()) else ""


def _press(query: CallbackQuery) -> AwaitedAnswer | None:
    """The buttons that are answered with a message; the others only change something, and that at once."""
    message = query.message
    if message is None or not any(kind.unpack(query.data or "") for kind in _ANSWERED):
        return None
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return AwaitedAnswer(query.from_user.id, message.chat.id, topic, message.message_id, query.from_user.language_code)


def _asking(message: Message, *, idempotent: bool = True, notify_by_message: bool = True) -> AwaitedAnswer:
    return AwaitedAnswer(
        sender(message),
        message.chat.id,
        message.message_thread_id if message.is_topic_message else None,
        message.message_id,
        message.from_user.language_code if message.from_user else None,
        idempotent=idempotent,
        notify_by_message=notify_by_message,
    )
