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
from bot.handlers.diagnosis import Diagnosis
from bot.handlers.failures import Failures
from bot.handlers.gaps import CSV_PATTERN, CURATE_PATTERN, DONE_PATTERN, PAGE_PATTERN, Gaps
from bot.handlers.greeting import Greeting
from bot.handlers.groups import Groups
from bot.handlers.operators import Operators
from bot.handlers.questions import Questions
from bot.handlers.repeats import Repeats
from bot.handlers.statistics import StatisticsReport
from bot.handlers.watching import watch
from bot.likeness import Likeness
from bot.menus import OPERATOR_COMMANDS, PRIVATE_OPERATOR_COMMANDS, set_menus
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.polling import PollingRequest
from bot.reindexing import Reindexing
from bot.rendering.telegram import EXAMPLE_DATA, PASSAGE_DATA
from bot.service import Service
from bot.state.answers import Answers
from bot.state.chats import Chats
from bot.state.database import open_state
from bot.state.gaps import GapsDone
from bot.state.menus import OperatorMenus
from bot.state.questions import QuestionLog
from bot.vitals import ErrorCount, Uptime

logger = logging.getLogger(__name__)

UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]


def build(service: Service, token: str, failures: Failures) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started."""
    settings = service.settings.telegram
    desk = Desk(service)
    state = open_state(service.settings.data_dir)
    chats, answers = Chats(state), Answers(state)
    log = QuestionLog(state, keep_days=service.settings.privacy.keep_questions_days)
    reindexing = Reindexing(service)
    operators = Operators(desk, reindexing)
    menus = OperatorMenus(state)
    errors, uptime = ErrorCount(), Uptime()
    logging.getLogger().addHandler(errors)
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        allow_sending_without_reply=True,
    )

    async def prepare(application: Application) -> None:  # type: ignore[type-arg]
        await desk.open()
        await set_menus(application.bot, settings.admins, menus)
        if watcher is not None:
            watcher.start()
        me = application.bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))

    async def tidy(application: Application) -> None:  # type: ignore[type-arg]
        if watcher is not None:
            await watcher.close()
        logging.getLogger().removeHandler(errors)
        desk.close()
        state.close()

    async def wind_up(application: Application) -> None:  # type: ignore[type-arg]
        if watcher is not None:
            await watcher.close()
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
    watcher = watch(service, reindexing, application.bot)
    questions = Questions(desk, chats, answers, log)
    greeting = Greeting(questions, settings.examples, settings.admins, menus)
    groups = Groups(chats, answers, log)
    data_dir, kept = service.settings.data_dir, service.settings.privacy.keep_questions_days > 0
    gaps = Gaps(data_dir, log, GapsDone(state), Likeness(desk), settings.admins, kept=kept)
    diagnosis = Diagnosis(service.settings, desk, errors, uptime, operators.running)
    statistics = StatisticsReport(data_dir, kept=kept)
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
            CommandHandler("gaps", gaps.show, operator & private),
            CommandHandler("stats", statistics.show, operator & private),
            CommandHandler("diag", diagnosis.show, operator & private),
            CommandHandler(PRIVATE_OPERATOR_COMMANDS, operators.not_here, operator),
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
            CallbackQueryHandler(gaps.curate, pattern=CURATE_PATTERN),
            CallbackQueryHandler(gaps.dealt_with, pattern=DONE_PATTERN),
            CallbackQueryHandler(gaps.turn, pattern=PAGE_PATTERN),
            CallbackQueryHandler(gaps.export, pattern=CSV_PATTERN),
            CallbackQueryHandler(questions.unknown_button),
        ]
    )
    application.add_error_handler(failures.handle)
    return application
