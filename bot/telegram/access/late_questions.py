"""Questions from before the start that are too old to answer: counted, and one notice a chat tells how many."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Message
from telegram.error import TelegramError

from bot.telegram.rendering.answers import line
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from bot.telegram.transport.replies import reply
from bot.telegram.updates.context import words_for

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    """The late questions of one chat so far; `updates` those whose askers still wait for the notice."""

    last: Message
    count: int
    updates: list[int] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class LateQuestions:
    """Counts the questions that were older than some minutes when the bot started, and tells each chat once.

    A chat is told when `quiet` seconds have passed without another of its late questions. 0 minutes means that
    nothing is ever too late.
    """

    def __init__(
        self,
        minutes: int,
        delivery_tracker: DeliveryTracker,
        *,
        quiet: float = 2.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._minutes = minutes
        self._delivery_tracker = delivery_tracker
        self._quiet = quiet
        self._clock = clock
        self.horizon = 0.0  # Unix seconds; what is from before is late
        self._waiting: dict[int, _Waiting] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """From now on updates come in: what is older than the configured minutes now is late."""
        self.horizon = self._clock() - 60 * self._minutes if self._minutes else 0.0

    def is_late(self, message: Message) -> bool:
        """Whether a message was sent, or edited last, too long before the start."""
        return (message.edit_date or message.date).timestamp() < self.horizon

    def add(self, message: Message) -> None:
        """Count a late question."""
        waiting = self._waiting.get(message.chat.id)
        if waiting is None:
            waiting = self._waiting[message.chat.id] = _Waiting(message, 0)
        waiting.last = message
        waiting.count += 1
        # Until the chat is told the journal has each of them: a crash in between loses none.
        if (update := self._delivery_tracker.defer()) is not None:
            waiting.updates.append(update)
        if waiting.task is not None:
            waiting.task.cancel()
        waiting.task = asyncio.create_task(self._tell_later(message.chat.id))
        self._telling.add(waiting.task)
        waiting.task.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        """Tell the chats that have not been told yet: their questions will not be delivered again."""
        for chat, waiting in list(self._waiting.items()):
            if waiting.task is not None:
                waiting.task.cancel()
            await self._tell(chat)
        if self._telling:
            await asyncio.wait(self._telling)

    async def _tell_later(self, chat: int) -> None:
        await asyncio.sleep(self._quiet)
        await self._tell(chat)

    async def _tell(self, chat: int) -> None:
        # Another late question is counted anew from here on, and does not cancel what is being sent.
        waiting = self._waiting.pop(chat)
        words = words_for(waiting.last.from_user)
        logger.info("%d questions of a chat from before the start are not answered", waiting.count)
        try:
            with self._delivery_tracker.resumed(waiting.updates):
                await reply(waiting.last, line(words("backlog", count=waiting.count)))
        except TelegramError as error:
            logger.info("a chat could not be told of its late questions: %s", error.message)
