"""/diag: how the bot is doing, for an operator in private."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.answering.answer_queue import AnswerQueue
from bot.answering.service import Service
from bot.config import Settings
from bot.locales import Texts
from bot.observability.logs import redact
from bot.observability.process_info import ErrorCount, Uptime, memory, versions
from bot.operations.doctor import Check, examine_running
from bot.telegram.rendering.answers import line
from bot.telegram.transport.account import telegram_hints
from bot.telegram.transport.replies import reply
from bot.telegram.updates.context import Context, words_for

if TYPE_CHECKING:
    from bot.generation.writer import Writer

# The folders of an absolute path, not of a URL.
_FOLDERS = re.compile(r"(?<![\w.:/~-])/(?:[^\s/，。：:（）]+/)+")


class Diagnosis:
    """Puts together what `doctor` finds and what only the running process knows. No secrets, no folders' names."""

    def __init__(
        self,
        service: Service,
        answer_queue: AnswerQueue,
        errors: ErrorCount,
        uptime: Uptime,
        reindex_job: Callable[[Texts], str],
        writer: Writer | None = None,
    ) -> None:
        self._service = service
        self._settings = service.settings
        self._answer_queue = answer_queue
        self._errors = errors
        self._uptime = uptime
        self._reindex_job = reindex_job
        self._writer = writer

    async def show(self, update: Update, context: Context) -> None:
        """/diag."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        checks = await asyncio.to_thread(examine_running, self._service)
        lines = [words("diag_title"), *(text for check in checks for text in _check_lines(check, words))]
        corpus = self._settings.corpus
        lines.append(words("diag_watch", seconds=corpus.watch_seconds) if corpus.watch else words("diag_no_watch"))
        lines += await self._telegram_lines(context.bot, words)
        days, hours, minutes = self._uptime.split()
        used = memory()
        lines.append(words("diag_process", days=days, hours=hours, minutes=minutes, memory=used.now, peak=used.peak))
        lines.append(
            words("diag_queue", waiting=self._answer_queue.waiting, updates=context.application.update_queue.qsize())
        )
        if self._writer is not None:
            lines.append(_writer_line(self._writer, self._settings, words))
        if running := self._reindex_job(words):
            lines.append(running)
        lines.append(self._error_line(words))
        lines.append(words("diag_versions", versions=" · ".join(f"{name} {v}" for name, v in versions().items())))
        await reply(message, line(without_folders("\n".join(lines), self._settings)))

    async def _telegram_lines(self, bot: Bot, words: Texts) -> list[str]:
        """The account as Telegram knows it now: privacy mode may have been changed since the start."""
        hook = self._settings.telegram.webhook
        try:
            me, info = await bot.get_me(), await bot.get_webhook_info()
        except TelegramError as error:
            return [words("diag_telegram_lost", reason=redact(error.message))]
        way = words("diag_webhook", listen=hook.listen, port=hook.port) if hook.url else words("diag_polling")
        lines = [words("diag_telegram", name=me.username, way=way, pending=info.pending_update_count)]
        if hook.url and info.last_error_message:
            lines.append(words("diag_delivery_error", reason=redact(info.last_error_message)))
        hears_all = [words("diag_privacy_off")] if me.can_read_all_group_messages else []
        return [*lines, *hears_all, *telegram_hints(me, words)]

    def _error_line(self, words: Texts) -> str:
        if self._errors.last is None:
            return words("diag_no_errors")
        moment, where = self._errors.last
        when = datetime.fromtimestamp(moment, self._settings.zone)
        return words("diag_errors", count=self._errors.count, when=f"{when:%m-%d %H:%M}", where=where)


def _writer_line(writer: Writer, settings: Settings, words: Texts) -> str:
    """How the language model does, and what it has cost today."""
    open_for = round(writer.breaker.seconds_left)
    state = words("diag_llm_open", seconds=open_for) if writer.breaker.is_open else words("diag_llm_well")
    return words(
        "diag_llm",
        model=settings.answering.llm.model,
        state=state,
        tokens=writer.budget.used,
        waiting=writer.waiting,
    )


def without_folders(text: str, settings: Settings) -> str:
    """The text with the last part of every absolute path only: where things lie on the machine is nobody's business."""
    known = (*settings.corpus.articles, settings.data_dir, Path(settings.embeddings.model))
    for path in sorted(known, key=lambda path: -len(str(path))):
        if path.is_absolute():
            text = text.replace(str(path), path.name)
    return _FOLDERS.sub("", text)


def _check_lines(check: Check, words: Texts) -> list[str]:
    lines = [words("diag_check", mark="✓" if check.ok else "✗", name=check.name, finding=check.finding)]
    return [*lines, words("diag_advice", advice=check.advice)] if check.advice else lines
