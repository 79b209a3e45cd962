"""The Telegram application: python-telegram-bot's, with our components in it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, Defaults, TypeHandler

from bot.answering.service import Service
from bot.articles.page_fetcher import Fetcher
from bot.observability.metrics import BotMetrics
from bot.operations.clock import Clock
from bot.state.self_healing import StateFile
from bot.telegram.access.overload import OverloadReply
from bot.telegram.access.telegram_time import TelegramTime
from bot.telegram.commands import COMMANDS
from bot.telegram.handlers.error_handler import ErrorHandler
from bot.telegram.lifecycle import Lifecycle
from bot.telegram.routes import routes
from bot.telegram.transport.awaiting_answer import AnswerExpectation
from bot.telegram.transport.polling_request import PollingRequest
from bot.telegram.transport.rate_limiter import RateLimiter
from bot.telegram.transport.send_request import SendRequest
from bot.telegram.transport.update_processor import ChatOrderedProcessor
from bot.telegram.transport.update_queue import JournaledUpdateQueue
from bot.telegram.wiring import wire

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
    failures: ErrorHandler,
    metrics: BotMetrics,
    *,
    fetcher: Fetcher | None = None,
    rate_limiter: RateLimiter | None = None,
    clock: Clock | None = None,
) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started.

    `fetcher` replaces the one that keeps to public pages, `rate_limiter` Telegram's own limits; both for tests. `clock`
    is the time by which things are kept, this machine's by default.
    """
    clock = clock or Clock()
    settings = service.settings.telegram
    state = StateFile(service.settings.data_dir)
    components = wire(service, state, fetcher, metrics, clock, _account(token), COMMANDS)

    def working(update: Update) -> AbstractContextManager[None]:
        if update.callback_query is not None:
            # A vote that comes a second time would be taken back.
            components.journal.note(update.update_id)
        return components.delivery_tracker.working(update.update_id)

    update_queue = JournaledUpdateQueue(
        components.journal,
        AnswerExpectation(lambda: application.bot.bot, components.chats, settings.channels, COMMANDS),
    )
    lifecycle = Lifecycle(service, components, state, update_queue)
    lifecycle.open()
    processor = ChatOrderedProcessor(
        heard=components.health.heard, working=working, turned_away=OverloadReply().turn_away
    )
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(settings.base_url)
        .base_file_url(settings.base_file_url)
        .defaults(
            Defaults(
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                allow_sending_without_reply=True,
            )
        )
        .rate_limiter(rate_limiter or RateLimiter())
        .request(SendRequest(components.delivery_tracker, timeout=settings.timeout))
        .get_updates_request(PollingRequest(room=processor.room))
        .update_queue(update_queue)
        .concurrent_updates(processor)
        .post_init(lifecycle.prepare)
        .post_stop(lifecycle.stop)
        .post_shutdown(lifecycle.close)
        .build()
    )
    components.delivery_tracker.attach(lambda: application.running)
    application.add_handler(TypeHandler(Update, TelegramTime(clock).hear), group=-2)
    application.add_handler(TypeHandler(Update, components.allowlist.stop), group=-1)
    application.add_handlers(routes(components, settings, COMMANDS))
    application.add_error_handler(failures.handle)
    return application


def _account(token: str) -> int:
    """The bot's own id, which every token begins with."""
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else 0
