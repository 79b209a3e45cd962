"""The Telegram application: python-telegram-bot's machine with our parts in it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, Defaults, TypeHandler

from bot.clock import Clock
from bot.delivery import Delivery
from bot.diagnosis import telegram_hints
from bot.fetching import Fetcher
from bot.handlers.damage import state_news, tell_damage
from bot.handlers.dates import Dates
from bot.handlers.expecting import Expecting
from bot.handlers.failures import Failures
from bot.handlers.watching import watch
from bot.incoming import Incoming
from bot.menus import set_menus
from bot.metrics import Metrics
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.parts import assemble
from bot.polling import PollingRequest
from bot.routes import routes
from bot.service import Service
from bot.state.statefile import StateFile

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
    metrics: Metrics,
    *,
    fetcher: Fetcher | None = None,
    pace: Pace | None = None,
    clock: Clock | None = None,
) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started.

    `fetcher` replaces the one that keeps to public pages, `pace` Telegram's own limits; both for tests. `clock` is the
    time by which things are kept, this machine's by default.
    """
    clock = clock or Clock()
    settings = service.settings.telegram
    state = StateFile(service.settings.data_dir)
    parts = assemble(service, state, fetcher, metrics, clock, _account(token))
    parts.monitor.open()
    logging.getLogger().addHandler(parts.errors)

    def working(update: Update) -> AbstractContextManager[None]:
        if update.callback_query is not None:
            # A vote that comes a second time would be taken back.
            parts.journal.note(update.update_id)
        return parts.deliveries.working(update.update_id)

    async def prepare(application: Application) -> None:  # type: ignore[type-arg]
        await parts.desk.open()
        parts.log.prune()
        await parts.intake.tidy()
        await set_menus(application.bot, settings.admins, parts.menus)
        await tell_damage(service, application.bot)
        state.listen(news.add)
        if watcher is not None:
            watcher.start()
        parts.backlog.start()
        await incoming.resume(application.bot, parts.backlog.horizon)
        parts.amends.start(application.bot)
        parts.health.attach(asyncio.get_running_loop())
        me = application.bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))
        for hint in telegram_hints(me):
            logger.info("%s", hint)

    async def wind_up(application: Application) -> None:  # type: ignore[type-arg]
        await parts.backlog.close()
        await parts.amends.close()
        await parts.suggestions.close()
        await parts.uploads.close()
        if watcher is not None:
            await watcher.close()
        await parts.operators.close()
        await news.close()

    async def tidy(application: Application) -> None:  # type: ignore[type-arg]
        if watcher is not None:
            await watcher.close()
        await parts.amends.close()
        logging.getLogger().removeHandler(parts.errors)
        parts.desk.close()
        parts.monitor.close()
        state.close()

    incoming = Incoming(parts.journal, Expecting(lambda: application.bot.bot, parts.chats, settings.channels))
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
        .rate_limiter(pace or Pace())
        .request(Delivery(parts.deliveries, timeout=settings.timeout))
        .get_updates_request(PollingRequest(connection_pool_size=1))
        .update_queue(incoming)
        .concurrent_updates(ChatOrderedProcessor(heard=parts.health.heard, working=working))
        .post_init(prepare)
        .post_stop(wind_up)
        .post_shutdown(tidy)
        .build()
    )
    parts.deliveries.attach(lambda: application.running)
    news = state_news(application.bot, settings.admins)
    watcher = watch(service, parts.reindexing, application.bot)
    application.add_handler(TypeHandler(Update, Dates(clock).hear), group=-2)
    application.add_handlers(routes(parts, settings))
    application.add_error_handler(failures.handle)
    return application


def _account(token: str) -> int:
    """The bot's own id, which every token begins with."""
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else 0
