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

from bot.answering.conversations import Conversations
from bot.desk import Desk
from bot.fetching import Fetcher
from bot.handlers.addressing import FromPerson
from bot.handlers.admission import Admission
from bot.handlers.backlog import Backlog
from bot.handlers.diagnosis import Diagnosis
from bot.handlers.failures import Failures
from bot.handlers.gaps import CSV_PATTERN, CURATE_PATTERN, DONE_PATTERN, PAGE_PATTERN, Gaps
from bot.handlers.greeting import Greeting
from bot.handlers.groups import Groups
from bot.handlers.operators import Operators, Reindexes
from bot.handlers.presses import Presses
from bot.handlers.privacy import FORGET_PATTERN, ByName, Privacy
from bot.handlers.questions import Questions
from bot.handlers.repeats import Repeats
from bot.handlers.statistics import StatisticsReport
from bot.handlers.suggestions import SUGGESTION_PATTERN, SuggestionBox
from bot.handlers.uploads import DRAFT_PATTERN, UPLOAD_COMMANDS, ArticleUploads, OnlyAddress
from bot.handlers.voting import Voting
from bot.handlers.watching import watch
from bot.intake.drafts import Drafts
from bot.intake.inspecting import Inspector
from bot.intake.intake import Intake
from bot.intake.shelf import Shelf
from bot.likeness import Likeness
from bot.limits import Limits
from bot.menus import OPERATOR_COMMANDS, PRIVATE_OPERATOR_COMMANDS, set_menus
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.polling import PollingRequest
from bot.reindexing import Reindexing
from bot.rendering.telegram import EXAMPLE_DATA, PASSAGE_DATA
from bot.rendering.votes import VOTE_PATTERN
from bot.service import Service
from bot.state.answers import Answers
from bot.state.chats import Chats
from bot.state.database import open_state
from bot.state.gaps import GapsDone
from bot.state.menus import OperatorMenus
from bot.state.questions import QuestionLog
from bot.state.suggestions import Suggestions
from bot.state.uploads import Uploads
from bot.state.votes import Votes
from bot.vitals import ErrorCount, Uptime

logger = logging.getLogger(__name__)

UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]


def build(
    service: Service,
    token: str,
    failures: Failures,
    *,
    fetcher: Fetcher | None = None,
) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started. `fetcher` replaces the one that keeps to public pages."""
    settings = service.settings.telegram
    desk = Desk(service)
    state = open_state(service.settings.data_dir)
    chats, answers = Chats(state), Answers(state)
    log = QuestionLog(state, keep_days=service.settings.privacy.keep_questions_days)
    votes, conversations = Votes(state), Conversations(expiry=60 * settings.conversation_minutes)
    limits, backlog = Limits(settings.limits.per_user_per_minute, settings.admins), Backlog(settings.backlog_minutes)
    reindexing = Reindexing(service)
    operators = Operators(desk, reindexing)
    most = settings.uploads.max_bytes
    intake = Intake(
        desk,
        drafts=Drafts(service.settings.data_dir / "drafts"),
        shelf=Shelf(service.settings.uploads),
        uploads=Uploads(state),
        inspector=Inspector(passage_length=service.settings.corpus.passage_length),
        fetcher=fetcher or Fetcher(most=most),
    )
    uploads = ArticleUploads(intake, operators, reindexing, admins=settings.admins, max_bytes=most)
    suggestions = SuggestionBox(Suggestions(state), uploads, admins=settings.admins)
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
        log.prune()
        await intake.tidy()
        await set_menus(application.bot, settings.admins, menus)
        if watcher is not None:
            watcher.start()
        me = application.bot.bot
        backlog.start()
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))

    async def tidy(application: Application) -> None:  # type: ignore[type-arg]
        if watcher is not None:
            await watcher.close()
        logging.getLogger().removeHandler(errors)
        desk.close()
        state.close()

    async def wind_up(application: Application) -> None:  # type: ignore[type-arg]
        await backlog.close()
        await suggestions.close()
        await uploads.close()
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
    presses = Presses(limits)
    admission = Admission(limits, backlog)
    limited = admission.limited
    questions = Questions(desk, chats, answers, log, conversations, admission, presses)
    greeting = Greeting(questions, presses, settings.examples, settings.admins, menus)
    voting = Voting(log, votes, presses)
    privacy = Privacy(state, log, votes, answers, conversations, keep_days=service.settings.privacy.keep_questions_days)
    watcher = watch(service, reindexing, application.bot)
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
    operator_in_private = new & private & filters.User(settings.admins)
    application.add_handler(TypeHandler(Update, Repeats().stop), group=-1)
    application.add_handlers(
        [
            CommandHandler("reindex", operators.reindex, operator),
            CommandHandler("cancel", operators.cancel, operator & (group | Reindexes(reindexing))),
            CommandHandler("rollback", operators.rollback, operator),
            CommandHandler("status", operators.status, operator),
            CommandHandler("add", uploads.add, operator_in_private),
            CommandHandler("undo", uploads.undo, operator_in_private),
            CommandHandler("suggestions", suggestions.show, operator_in_private),
            CommandHandler(UPLOAD_COMMANDS, uploads.only_private, operator),
            CommandHandler("gaps", gaps.show, operator & private),
            CommandHandler("stats", statistics.show, operator & private),
            CommandHandler("diag", diagnosis.show, operator & private),
            CommandHandler(PRIVATE_OPERATOR_COMMANDS, operators.not_here, operator),
            CommandHandler(OPERATOR_COMMANDS, operators.stranger, new & group),
            CommandHandler("start", limited(greeting.start), new & private),
            CommandHandler("help", limited(greeting.help), new & (private | group)),
            CommandHandler("cancel", limited(questions.cancel), new & private),
            CommandHandler("privacy", limited(privacy.privacy), new & (private | group & ByName())),
            CommandHandler("forget", limited(privacy.forget), new & (private | group & ByName())),
            CommandHandler("mode", groups.mode, new & group),
            CommandHandler("ask", questions.message, new & private),
            CommandHandler("suggest", limited(suggestions.suggest), new & (private | group)),
            MessageHandler(operator_in_private & filters.Document.ALL, uploads.document),
            MessageHandler(operator_in_private & OnlyAddress(), uploads.link),
            MessageHandler(new & private & filters.Document.ALL & ~filters.CAPTION, limited(uploads.stranger)),
            MessageHandler(new & private & filters.COMMAND, limited(greeting.help)),
            MessageHandler(new & (private | group), questions.message),
            MessageHandler(edited & (private | group), questions.edited),
            MessageHandler(new & filters.StatusUpdate.MIGRATE, groups.moved),
            ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(questions.passage, pattern=f"^{PASSAGE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(greeting.example, pattern=f"^{EXAMPLE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(voting.press, pattern=VOTE_PATTERN),
            CallbackQueryHandler(privacy.confirmed, pattern=FORGET_PATTERN),
            CallbackQueryHandler(uploads.decide, pattern=DRAFT_PATTERN),
            CallbackQueryHandler(suggestions.decide, pattern=SUGGESTION_PATTERN),
            CallbackQueryHandler(gaps.curate, pattern=CURATE_PATTERN),
            CallbackQueryHandler(gaps.dealt_with, pattern=DONE_PATTERN),
            CallbackQueryHandler(gaps.turn, pattern=PAGE_PATTERN),
            CallbackQueryHandler(gaps.export, pattern=CSV_PATTERN),
            CallbackQueryHandler(questions.unknown_button),
        ]
    )
    application.add_error_handler(failures.handle)
    return application
