"""The queue of updates: each at most once, and in the journal before Telegram is told that it has arrived.

Both ways of receiving wait for `put`: long polling moves its offset after it, the webhook answers 200 after it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable

from cachetools import LRUCache
from telegram import Bot, Update

from bot.state.journal import AwaitedAnswer, Journal

logger = logging.getLogger(__name__)


class SeenUpdates:
    """Knows what was delivered before: Telegram repeats an update whose confirmation it missed."""

    def __init__(self, earlier: Iterable[int] = (), *, remembered: int = 10_000) -> None:
        self._seen: LRUCache[int, None] = LRUCache(remembered)
        for update in earlier:
            self.is_new(update)

    def is_new(self, update: int) -> bool:
        """Whether this number comes for the first time."""
        if update in self._seen:
            return False
        self._seen[update] = None
        return True


class JournaledUpdateQueue(asyncio.Queue[object]):
    """The queue between receiving and handling. `expects` says who waits for an answer to an update, if anybody."""

    def __init__(self, journal: Journal, expects: Callable[[Update], AwaitedAnswer | None]) -> None:
        super().__init__()
        self._journal = journal
        self._expects = expects
        self._seen_updates = SeenUpdates(journal.known())

    async def put(self, item: object) -> None:
        """Take an update in, unless it was taken before."""
        if isinstance(item, Update):
            if not self._seen_updates.is_new(item.update_id):
                return
            self._journal_update(item)
        await super().put(item)

    async def resume(self, bot: Bot, since: float) -> None:
        """Before the first update: work again what was in work when the process before this one ended.

        What came in before `since` (Unix seconds) is too late to be answered; of messages the backlog says so.
        """
        for entry in self._journal.resume():
            try:
                update = Update.de_json(json.loads(entry.raw or ""), bot)
            except (ValueError, KeyError, TypeError) as error:
                logger.warning("update %s cannot be worked again: %s", entry.update, error)
                self._journal.notify_later(entry.update)
                continue
            if entry.received < since and update.message is None:
                self._journal.notify_later(entry.update)
                continue
            logger.info("update %s was in work before the start and is worked again", entry.update)
            await super().put(update)

    def _journal_update(self, update: Update) -> None:
        try:
            asking = self._expects(update)
            if asking is not None:
                self._journal.receive(update.update_id, asking, update.to_json())
        except Exception:
            # Receiving must go on whatever one update is like; it is worked all the same.
            logger.exception("update %s could not be written to the journal", update.update_id)
