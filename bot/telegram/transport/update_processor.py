"""Order inside a chat, concurrency between chats: what python-telegram-bot's own processor does not offer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext, suppress
from weakref import WeakValueDictionary

from cachetools import LRUCache
from telegram import Update
from telegram.constants import ChatMemberStatus
from telegram.ext import BaseUpdateProcessor

from bot.observability.request_context import handling
from bot.telegram.updates.surface import surface_of

_ROOM_PATIENCE = 30.0  # seconds without room after which updates are asked for all the same
_LEFT_REMEMBERED = 1000  # chats


class ChatOrderedProcessor(BaseUpdateProcessor):
    """Handles updates of different chats side by side, those of one chat one after the other.

    What waits in a chat from which the bot is removed meanwhile, or of a person who blocks it, is dropped. `heard` is
    called for each update when it comes in, `working` makes what surrounds the handling of one.

    At most `bound` updates are in work or wait, those that wait for their chat's turn included. Whoever asks Telegram
    for more waits for `room` first: what is not asked for is safe there. What comes in unasked beyond that (a webhook
    cannot be told to wait) is handed to `turned_away` and to nobody else.
    """

    def __init__(
        self,
        bound: int = 1000,
        *,
        heard: Callable[[], None] = lambda: None,
        working: Callable[[Update], AbstractContextManager[None]] = lambda update: nullcontext(),
        turned_away: Callable[[Update], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(2 * bound)  # those that are turned away need a place as well
        self._bound = bound
        self._heard = heard
        self._working = working
        self._turned_away = turned_away
        self._changed = asyncio.Event()
        # A lock lives as long as an update holds or awaits it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        # By chat, the update that told of the bot's removal: what still waits from before it has no reader.
        self._left: LRUCache[int, int] = LRUCache(_LEFT_REMEMBERED)

    async def room(self, updates: int = 100) -> None:
        """Return when so many more updates may come in, or after half a minute."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ROOM_PATIENCE):
                while self.current_concurrent_updates > max(0, self._bound - updates):
                    self._changed.clear()
                    await self._changed.wait()

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Await the handling of an update in its chat's turn. asyncio's lock is first come, first served."""
        self._heard()
        try:
            if not isinstance(update, Update):
                await coroutine
                return
            with handling(update.update_id, surface_of(update)):
                if self.current_concurrent_updates > self._bound:
                    _drop(coroutine)
                    with self._working(update):
                        if self._turned_away is not None:
                            await self._turned_away(update)
                else:
                    await self._in_turn(update, coroutine)
        finally:
            self._changed.set()

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
            _drop(coroutine)
            return
        self._left.pop(chat, None)
        await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _drop(coroutine: Awaitable[object]) -> None:
    """Let a handling that will not take place go without a warning."""
    if isinstance(coroutine, Coroutine):
        coroutine.close()


def _has_left(update: Update) -> bool:
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
