"""/gaps: what people asked and did not get, for the operators; its buttons."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from telegram import CallbackQuery, InputFile, Update

from bot.insights.gaps import Gap, Miss, merge, misses, wordings
from bot.insights.question_vectors import QuestionVectors
from bot.insights.resolved_gaps import GapsDone
from bot.local_time import LocalTime
from bot.state.database import reading
from bot.state.question_log import LoggedQuestion, QuestionLog
from bot.state.votes import Votes
from bot.telegram.access.operator_guard import OperatorGuard
from bot.telegram.handlers.day_argument import days_to_show
from bot.telegram.rendering.gaps import gaps_csv, gaps_message
from bot.telegram.transport.replies import acknowledge, reply, revise
from bot.telegram.updates.callback_data import GapCurateButton, GapDoneButton, GapsFileButton, GapsView
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)

_DEFAULT_DAYS = 30
_DAY = 86_400.0

StartCurated = Callable[[Update, Context, LoggedQuestion], Awaitable[None]]
"""Begins a curated answer to a question of the log; the button's press is acknowledged already."""


class Gaps:
    """The list, its pages, its file, and what an operator does about an entry.

    Only operators get anything, whoever presses.
    """

    def __init__(
        self,
        data_dir: Path,
        log: QuestionLog,
        done: GapsDone,
        question_vectors: QuestionVectors,
        operators: OperatorGuard,
        local_time: LocalTime,
        *,
        start_curated: StartCurated,
        kept: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._data_dir = data_dir
        self._log = log
        self._done = done
        self._question_vectors = question_vectors
        self._operators = operators
        self._local_time = local_time
        self._kept = kept
        self._start_curated = start_curated
        self._clock = clock

    async def show(self, update: Update, context: Context) -> None:
        """/gaps [days]."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        days = await days_to_show(message, "gaps", context.args, words, default=_DEFAULT_DAYS, kept=self._kept)
        if days is not None:
            await reply(message, gaps_message(await self._gaps(days), GapsView(days), words, self._local_time))

    async def turn(self, update: Update, context: Context, view: GapsView) -> None:
        """Another page, or the other order."""
        if (query := await self._operators.pressed(update, alert="stale_button")) is None:
            return
        await acknowledge(query)
        await self._show_again(query, view)

    async def dealt_with(self, update: Update, context: Context, button: GapDoneButton) -> None:
        """An entry is dealt with: away with it until somebody asks again."""
        if (query := await self._operators.pressed(update, alert="stale_button")) is None:
            return
        words = words_for(query.from_user)
        gap = next((gap for gap in await self._gaps(button.days) if button.question in gap.ids), None)
        if gap is not None:
            self._done.mark(gap.ids)
        await acknowledge(query, toast=words("gaps_done" if gap else "gaps_gone"))
        await self._show_again(query, button.view)

    async def export(self, update: Update, context: Context, button: GapsFileButton) -> None:
        """All entries as a file."""
        if (query := await self._operators.pressed(update, alert="stale_button")) is None:
            return
        await acknowledge(query)
        words = words_for(query.from_user)
        gaps = await self._gaps(button.days)
        file = InputFile(await asyncio.to_thread(gaps_csv, gaps, words, self._local_time), filename="gaps.csv")
        caption = words("gaps_csv_caption", days=button.days, gaps=len(gaps))
        await context.bot.send_document(query.from_user.id, file, caption=caption)

    async def curate(self, update: Update, context: Context, button: GapCurateButton) -> None:
        """An entry's number: begin a curated answer to it."""
        if (query := await self._operators.pressed(update, alert="stale_button")) is None:
            return
        question = self._log.find(button.question)
        if question is None:
            await acknowledge(query, words_for(query.from_user)("gaps_gone"))
            return
        await acknowledge(query)
        await self._start_curated(update, context, question)

    async def _show_again(self, query: CallbackQuery, view: GapsView) -> None:
        """The list in the place of the one with the button."""
        message = query.message
        if message is None:
            return
        outgoing = gaps_message(await self._gaps(view.days), view, words_for(query.from_user), self._local_time)
        await revise(message.get_bot(), message.chat.id, (message.message_id,), outgoing)

    async def _gaps(self, days: int) -> tuple[Gap, ...]:
        """What the last days left open. Everything that may take long happens in other threads."""
        since = self._clock() - days * _DAY
        found = wordings(await asyncio.to_thread(_read, self._data_dir, since))
        compared = await self._question_vectors.compare([wording.text for wording in found])
        if compared is None:
            return merge(found)
        return await asyncio.to_thread(merge, found, compared.vectors, compared.alike)


def _read(data_dir: Path, since: float) -> tuple[Miss, ...]:
    with reading(data_dir) as database:
        return misses(QuestionLog(database).since(since), Votes(database).since(since), GapsDone(database).all())
