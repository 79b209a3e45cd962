"""Which handler gets which update: of those listed the first that fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.config import TelegramSettings
from bot.telegram.commands import CommandRoute
from bot.telegram.handlers.channel_posts import PRESS
from bot.telegram.handlers.gaps import CSV_PATTERN, CURATE_PATTERN, DONE_PATTERN, PAGE_PATTERN
from bot.telegram.handlers.privacy import FORGET_PATTERN
from bot.telegram.handlers.suggestions import SUGGESTION_PATTERN
from bot.telegram.handlers.uploads import DRAFT_PATTERN, OnlyAddress
from bot.telegram.rendering.answers import EXAMPLE_DATA, PASSAGE_DATA
from bot.telegram.rendering.curated import CURATED_DATA
from bot.telegram.rendering.votes import VOTE_PATTERN
from bot.telegram.updates.addressing import ByName, FromPerson
from bot.telegram.updates.command import Command, Where, Who
from bot.telegram.wiring import Components

Handlers = list[BaseHandler[Any, Any, Any]]

_CURATED_BUTTONS = "d:[0-9a-f]{8}:([soqe]|e[0-9]{1,4})|[ltpuxvk]:[0-9]{1,9}"

_NEW, _EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
_PRIVATE = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
_GROUP = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL


def routes(components: Components, settings: TelegramSettings, commands: Sequence[CommandRoute]) -> Handlers:
    """All handlers in their order: the operators' first, then everybody's, then what is no message of a person."""
    return [
        *_of_operators(components, settings, [command for command in commands if command.who is Who.OPERATOR]),
        *_of_everybody(components, [command for command in commands if command.who is not Who.OPERATOR]),
        *_elsewhere(components, settings),
        *_buttons(components),
    ]


def _of_operators(components: Components, settings: TelegramSettings, commands: Sequence[CommandRoute]) -> Handlers:
    # Telegram's shared ids, of anonymous administrators say, never stand in the configuration.
    operator = _NEW & (_PRIVATE | _GROUP) & filters.User(settings.admins)
    in_private, notices = operator & _PRIVATE, components.command_notices
    return [
        *(_handler(components, command, operator & _place(command)) for command in commands),
        *(
            CommandHandler(command.name, notices.only_in_private(command.notice_in_groups), operator & _GROUP)
            for command in commands
            if command.notice_in_groups is not None
        ),
        CommandHandler(
            [command.name for command in commands if command.answered_in_groups], notices.no_operator, _NEW & _GROUP
        ),
        MessageHandler(operator & components.curated_handlers.expected, components.curated_handlers.text),
        MessageHandler(in_private & filters.Document.ALL, components.uploads.document),
        MessageHandler(in_private & OnlyAddress(), components.uploads.link),
    ]


def _of_everybody(components: Components, commands: Sequence[CommandRoute]) -> Handlers:
    limited, greeting, questions = components.admission.limited, components.greeting, components.questions
    return [
        *(_handler(components, command, _NEW & _place(command)) for command in commands),
        MessageHandler(_NEW & _PRIVATE & filters.Document.ALL & ~filters.CAPTION, limited(components.uploads.stranger)),
        MessageHandler(_NEW & _PRIVATE & filters.COMMAND, limited(greeting.help)),
        MessageHandler(_NEW & (_PRIVATE | _GROUP), questions.message),
        MessageHandler(_EDITED & (_PRIVATE | _GROUP), questions.edited),
    ]


def _handler(components: Components, command: CommandRoute, wanted: filters.BaseFilter) -> BaseHandler[Any, Any, Any]:
    """The route of one command, for the messages that are wanted; who may use it is seen to here."""
    handle = command.handler(components)
    if command.who is Who.GROUP_ADMINISTRATOR:
        handle = components.groups.for_administrators(handle)
    elif command.who is Who.EVERYBODY and command.rate_limited:
        handle = components.admission.limited(handle)
    if command.condition is not None:
        wanted = wanted & command.condition(components)
    return CommandHandler(command.name, handle, wanted)


def _place(command: Command) -> filters.BaseFilter:
    """The chats in which a command is handled."""
    places: dict[Where, filters.BaseFilter] = {
        Where.PRIVATE: _PRIVATE,
        Where.GROUP: _GROUP,
        Where.BOTH: _PRIVATE | _GROUP,
        Where.BOTH_BY_NAME: _PRIVATE | _GROUP & ByName(),
    }
    return places[command.where]


def _elsewhere(components: Components, settings: TelegramSettings) -> Handlers:
    groups = components.groups
    return [
        MessageHandler(filters.UpdateType.CHANNEL_POST & filters.Chat(settings.channels), components.channels.post),
        MessageHandler(filters.UpdateType.GUEST_MESSAGE, components.guests.message),
        InlineQueryHandler(components.inline.query),
        ChosenInlineResultHandler(components.inline.chosen),
        MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, groups.moved),
        ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _buttons(components: Components) -> Handlers:
    questions, gaps = components.questions, components.gaps
    return [
        CallbackQueryHandler(questions.passage, pattern=f"^{PASSAGE_DATA}[0-9a-f]{{16}}\\Z"),
        CallbackQueryHandler(components.greeting.example, pattern=f"^{EXAMPLE_DATA}[0-9a-f]{{16}}\\Z"),
        CallbackQueryHandler(components.vote_handlers.press, pattern=VOTE_PATTERN),
        CallbackQueryHandler(components.privacy.confirmed, pattern=FORGET_PATTERN),
        CallbackQueryHandler(components.uploads.decide, pattern=DRAFT_PATTERN),
        CallbackQueryHandler(components.suggestions.decide, pattern=SUGGESTION_PATTERN),
        CallbackQueryHandler(gaps.curate, pattern=CURATE_PATTERN),
        CallbackQueryHandler(gaps.dealt_with, pattern=DONE_PATTERN),
        CallbackQueryHandler(gaps.turn, pattern=PAGE_PATTERN),
        CallbackQueryHandler(gaps.export, pattern=CSV_PATTERN),
        CallbackQueryHandler(components.channel_posts.press, pattern=PRESS),
        CallbackQueryHandler(components.curated_handlers.button, pattern=f"^{CURATED_DATA}({_CURATED_BUTTONS})\\Z"),
        CallbackQueryHandler(questions.unknown_button),
    ]
