"""Who the operators are, and what a press of one of their buttons by anybody else gets."""

from __future__ import annotations

import logging
from collections.abc import Collection

from telegram import CallbackQuery, Update

from bot.observability.pseudonyms import Pseudonyms
from bot.telegram.transport.replies import acknowledge
from bot.telegram.updates.context import words_for

logger = logging.getLogger(__name__)


class OperatorGuard:
    """Lets the presses of operators through; `ids` are theirs."""

    def __init__(self, ids: Collection[int], names: Pseudonyms) -> None:
        self.ids = frozenset(ids)
        self._names = names

    async def pressed(self, update: Update, *, alert: str | None = None) -> CallbackQuery | None:
        """An operator's press. Anybody else's is logged and acknowledged, with the text of a key or without any."""
        query = update.callback_query
        if query is None or query.from_user.id in self.ids:
            return query
        logger.info("update %s: %s is no operator", update.update_id, self._names.of(query.from_user.id))
        await acknowledge(query, words_for(query.from_user)(alert) if alert else None)
        return None
