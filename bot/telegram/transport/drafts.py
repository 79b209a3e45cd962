"""What a person sees of an answer in a private chat while it is being written.

A draft is a sign, like that of typing: it takes no message's turn, is no message for the journal, and is given up at
the first trouble. Telegram shows it for half a minute, or until the bot's next message in the chat.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from telegram import Message
from telegram.error import TelegramError

from bot.telegram.rendering.answers import line

logger = logging.getLogger(__name__)

_APART = 0.9  # seconds
_PATIENCE = 0.5  # seconds that the answer waits for a draft on its way: behind it, the draft would stand once more


class Draft:
    """Shows texts below a message, each in the place of the one before; of several that wait only the latest."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._text = ""
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def show(self, text: str) -> None:
        """From now on this is to be seen; returns at once."""
        self._text = text
        self._news.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Show nothing more. Must come before the answer is sent, which no trouble with a draft may keep back."""
        task, self._task = self._task, None
        if task is None:
            return
        self._over.set()
        self._news.set()
        await asyncio.wait((task,), timeout=_PATIENCE)
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a draft failed", exc_info=error)

    async def _run(self) -> None:
        topic = self._message.message_thread_id if self._message.is_topic_message else None
        while True:
            await self._news.wait()
            self._news.clear()
            if self._over.is_set():
                return
            try:
                await self._message.get_bot().send_message_draft(
                    self._message.chat.id, self._message.message_id, line(self._text).parts[0], message_thread_id=topic
                )
            except TelegramError as error:
                logger.info("no more drafts of an answer: %s", error.message)
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), _APART)
