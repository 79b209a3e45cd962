"""The saved curated answers: /pins lists them, /unpin takes one away, their buttons show, edit and remove."""

from __future__ import annotations

import logging
import re
import sqlite3

from telegram import CallbackQuery, Update

from bot.answering.curated.store import CuratedAnswer, CuratedAnswers
from bot.local_time import LocalTime
from bot.telegram.access.operator_guard import OperatorGuard
from bot.telegram.handlers.curated_drafts import Wants
from bot.telegram.handlers.curated_editor import CuratedEditor
from bot.telegram.rendering.answers import Outgoing, line
from bot.telegram.rendering.curated import curated_message, list_message, removal_message
from bot.telegram.transport.replies import acknowledge, reply, revise
from bot.telegram.updates.callback_data import CuratedAction, CuratedButton, CuratedPageButton
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)


class CuratedList:
    """Shows what is saved and removes it; `editor` changes it. Only for operators."""

    def __init__(
        self,
        curated: CuratedAnswers,
        editor: CuratedEditor,
        operators: OperatorGuard,
        local_time: LocalTime,
    ) -> None:
        self._curated = curated
        self._editor = editor
        self._operators = operators
        self._local_time = local_time

    async def pins(self, update: Update, context: Context) -> None:
        """/pins: the first page of all."""
        if update.message is not None:
            words = words_for(update.message.from_user)
            await reply(update.message, list_message(self._curated.active(), 0, self._local_time, words))

    async def unpin(self, update: Update, context: Context) -> None:
        """/unpin NUMBER asks whether to take one away."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        number = (context.args or [""])[0].lstrip("#№")
        if not re.fullmatch(r"[0-9]{1,9}", number):
            await reply(message, line(words("unpin_usage")))
            return
        found = self._find(int(number))
        gone = line(words("pin_gone"))
        await reply(message, removal_message(found, self._local_time, words) if found else gone)

    async def page(self, update: Update, context: Context, button: CuratedPageButton) -> None:
        """Another page of the list."""
        if (query := await self._operators.pressed(update)) is None:
            return
        await acknowledge(query)
        shown = list_message(self._curated.active(), button.page, self._local_time, words_for(query.from_user))
        await _show(query, context, shown)

    async def action(self, update: Update, context: Context, button: CuratedButton) -> None:
        """A button below a saved answer, or below the question whether to remove it."""
        if (query := await self._operators.pressed(update)) is None:
            return
        words, message, found = words_for(query.from_user), query.message, self._find(button.curated)
        if found is None or message is None:
            await acknowledge(query, words("pin_gone"))
            return
        if button.action is CuratedAction.REMOVE:
            await self._remove(query, context, button.curated)
            return
        await acknowledge(query)
        match button.action:
            case CuratedAction.SHOW:
                await reply(message, curated_message(found, self._local_time, words))
            case CuratedAction.ASK_REMOVAL:
                await _show(query, context, removal_message(found, self._local_time, words))
            case CuratedAction.KEEP:
                await _show(query, context, curated_message(found, self._local_time, words))
            case _:
                wants = Wants.TEXT if button.action is CuratedAction.EDIT_TEXT else Wants.PHRASING
                await self._editor.edit(message, query.from_user, found, wants)

    async def _remove(self, query: CallbackQuery, context: Context, number: int) -> None:
        words = words_for(query.from_user)
        try:
            self._curated.remove(number)
        except sqlite3.Error as error:
            logger.warning("a curated answer could not be removed: %s", error)
            await acknowledge(query, words("pin_failed"))
            return
        logger.info("operator %s removed curated answer %s", query.from_user.id, number)
        await acknowledge(query)
        await _show(query, context, line(words("pin_removed", number=number)))

    def _find(self, number: int) -> CuratedAnswer | None:
        found = self._curated.find(number)
        return found if found is not None and found.active else None


async def _show(query: CallbackQuery, context: Context, outgoing: Outgoing) -> None:
    """Let the message with the button say something else; a longer text comes as new messages."""
    message = query.message
    if message is None:
        return
    if len(outgoing.parts) == 1:
        await revise(context.bot, message.chat.id, (message.message_id,), outgoing)
    else:
        await reply(message, outgoing)
