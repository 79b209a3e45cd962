"""What the bot does before its first update, when it stops, and after its last one."""

from __future__ import annotations

import asyncio
import logging

from telegram.ext import Application

from bot.answering.service import Service
from bot.indexing.file_watcher import FileWatcher
from bot.state.self_healing import Incident, StateFile
from bot.telegram.handlers.damage_alerts import state_news, tell_damage
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.handlers.watch_alerts import watch
from bot.telegram.transport.account import telegram_hints
from bot.telegram.transport.update_queue import JournaledUpdateQueue
from bot.telegram.wiring import Components

logger = logging.getLogger(__name__)


class Lifecycle:
    """Starts and stops what lives as long as the bot runs, in python-telegram-bot's three hooks for it."""

    def __init__(
        self, service: Service, components: Components, state: StateFile, update_queue: JournaledUpdateQueue
    ) -> None:
        self._service = service
        self._components = components
        self._state = state
        self._update_queue = update_queue
        self._watcher: FileWatcher | None = None
        self._news: NoticeBatches[Incident] | None = None

    async def prepare(self, application: Application) -> None:  # type: ignore[type-arg]
        """Telegram has been reached; no update has come in yet."""
        components, bot = self._components, application.bot
        operators = self._service.settings.telegram.admins
        await components.answer_queue.open()
        components.log.prune()
        await components.intake.tidy()
        await components.menus.set_all(bot)
        await tell_damage(self._service, bot)
        self._news = state_news(bot, operators)
        self._state.listen(self._news.add)
        self._watcher = watch(self._service, components.reindex_job, bot)
        if self._watcher is not None:
            self._watcher.start()
        components.late_questions.start()
        await self._update_queue.resume(bot, components.late_questions.horizon)
        components.lost_answer_notices.start(bot)
        components.health.attach(asyncio.get_running_loop())
        me = bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))
        for hint in telegram_hints(me):
            logger.info("%s", hint)

    async def stop(self, application: Application) -> None:  # type: ignore[type-arg]
        """No update comes in any more; what was said can still be sent."""
        components = self._components
        await components.late_questions.close()
        await components.lost_answer_notices.close()
        await components.suggestions.close()
        await components.uploads.close()
        if self._watcher is not None:
            await self._watcher.close()
        await components.operators.close()
        if self._news is not None:
            await self._news.close()

    async def tidy(self, application: Application) -> None:  # type: ignore[type-arg]
        """The bot has stopped, or its start has failed anywhere."""
        if self._watcher is not None:
            await self._watcher.close()
        await self._components.lost_answer_notices.close()
        logging.getLogger().removeHandler(self._components.errors)
        self._components.answer_queue.close()
        self._components.monitor.close()
        self._state.close()
