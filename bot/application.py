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
    CommandHandler,
    Defaults,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.desk import Desk
from bot.handlers.addressing import FromPerson
from bot.handlers.curating import Curating
from bot.handlers.failures import Failures
from bot.handlers.greeting import Greeting
from bot.handlers.groups import Groups
from bot.handlers.operators import Operators
from bot.handlers.questions import Questions
from bot.handlers.repeats import Repeats
from bot.menus import OPERATOR_COMMANDS, set_menus
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.polling import PollingRequest
from bot.reindexing import Reindexing
from bot.rendering.curating import CURATED_DATA
from bot.rendering.telegram import EXAMPLE_DATA, PASSAGE_DATA
from bot.service import Service
from bot.state.answers import Answers
from bot.state.chats import Chats
from bot.state.curated import CuratedAnswers
from bot.state.database import open_state
from bot.state.questions import QuestionLog

logger = logging.getLogger(__name__)

_CURATED_BUTTONS = "d:[0-9a-f]{8}:([soqe]|e[0-9]{1,4})|[ltpuxvk]:[0-9]{1,9}"
UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]


def build(service: Service, token: str, failures: Failures) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started."""
    settings = service.settings.telegram
    desk = Desk(service)
    state = open_state(service.settings.data_dir)
    chats, answers = Chats(state), Answers(state)
    log = QuestionLog(state, keep_days=service.settings.privacy.keep_questions_days)
    operators = Operators(desk, Reindexing(service))
    curating = Curating(desk, CuratedAnswers(state), answers, log, settings.admins)
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
        .rate_limiter(Pace())
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
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    private = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
    group = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL
    # Telegram's shared ids, of anonymous administrators say, never stand in the configuration.
    operator = new & (private | group) & filters.User(settings.admins)
    application.add_handler(TypeHandler(Update, Repeats().stop), group=-1)
    application.add_handlers(
        [
            CommandHandler("cancel", curating.cancel, operator & curating.pending),
            CommandHandler("pin", curating.pin, operator),
            CommandHandler("pins", curating.pins, operator),
            CommandHandler("unpin", curating.unpin, operator),
            MessageHandler(operator & curating.expected, curating.text),
            CommandHandler("reindex", operators.reindex, operator),
            CommandHandler("cancel", operators.cancel, operator),
            CommandHandler("rollback", operators.rollback, operator),
            CommandHandler("status", operators.status, operator),
            CommandHandler(OPERATOR_COMMANDS, operators.stranger, new & group),
            CommandHandler("start", greeting.start, new & private),
            CommandHandler("help", greeting.help, new & (private | group)),
            CommandHandler("cancel", greeting.nothing_to_cancel, new & private),
            CommandHandler("mode", groups.mode, new & group),
            CommandHandler("ask", questions.message, new & private),
            MessageHandler(new & private & filters.COMMAND, greeting.help),
            MessageHandler(new & (private | group), questions.message),
            MessageHandler(edited & (private | group), questions.edited),
            MessageHandler(new & filters.StatusUpdate.MIGRATE, groups.moved),
            ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(questions.passage, pattern=f"^{PASSAGE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(greeting.example, pattern=f"^{EXAMPLE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(curating.button, pattern=f"^{CURATED_DATA}({_CURATED_BUTTONS})\\Z"),
            CallbackQueryHandler(questions.unknown_button),
        ]
    )
    application.add_error_handler(failures.handle)
    return application
