"""Order inside a chat, concurrency between chats: what python-telegram-bot's own processor does not offer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from weakref import WeakValueDictionary

from telegram import Update
from telegram.constants import ChatMemberStatus
from telegram.ext import BaseUpdateProcessor


class ChatOrderedProcessor(BaseUpdateProcessor):
    """Handles updates of different chats side by side, those of one chat one after the other.

    What waits in a chat from which the bot is removed meanwhile, or of a person who blocks it, is dropped.
    """

    def __init__(self, max_concurrent_updates: int = 1024) -> None:
        # Updates that wait for their chat's turn count too: one person's hundred must leave room for the others.
        super().__init__(max_concurrent_updates)
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
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            await coroutine
            return
        if isinstance(update, Update) and _has_left(update):
            self._left[chat.id] = update.update_id
        lock = self._locks.get(chat.id)
        if lock is None:
            lock = self._locks[chat.id] = asyncio.Lock()
        async with lock:
            if isinstance(update, Update) and update.update_id < self._left.get(chat.id, 0):
                if isinstance(coroutine, Coroutine):
                    coroutine.close()
                return
            self._left.pop(chat.id, None)
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _has_left(update: Update) -> bool:
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
