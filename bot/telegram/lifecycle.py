"""What the bot opens before its first update, closes when it stops, and closes after its last message."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

from telegram import Bot
from telegram.ext import Application

from bot.answering.service import Service
from bot.operations.engine_watch import EngineWatch
from bot.state.self_healing import StateFile
from bot.telegram.handlers.damage_alerts import state_news, tell_damage
from bot.telegram.handlers.engine_alerts import engine_news
from bot.telegram.handlers.watch_alerts import watch
from bot.telegram.handlers.writing_alerts import writing_news
from bot.telegram.transport.account import telegram_hints
from bot.telegram.transport.update_queue import JournaledUpdateQueue
from bot.telegram.wiring import Components

logger = logging.getLogger(__name__)


class OpenParts:
    """Parts that are open. They are closed in the reverse order; one that cannot be is logged and skips no other."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    def add(self, name: str, close: Callable[[], object]) -> None:
        """Note how to close a part, by a function or a coroutine function, once it is open; `name` is for the log."""
        self._stack.push_async_callback(_close, name, close)

    async def close(self) -> None:
        """Close all that is open."""
        await self._stack.aclose()


async def _close(name: str, close: Callable[[], object]) -> None:
    try:
        closing = close()
        if inspect.isawaitable(closing):
            await closing
    except Exception:
        logger.exception("the %s could not be closed properly", name)


class Lifecycle:
    """Opens and closes what lives as long as the bot runs; `prepare`, `stop` and `close` are the application's hooks.

    `stop` is called only where the bot has run; `close` always, also where the start failed halfway.
    """

    def __init__(
        self, service: Service, components: Components, state: StateFile, update_queue: JournaledUpdateQueue
    ) -> None:
        self._service = service
        self._components = components
        self._state = state
        self._update_queue = update_queue
        self._while_running = OpenParts()
        self._to_the_end = OpenParts()

    def open(self) -> None:
        """Open what needs neither Telegram nor an event loop. Raises PortUnavailable."""
        components, root = self._components, logging.getLogger()
        self._to_the_end.add("state file", self._state.close)
        components.monitor.open()
        self._to_the_end.add("monitoring server", components.monitor.close)
        self._to_the_end.add("answer queue", components.answer_queue.close)
        root.addHandler(components.errors)
        self._to_the_end.add("count of errors", lambda: root.removeHandler(components.errors))

    async def prepare(self, application: Application) -> None:  # type: ignore[type-arg]
        """Telegram has been reached; no update has come in yet."""
        components, bot = self._components, application.bot
        await components.answer_queue.open()
        await self._open_writer(bot)
        _spare_the_collector()
        components.log.prune()
        await components.intake.tidy()
        await components.menus.set_all(bot)
        await tell_damage(self._service, bot)
        self._open_background_work(application)
        components.late_questions.start()
        self._while_running.add("late questions", components.late_questions.close)
        await self._update_queue.resume(bot, components.late_questions.horizon)
        components.lost_answer_notices.start(bot)
        components.health.attach(asyncio.get_running_loop())
        me = bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))
        for hint in telegram_hints(me):
            logger.info("%s", hint)

    async def stop(self, application: Application) -> None:  # type: ignore[type-arg]
        """No update comes in any more; what was said can still be sent."""
        await self._while_running.close()

    async def close(self, application: Application) -> None:  # type: ignore[type-arg]
        """The bot has stopped, or its start has failed anywhere."""
        await self._while_running.close()
        await self._to_the_end.close()

    async def _open_writer(self, bot: Bot) -> None:
        """Make the language model ready, where there is one; its troubles are told."""
        writer = self._components.writer
        if writer is None:
            return
        news = writing_news(bot, self._service.settings.telegram.admins)
        writer.listen(news.add)
        self._while_running.add("language model", writer.close)
        self._while_running.add("news of the language model", news.close)
        await writer.open()

    def _open_background_work(self, application: Application) -> None:  # type: ignore[type-arg]
        """What works beside the updates; closed in the reverse order, what still has something to tell first."""
        components, bot, open_parts = self._components, application.bot, self._while_running
        news = state_news(bot, self._service.settings.telegram.admins)
        self._state.listen(news.add)
        open_parts.add("news of the state file", news.close)
        open_parts.add("reindex from a chat", components.index_commands.close)
        watcher = watch(self._service, components.reindex_job, bot)
        if watcher is not None:
            watcher.start()
            open_parts.add("file watcher", watcher.close)
        if self._service.settings.uses_engines:
            engines = engine_news(bot, self._service.settings.telegram.admins)
            open_parts.add("news of engines", engines.close)
            looking = EngineWatch(self._service, engines.add)
            looking.start()
            open_parts.add("watch over engines", looking.close)
        open_parts.add("answers being written", components.written.close)
        open_parts.add("uploads", components.uploads.close)
        open_parts.add("suggestions", components.suggestions.close)
        open_parts.add("notices of lost answers", components.lost_answer_notices.close)


def _spare_the_collector() -> None:
    """Take libraries, models and index, which live as long as the process, out of what the garbage collector visits.

    A full collection stops every thread; over all of that it took the event loop more than 50 ms.
    """
    gc.collect()
    gc.freeze()
