"""The Telegram application: python-telegram-bot's machine with our parts in it."""

from __future__ import annotations

import asyncio
import logging

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, Defaults, TypeHandler

from bot.diagnosis import telegram_hints
from bot.fetching import Fetcher
from bot.handlers.damage import tell_damage
from bot.handlers.failures import Failures
from bot.handlers.repeats import Repeats
from bot.handlers.watching import watch
from bot.menus import set_menus
from bot.metrics import Metrics
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.parts import assemble
from bot.polling import PollingRequest
from bot.routes import routes
from bot.service import Service
from bot.state.database import open_state

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
) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started.

    `fetcher` replaces the one that keeps to public pages, `pace` Telegram's own limits; both for tests.
    """
    settings = service.settings.telegram
    state = open_state(service.settings.data_dir)
    parts = assemble(service, state, fetcher, metrics)
    parts.monitor.open()
    logging.getLogger().addHandler(parts.errors)

    async def prepare(application: Application) -> None:  # type: ignore[type-arg]
        await parts.desk.open()
        parts.log.prune()
        await parts.intake.tidy()
        await set_menus(application.bot, settings.admins, parts.menus)
        await tell_damage(service, application.bot)
        if watcher is not None:
            watcher.start()
        parts.backlog.start()
        parts.health.attach(asyncio.get_running_loop())
        me = application.bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))
        for hint in telegram_hints(me):
            logger.info("%s", hint)

    async def wind_up(application: Application) -> None:  # type: ignore[type-arg]
        await parts.backlog.close()
        await parts.suggestions.close()
        await parts.uploads.close()
        if watcher is not None:
            await watcher.close()
        await parts.operators.close()

    async def tidy(application: Application) -> None:  # type: ignore[type-arg]
        if watcher is not None:
            await watcher.close()
        logging.getLogger().removeHandler(parts.errors)
        parts.desk.close()
        parts.monitor.close()
        state.close()

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
        .get_updates_request(PollingRequest(connection_pool_size=1))
        .concurrent_updates(ChatOrderedProcessor(heard=parts.health.heard))
        .post_init(prepare)
        .post_stop(wind_up)
        .post_shutdown(tidy)
        .build()
    )
    watcher = watch(service, parts.reindexing, application.bot)
    application.add_handler(TypeHandler(Update, Repeats().stop), group=-2)
    application.add_handler(TypeHandler(Update, parts.gate.stop), group=-1)
    application.add_handlers(routes(parts, settings))
    application.add_error_handler(failures.handle)
    return application
