"""What the bot does before its first update, when it stops, and after its last one."""

from __future__ import annotations

import asyncio
import logging

from telegram.ext import Application

from bot.answering.service import Service
from bot.indexing.file_watcher import Watcher
from bot.operations.doctor import telegram_hints
from bot.state.self_healing import Incident, StateFile
from bot.telegram.command_menus import set_menus
from bot.telegram.handlers.damage_alerts import state_news, tell_damage
from bot.telegram.handlers.notice_batches import Notices
from bot.telegram.handlers.watch_alerts import watch
from bot.telegram.transport.update_queue import Incoming
from bot.telegram.wiring import Parts

logger = logging.getLogger(__name__)


class Phases:
    """Starts and stops what lives as long as the bot runs, in python-telegram-bot's three hooks for it."""

    def __init__(self, service: Service, parts: Parts, state: StateFile, incoming: Incoming) -> None:
        self._service = service
        self._parts = parts
        self._state = state
        self._incoming = incoming
        self._watcher: Watcher | None = None
        self._news: Notices[Incident] | None = None

    async def prepare(self, application: Application) -> None:  # type: ignore[type-arg]
        """Telegram has been reached; no update has come in yet."""
        parts, bot = self._parts, application.bot
        operators = self._service.settings.telegram.admins
        await parts.desk.open()
        parts.log.prune()
        await parts.intake.tidy()
        await set_menus(bot, operators, parts.menus)
        await tell_damage(self._service, bot)
        self._news = state_news(bot, operators)
        self._state.listen(self._news.add)
        self._watcher = watch(self._service, parts.reindexing, bot)
        if self._watcher is not None:
            self._watcher.start()
        parts.backlog.start()
        await self._incoming.resume(bot, parts.backlog.horizon)
        parts.amends.start(bot)
        parts.health.attach(asyncio.get_running_loop())
        me = bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))
        for hint in telegram_hints(me):
            logger.info("%s", hint)

    async def wind_up(self, application: Application) -> None:  # type: ignore[type-arg]
        """No update comes in any more; what was said can still be sent."""
        parts = self._parts
        await parts.backlog.close()
        await parts.amends.close()
        await parts.suggestions.close()
        await parts.uploads.close()
        if self._watcher is not None:
            await self._watcher.close()
        await parts.operators.close()
        if self._news is not None:
            await self._news.close()

    async def tidy(self, application: Application) -> None:  # type: ignore[type-arg]
        """The bot has stopped, or its start has failed anywhere."""
        if self._watcher is not None:
            await self._watcher.close()
        await self._parts.amends.close()
        logging.getLogger().removeHandler(self._parts.errors)
        self._parts.desk.close()
        self._parts.monitor.close()
        self._state.close()
