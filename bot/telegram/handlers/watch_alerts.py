"""What the watch over the article files tells the operators."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot

from bot.answering.service import Service
from bot.indexing.file_watcher import FileWatcher
from bot.indexing.reindex_job import ReindexJob
from bot.locales import texts
from bot.telegram.handlers.index_commands import reason
from bot.telegram.handlers.operator_notices import tell_all
from bot.telegram.rendering.answers import line, skipped_lines, warning_lines
from corpus.model import FileWarning, Skipped


def watch(service: Service, reindex_job: ReindexJob, bot: Bot) -> FileWatcher | None:
    """The watcher, not yet started; None where the configuration wants none."""
    chosen = service.settings.corpus
    if not chosen.watch:
        return None
    # Nobody has written, so nobody's language is known.
    words = texts(None)

    async def told(*lines: str) -> None:
        await tell_all(bot, service.settings.telegram.admins, line("\n".join(lines)))

    async def failed(error: Exception) -> None:
        await told(words("watch_failed", reason=reason(error, words)))

    async def skipped(files: Sequence[Skipped]) -> None:
        await told(words("watch_skipped", count=len(files)), *skipped_lines(files))

    async def warned(files: Sequence[FileWarning]) -> None:
        count = len({warning.path for warning in files})
        await told(words("watch_warned", count=count), *warning_lines(files))

    return FileWatcher(service, reindex_job, every=chosen.watch_seconds, failed=failed, skipped=skipped, warned=warned)
