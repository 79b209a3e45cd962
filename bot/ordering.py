"""Order inside a chat, concurrency between chats: what python-telegram-bot's own processor does not offer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from weakref import WeakValueDictionary

from telegram import Update
from telegram.constants import ChatMemberStatus
from telegram.ext import BaseUpdateProcessor

from bot.correlation import handling


class ChatOrderedProcessor(BaseUpdateProcessor):
    """Handles updates of different chats side by side, those of one chat one after the other.

    What waits in a chat from which the bot is removed meanwhile, or of a person who blocks it, is dropped. `heard` is
    called for each update when it comes in, `working` makes what surrounds the handling of one.
    """

    def __init__(
        self,
        max_concurrent_updates: int = 1024,
        *,
        heard: Callable[[], None] = lambda: None,
        working: Callable[[Update], AbstractContextManager[None]] = lambda update: nullcontext(),
    ) -> None:
        # Updates that wait for their chat's turn count too: one person's hundred must leave room for the others.
        super().__init__(max_concurrent_updates)
        self._heard = heard
        self._working = working
        # A lock lives as long as an update holds or awaits it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        # By chat, the update that told of the bot's removal: what still waits from before it has no reader.
        self._left: dict[int, int] = {}

    @property
    def waiting_chats(self) -> int:
        """How many chats have an update in work."""
        return len(self._locks)

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Await the handling of an update in its chat's turn. asyncio's lock is first come, first served."""
        self._heard()
        if not isinstance(update, Update):
            await coroutine
            return
        with handling(update):
            await self._in_turn(update, coroutine)

    async def _in_turn(self, update: Update, coroutine: Awaitable[object]) -> None:
        chat = update.effective_chat
        if chat is None:
            with self._working(update):
                await coroutine
            return
        if _has_left(update):
            self._left[chat.id] = update.update_id
        lock = self._locks.get(chat.id)
        if lock is None:
            lock = self._locks[chat.id] = asyncio.Lock()
        async with lock:
            with self._working(update):
                await self._unless_left(update, chat.id, coroutine)

    async def _unless_left(self, update: Update, chat: int, coroutine: Awaitable[object]) -> None:
        if update.update_id < self._left.get(chat, 0):
            if isinstance(coroutine, Coroutine):
                coroutine.close()
            return
        self._left.pop(chat, None)
        await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _has_left(update: Update) -> bool:
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
