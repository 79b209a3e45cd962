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
from bot.telegram.command_menus import OPERATOR_COMMANDS, PRIVATE_OPERATOR_COMMANDS
from bot.telegram.handlers.addressing import FromPerson
from bot.telegram.handlers.channel_posts import PRESS
from bot.telegram.handlers.gaps import CSV_PATTERN, CURATE_PATTERN, DONE_PATTERN, PAGE_PATTERN
from bot.telegram.handlers.index_commands import Reindexes
from bot.telegram.handlers.privacy import FORGET_PATTERN, ByName
from bot.telegram.handlers.suggestions import SUGGESTION_PATTERN
from bot.telegram.handlers.uploads import DRAFT_PATTERN, UPLOAD_COMMANDS, OnlyAddress
from bot.telegram.rendering.answers import EXAMPLE_DATA, PASSAGE_DATA
from bot.telegram.rendering.curated import CURATED_DATA
from bot.telegram.rendering.votes import VOTE_PATTERN
from bot.telegram.wiring import Parts

Handlers = list[BaseHandler[Any, Any, Any]]

_CURATED_BUTTONS = "d:[0-9a-f]{8}:([soqe]|e[0-9]{1,4})|[ltpuxvk]:[0-9]{1,9}"

_NEW, _EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
_PRIVATE = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
_GROUP = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL


def routes(parts: Parts, settings: TelegramSettings) -> Handlers:
    """All handlers in their order: the operators' first, then everybody's, then what is no message of a person."""
    return [
        *_of_operators(parts, settings),
        *_of_everybody(parts),
        *_elsewhere(parts, settings),
        *_buttons(parts),
    ]


def _of_operators(parts: Parts, settings: TelegramSettings) -> Handlers:
    # Telegram's shared ids, of anonymous administrators say, never stand in the configuration.
    operator = _NEW & (_PRIVATE | _GROUP) & filters.User(settings.admins)
    in_private = operator & _PRIVATE
    operators, uploads, curating = parts.operators, parts.uploads, parts.curating
    return [
        CommandHandler("cancel", curating.cancel, operator & curating.pending),
        CommandHandler("pin", curating.pin, operator),
        CommandHandler("pins", curating.pins, operator),
        CommandHandler("unpin", curating.unpin, operator),
        MessageHandler(operator & curating.expected, curating.text),
        CommandHandler("reindex", operators.reindex, operator),
        CommandHandler("cancel", operators.cancel, operator & (_GROUP | Reindexes(parts.reindexing))),
        CommandHandler("rollback", operators.rollback, operator),
        CommandHandler("status", operators.status, operator),
        CommandHandler("add", uploads.add, in_private),
        CommandHandler("undo", uploads.undo, in_private),
        CommandHandler("suggestions", parts.suggestions.show, in_private),
        CommandHandler(UPLOAD_COMMANDS, uploads.only_private, operator),
        CommandHandler("gaps", parts.gaps.show, in_private),
        CommandHandler("stats", parts.statistics.show, in_private),
        CommandHandler("diag", parts.diagnosis.show, in_private),
        CommandHandler("post", parts.publishing.post, in_private),
        CommandHandler(PRIVATE_OPERATOR_COMMANDS, operators.not_here, operator),
        CommandHandler(OPERATOR_COMMANDS, operators.stranger, _NEW & _GROUP),
        MessageHandler(in_private & filters.Document.ALL, uploads.document),
        MessageHandler(in_private & OnlyAddress(), uploads.link),
    ]


def _of_everybody(parts: Parts) -> Handlers:
    limited, greeting, questions, privacy = parts.admission.limited, parts.greeting, parts.questions, parts.privacy
    by_name = _NEW & (_PRIVATE | _GROUP & ByName())
    return [
        CommandHandler("start", limited(greeting.start), _NEW & _PRIVATE),
        CommandHandler("help", limited(greeting.help), _NEW & _PRIVATE),
        CommandHandler("help", limited(parts.groups.help), _NEW & _GROUP),
        CommandHandler("cancel", limited(questions.cancel), _NEW & _PRIVATE),
        CommandHandler("privacy", limited(privacy.privacy), by_name),
        CommandHandler("forget", limited(privacy.forget), by_name),
        CommandHandler("mode", parts.groups.mode, _NEW & _GROUP),
        CommandHandler("ask", questions.message, _NEW & _PRIVATE),
        CommandHandler("suggest", limited(parts.suggestions.suggest), _NEW & (_PRIVATE | _GROUP)),
        MessageHandler(_NEW & _PRIVATE & filters.Document.ALL & ~filters.CAPTION, limited(parts.uploads.stranger)),
        MessageHandler(_NEW & _PRIVATE & filters.COMMAND, limited(greeting.help)),
        MessageHandler(_NEW & (_PRIVATE | _GROUP), questions.message),
        MessageHandler(_EDITED & (_PRIVATE | _GROUP), questions.edited),
    ]


def _elsewhere(parts: Parts, settings: TelegramSettings) -> Handlers:
    groups = parts.groups
    return [
        MessageHandler(filters.UpdateType.CHANNEL_POST & filters.Chat(settings.channels), parts.channels.post),
        MessageHandler(filters.UpdateType.GUEST_MESSAGE, parts.guests.message),
        InlineQueryHandler(parts.inline.query),
        ChosenInlineResultHandler(parts.inline.chosen),
        MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, groups.moved),
        ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _buttons(parts: Parts) -> Handlers:
    questions, gaps = parts.questions, parts.gaps
    return [
        CallbackQueryHandler(questions.passage, pattern=f"^{PASSAGE_DATA}[0-9a-f]{{16}}\\Z"),
        CallbackQueryHandler(parts.greeting.example, pattern=f"^{EXAMPLE_DATA}[0-9a-f]{{16}}\\Z"),
        CallbackQueryHandler(parts.voting.press, pattern=VOTE_PATTERN),
        CallbackQueryHandler(parts.privacy.confirmed, pattern=FORGET_PATTERN),
        CallbackQueryHandler(parts.uploads.decide, pattern=DRAFT_PATTERN),
        CallbackQueryHandler(parts.suggestions.decide, pattern=SUGGESTION_PATTERN),
        CallbackQueryHandler(gaps.curate, pattern=CURATE_PATTERN),
        CallbackQueryHandler(gaps.dealt_with, pattern=DONE_PATTERN),
        CallbackQueryHandler(gaps.turn, pattern=PAGE_PATTERN),
        CallbackQueryHandler(gaps.export, pattern=CSV_PATTERN),
        CallbackQueryHandler(parts.publishing.press, pattern=PRESS),
        CallbackQueryHandler(parts.curating.button, pattern=f"^{CURATED_DATA}({_CURATED_BUTTONS})\\Z"),
        CallbackQueryHandler(questions.unknown_button),
    ]
