"""/stats: a picture of what was asked, for the operators."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from telegram import Update
from telegram.constants import ChatAction

from bot.insights.fonts import can_draw, drawable
from bot.insights.statistics import Statistics, span, summarise
from bot.insights.stats_chart import stats_picture
from bot.local_time import LocalTime
from bot.locales import Texts
from bot.state.database import reading
from bot.state.question_log import QuestionLog
from bot.state.votes import Votes
from bot.state.written_days import WrittenDay, WrittenDays
from bot.telegram.handlers.day_argument import days_to_show
from bot.telegram.rendering.answers import line
from bot.telegram.transport.replies import reply
from bot.telegram.updates.context import Context, words_for

_DEFAULT_DAYS = 30
_DAY = 86_400.0
_OUTCOMES = ("answered", "unsure", "refused")


class StatisticsReport:
    """Counts and draws in other threads; `drawing` is held while it draws: the library stands one at a time."""

    def __init__(
        self,
        data_dir: Path,
        local_time: LocalTime,
        drawing: asyncio.Lock,
        *,
        kept: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._data_dir = data_dir
        self._local_time = local_time
        self._kept = kept
        self._clock = clock
        self._drawing = drawing

    async def show(self, update: Update, context: Context) -> None:
        """/stats [days]."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        days = await days_to_show(message, "stats", context.args, words, default=_DEFAULT_DAYS, kept=self._kept)
        if days is None:
            return
        counted, written = await asyncio.to_thread(_count, self._data_dir, self._local_time, self._clock(), days)
        if counted.empty:
            await reply(message, line(words("stats_none", days=days)))
            return
        if not can_draw():
            said = [*_caption(counted, written, days, words), words("stats_no_picture")]
            await reply(message, line("\n".join(said)))
            return
        await message.reply_chat_action(ChatAction.UPLOAD_PHOTO)
        async with self._drawing:
            labels = await asyncio.to_thread(drawable, words)
            picture = await asyncio.to_thread(stats_picture, counted, labels)
        caption = [*_caption(counted, written, days, words), *([words("stats_legend")] if labels is not words else [])]
        await message.reply_photo(picture, caption="\n".join(caption), do_quote=True)


def _count(data_dir: Path, local_time: LocalTime, now: float, days: int) -> tuple[Statistics, Sequence[WrittenDay]]:
    # A day more than asked for: the first of the days began before this hour.
    since = now - (days + 1) * _DAY
    with reading(data_dir) as database:
        questions, votes = QuestionLog(database).since(since), Votes(database).since(since)
        dates = span(local_time.day(now), days)
        written = WrittenDays(database).since(dates[0])
    return summarise(questions, votes, dates, local_time), written


def _caption(counted: Statistics, written: Sequence[WrittenDay], days: int, words: Texts) -> list[str]:
    """The key numbers, in our own words and digits only: nothing here has to be escaped."""
    lines = [words("stats_title", days=days)]
    if counted.questions:
        lines.append(words("stats_questions", questions=counted.questions, people=counted.people))
        shares = {name: round(100 * getattr(counted, name) / counted.questions) for name in _OUTCOMES}
        lines.append(words("stats_share", **shares))
    lines.append(words("stats_votes", up=counted.up, down=counted.down))
    if counted.p50 is not None and counted.p95 is not None:
        lines.append(words("stats_latency", p50=round(counted.p50), p95=round(counted.p95)))
    if written:
        sums = {name: sum(getattr(day, name) for day in written) for name in ("written", "fallbacks", "tokens")}
        lines.append(words("stats_written", **sums))
    if len(counted.surfaces) > 1:
        parts = [
            words("stats_surface", surface=words(f"surface_{surface}"), count=count)
            for surface, count in counted.surfaces.items()
        ]
        lines.append(words("stats_surfaces", surfaces=words("gaps_comma").join(parts)))
    return lines
