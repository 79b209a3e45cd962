"""Which handler gets which update: of those listed the first that fits."""

from __future__ import annotations

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
from bot.telegram.handlers.channel_posts import PRESS
from bot.telegram.handlers.gaps import CSV_PATTERN, CURATE_PATTERN, DONE_PATTERN, PAGE_PATTERN
from bot.telegram.handlers.index_commands import Reindexes
from bot.telegram.handlers.privacy import FORGET_PATTERN, ByName
from bot.telegram.handlers.suggestions import SUGGESTION_PATTERN
from bot.telegram.handlers.uploads import DRAFT_PATTERN, UPLOAD_COMMANDS, OnlyAddress
from bot.telegram.rendering.answers import EXAMPLE_DATA, PASSAGE_DATA
from bot.telegram.rendering.curated import CURATED_DATA
from bot.telegram.rendering.votes import VOTE_PATTERN
from bot.telegram.updates.addressing import FromPerson
from bot.telegram.updates.command_menus import OPERATOR_COMMANDS, PRIVATE_OPERATOR_COMMANDS
from bot.telegram.wiring import Components

Handlers = list[BaseHandler[Any, Any, Any]]

_CURATED_BUTTONS = "d:[0-9a-f]{8}:([soqe]|e[0-9]{1,4})|[ltpuxvk]:[0-9]{1,9}"

_NEW, _EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
_PRIVATE = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
_GROUP = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL


def routes(components: Components, settings: TelegramSettings) -> Handlers:
    """All handlers in their order: the operators' first, then everybody's, then what is no message of a person."""
    return [
        *_of_operators(components, settings),
        *_of_everybody(components),
        *_elsewhere(components, settings),
        *_buttons(components),
    ]


def _of_operators(components: Components, settings: TelegramSettings) -> Handlers:
    # Telegram's shared ids, of anonymous administrators say, never stand in the configuration.
    operator = _NEW & (_PRIVATE | _GROUP) & filters.User(settings.admins)
    in_private = operator & _PRIVATE
    operators, uploads, curated_handlers = components.operators, components.uploads, components.curated_handlers
    return [
        CommandHandler("cancel", curated_handlers.cancel, operator & curated_handlers.pending),
        CommandHandler("pin", curated_handlers.pin, operator),
        CommandHandler("pins", curated_handlers.pins, operator),
        CommandHandler("unpin", curated_handlers.unpin, operator),
        MessageHandler(operator & curated_handlers.expected, curated_handlers.text),
        CommandHandler("reindex", operators.reindex, operator),
        CommandHandler("cancel", operators.cancel, operator & (_GROUP | Reindexes(components.reindex_job))),
        CommandHandler("rollback", operators.rollback, operator),
        CommandHandler("status", operators.status, operator),
        CommandHandler("add", uploads.add, in_private),
        CommandHandler("undo", uploads.undo, in_private),
        CommandHandler("suggestions", components.suggestions.show, in_private),
        CommandHandler(UPLOAD_COMMANDS, uploads.only_private, operator),
        CommandHandler("gaps", components.gaps.show, in_private),
        CommandHandler("stats", components.statistics.show, in_private),
        CommandHandler("diag", components.diagnosis.show, in_private),
        CommandHandler("post", components.channel_posts.post, in_private),
        CommandHandler(PRIVATE_OPERATOR_COMMANDS, operators.not_here, operator),
        CommandHandler(OPERATOR_COMMANDS, operators.stranger, _NEW & _GROUP),
        MessageHandler(in_private & filters.Document.ALL, uploads.document),
        MessageHandler(in_private & OnlyAddress(), uploads.link),
    ]


def _of_everybody(components: Components) -> Handlers:
    limited, greeting, questions, privacy = (
        components.admission.limited,
        components.greeting,
        components.questions,
        components.privacy,
    )
    by_name = _NEW & (_PRIVATE | _GROUP & ByName())
    return [
        CommandHandler("start", limited(greeting.start), _NEW & _PRIVATE),
        CommandHandler("help", limited(greeting.help), _NEW & _PRIVATE),
        CommandHandler("help", limited(components.groups.help), _NEW & _GROUP),
        CommandHandler("cancel", limited(questions.cancel), _NEW & _PRIVATE),
        CommandHandler("privacy", limited(privacy.privacy), by_name),
        CommandHandler("forget", limited(privacy.forget), by_name),
        CommandHandler("mode", components.groups.mode, _NEW & _GROUP),
        CommandHandler("ask", questions.message, _NEW & _PRIVATE),
        CommandHandler("suggest", limited(components.suggestions.suggest), _NEW & (_PRIVATE | _GROUP)),
        MessageHandler(_NEW & _PRIVATE & filters.Document.ALL & ~filters.CAPTION, limited(components.uploads.stranger)),
        MessageHandler(_NEW & _PRIVATE & filters.COMMAND, limited(greeting.help)),
        MessageHandler(_NEW & (_PRIVATE | _GROUP), questions.message),
        MessageHandler(_EDITED & (_PRIVATE | _GROUP), questions.edited),
    ]


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
