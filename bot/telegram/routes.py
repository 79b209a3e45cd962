"""Which handler gets which update: of those listed the first that fits."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from telegram import Update
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
from bot.telegram.handlers.uploads import OnlyAddress
from bot.telegram.updates.addressing import ByName, FromPerson
from bot.telegram.updates.callback_data import (
    CallbackData,
    CuratedButton,
    CuratedExpiryButton,
    CuratedPageButton,
    CuratedStepButton,
    ExampleButton,
    ForgetButton,
    FunnelDoorButton,
    FunnelResultButton,
    FunnelSavedButton,
    FunnelStepButton,
    GapCurateButton,
    GapDoneButton,
    GapsFileButton,
    GapsView,
    PassageButton,
    PostButton,
    SuggestionButton,
    UploadButton,
    VoteButton,
)
from bot.telegram.updates.command import Command, Where, Who
from bot.telegram.updates.context import Context
from bot.telegram.wiring import Components

B = TypeVar("B", bound=CallbackData)
Route = BaseHandler[Any, Any, Any]

_NEW, _EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
_PRIVATE = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
_GROUP = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL


def routes(components: Components, settings: TelegramSettings, commands: Sequence[CommandRoute]) -> list[Route]:
    """All handlers in their order: the operators' first, then everybody's, then what is no message of a person."""
    return [
        *_of_operators(components, settings, [command for command in commands if command.who is Who.OPERATOR]),
        *_of_everybody(components, [command for command in commands if command.who is not Who.OPERATOR]),
        *_elsewhere(components, settings),
        *_buttons(components),
    ]


def _of_operators(components: Components, settings: TelegramSettings, commands: Sequence[CommandRoute]) -> list[Route]:
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
        MessageHandler(operator & components.curated_editor.expected, components.curated_editor.text),
        MessageHandler(in_private & filters.Document.ALL & components.funnels.meant, components.funnels.file),
        MessageHandler(in_private & filters.Document.ALL, components.uploads.document),
        MessageHandler(in_private & OnlyAddress(), components.uploads.link),
    ]


def _of_everybody(components: Components, commands: Sequence[CommandRoute]) -> list[Route]:
    limited, greeting, questions = components.admission.limited, components.greeting, components.questions
    funnels = components.funnels
    return [
        *(_handler(components, command, _NEW & _place(command)) for command in commands),
        MessageHandler(_NEW & _PRIVATE & filters.Document.ALL & funnels.meant, limited(funnels.file)),
        MessageHandler(_NEW & _PRIVATE & filters.Document.ALL & ~filters.CAPTION, limited(components.uploads.stranger)),
        MessageHandler(_NEW & _PRIVATE & filters.COMMAND, limited(greeting.help)),
        MessageHandler(_NEW & _PRIVATE & filters.TEXT & funnels.pending, limited(funnels.text)),
        MessageHandler(_NEW & (_PRIVATE | _GROUP), questions.message),
        MessageHandler(_EDITED & (_PRIVATE | _GROUP), questions.edited),
    ]


def _handler(components: Components, command: CommandRoute, wanted: filters.BaseFilter) -> Route:
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


def _elsewhere(components: Components, settings: TelegramSettings) -> list[Route]:
    groups = components.groups
    return [
        MessageHandler(filters.UpdateType.CHANNEL_POST & filters.Chat(settings.channels), components.channels.post),
        MessageHandler(filters.UpdateType.GUEST_MESSAGE, components.guests.message),
        InlineQueryHandler(components.inline.query),
        ChosenInlineResultHandler(components.inline.chosen),
        MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, groups.moved),
        ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _buttons(components: Components) -> list[Route]:
    questions, gaps, curated = components.questions, components.gaps, components.curated_list
    return [
        _button(PassageButton, questions.passage),
        _button(ExampleButton, components.greeting.example),
        _button(VoteButton, components.vote_handlers.press),
        _button(ForgetButton, components.privacy.confirmed),
        _button(UploadButton, components.uploads.decide),
        _button(SuggestionButton, components.suggestions.decide),
        _button(GapCurateButton, gaps.curate),
        _button(GapDoneButton, gaps.dealt_with),
        _button(GapsView, gaps.turn),
        _button(GapsFileButton, gaps.export),
        _button(PostButton, components.channel_posts.press),
        _button(CuratedStepButton, components.curated_editor.step),
        _button(CuratedExpiryButton, components.curated_editor.expiry),
        _button(CuratedButton, curated.action),
        _button(CuratedPageButton, curated.page),
        _button(FunnelDoorButton, components.funnels.door),
        _button(FunnelStepButton, components.funnels.step),
        _button(FunnelResultButton, components.funnels.result),
        _button(FunnelSavedButton, components.funnels.saved),
        CallbackQueryHandler(questions.unknown_button),
    ]


def _button(kind: type[B], handler: Callable[[Update, Context, B], Coroutine[Any, Any, None]]) -> Route:
    """The route of one kind of button: its handler is given what the button carries."""

    async def handle(update: Update, context: Context) -> None:
        button = kind.unpack(update.callback_query.data or "") if update.callback_query else None
        if button is not None:
            await handler(update, context, button)

    return CallbackQueryHandler(handle, pattern=kind.pattern())
