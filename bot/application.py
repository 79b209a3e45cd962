"""The Telegram application: which handler gets which update."""

from __future__ import annotations

import logging

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.desk import Desk
from bot.diagnosis import telegram_hints
from bot.handlers.addressing import FromPerson
from bot.handlers.channels import Channels
from bot.handlers.failures import Failures
from bot.handlers.greeting import Greeting
from bot.handlers.groups import Groups
from bot.handlers.guests import Guests
from bot.handlers.inline import Inline
from bot.handlers.operators import Operators
from bot.handlers.publishing import PRESS, Publishing
from bot.handlers.questions import Questions
from bot.handlers.repeats import Repeats
from bot.menus import OPERATOR_COMMANDS, set_menus
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.polling import PollingRequest
from bot.reindexing import Reindexing
from bot.rendering.telegram import EXAMPLE_DATA, PASSAGE_DATA
from bot.service import Service
from bot.state.answers import Answers
from bot.state.chats import Chats
from bot.state.database import open_state
from bot.state.drafts import Drafts
from bot.state.questions import QuestionLog

logger = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
    Update.CHANNEL_POST,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.GUEST_MESSAGE,
]


def build(
    service: Service,
    token: str,
    failures: Failures,
    pace: Pace | None = None,
) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started."""
    settings = service.settings.telegram
    desk = Desk(service)
    state = open_state(service.settings.data_dir)
    chats, answers = Chats(state), Answers(state)
    log = QuestionLog(state, keep_days=service.settings.privacy.keep_questions_days)
    operators = Operators(desk, Reindexing(service))
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        allow_sending_without_reply=True,
    )

    async def prepare(application: Application) -> None:  # type: ignore[type-arg]
        await desk.open()
        await set_menus(application.bot, settings.admins)
        me = application.bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))
        for hint in telegram_hints(me):
            logger.info("%s", hint)

    async def tidy(application: Application) -> None:  # type: ignore[type-arg]
        desk.close()
        state.close()

    async def wind_up(application: Application) -> None:  # type: ignore[type-arg]
        await operators.close()

    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(settings.base_url)
        .base_file_url(settings.base_file_url)
        .defaults(defaults)
        .rate_limiter(pace or Pace())
        .get_updates_request(PollingRequest(connection_pool_size=1))
        .concurrent_updates(ChatOrderedProcessor())
        .post_init(prepare)
        .post_stop(wind_up)
        .post_shutdown(tidy)
        .build()
    )
    questions = Questions(desk, chats, answers, log)
    greeting = Greeting(questions, settings.examples, settings.admins)
    groups = Groups(chats, answers, log)
    channels, guests, inline = Channels(desk, log), Guests(desk, log), Inline(desk, log)
    publishing = Publishing(desk, Drafts(state), settings.admins, settings.channels)
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    private = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
    group = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL
    # Telegram's shared ids, of anonymous administrators say, never stand in the configuration.
    operator = new & (private | group) & filters.User(settings.admins)
    application.add_handler(TypeHandler(Update, Repeats().stop), group=-1)
    application.add_handlers(
        [
            CommandHandler("reindex", operators.reindex, operator),
            CommandHandler("cancel", operators.cancel, operator),
            CommandHandler("rollback", operators.rollback, operator),
            CommandHandler("status", operators.status, operator),
            CommandHandler(OPERATOR_COMMANDS, operators.stranger, new & group),
            CommandHandler("post", publishing.post, operator & private),
            CommandHandler("start", greeting.start, new & private),
            CommandHandler("help", greeting.help, new & private),
            CommandHandler("help", groups.help, new & group),
            CommandHandler("cancel", greeting.nothing_to_cancel, new & private),
            CommandHandler("mode", groups.mode, new & group),
            CommandHandler("ask", questions.message, new & private),
            MessageHandler(new & private & filters.COMMAND, greeting.help),
            MessageHandler(new & (private | group), questions.message),
            MessageHandler(edited & (private | group), questions.edited),
            MessageHandler(filters.UpdateType.CHANNEL_POST & filters.Chat(settings.channels), channels.post),
            MessageHandler(filters.UpdateType.GUEST_MESSAGE, guests.message),
            InlineQueryHandler(inline.query),
            ChosenInlineResultHandler(inline.chosen),
            MessageHandler(new & filters.StatusUpdate.MIGRATE, groups.moved),
            ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(questions.passage, pattern=f"^{PASSAGE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(greeting.example, pattern=f"^{EXAMPLE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(publishing.press, pattern=PRESS),
            CallbackQueryHandler(questions.unknown_button),
        ]
    )
    application.add_error_handler(failures.handle)
    return application
