"""The operators' commands: /reindex, /cancel, /rollback, /status. To everybody else they do not exist.

Reasons of failures and names of files are for operators only: asked in a group, they are told in private.
"""

from __future__ import annotations

import asyncio
import logging

from telegram import MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import filters

from bot.answering.service import Service
from bot.indexing.reindex_job import AlreadyRunning, ReindexJob, ReindexRun, Stopped
from bot.locales import Texts
from bot.operations.index_status import index_status
from bot.telegram.handlers.operator_notices import tell
from bot.telegram.rendering.answers import Outgoing, line, progress_message, summary_message
from bot.telegram.transport.replies import reply, revise
from bot.telegram.updates.context import Context, words_for
from corpus.errors import SiyuError
from embeddings.index.indexer import Summary

logger = logging.getLogger(__name__)

# Seconds between two edits of the progress. A group takes twenty messages a minute, answers among them.
_EDIT_EVERY, _EDIT_EVERY_IN_GROUP = 1.1, 5.0


class Reindexes(filters.MessageFilter):
    """Lets messages through while a reindex runs: only then is there something for an operator to cancel."""

    def __init__(self, reindex_job: ReindexJob) -> None:
        super().__init__()
        self._reindex_job = reindex_job

    def filter(self, message: Message) -> bool:
        """Whether one runs."""
        return self._reindex_job.running is not None


class IndexCommands:
    """What those may do whose numeric ids the configuration names."""

    def __init__(self, service: Service, reindex_job: ReindexJob) -> None:
        self._service = service
        self._reindex_job = reindex_job
        self._task: asyncio.Task[None] | None = None

    async def reindex(self, update: Update, context: Context) -> None:
        """/reindex: starts it and returns; progress and summary come by edits of one message."""
        message = update.message
        if message is None:
            return
        words = _words(message)
        who = message.from_user.full_name if message.from_user else "?"
        try:
            run, work = self._reindex_job.start(who)
        except AlreadyRunning as running:
            await reply(message, line(_running(running.run, words)))
            return
        logger.info("update %s: operator %s reindexes", update.update_id, _id(message))
        # Not awaited here: the chat's other messages, /cancel among them, have their turn meanwhile.
        self._task = asyncio.create_task(self.follow(message, run, work, words))

    async def cancel(self, update: Update, context: Context) -> None:
        """/cancel stops a reindex between batches."""
        if update.message is not None:
            key = "reindex_stopping" if self._reindex_job.stop() else "nothing_to_cancel"
            await reply(update.message, line(_words(update.message)(key)))

    async def rollback(self, update: Update, context: Context) -> None:
        """/rollback serves the generation before the serving one."""
        message = update.message
        if message is None:
            return
        words = _words(message)
        if self._reindex_job.running is not None:
            await reply(message, line(_running(self._reindex_job.running, words)))
            return
        try:
            before, after = await asyncio.to_thread(self._service.roll_back)
        except (SiyuError, OSError) as error:
            await self._reply_in_private(message, line(reason(error, words)), words)
            return
        logger.info("update %s: operator %s rolled back", update.update_id, _id(message))
        await reply(message, line(words("rolled_back", before=before, after=after)))

    async def status(self, update: Update, context: Context) -> None:
        """/status tells what serves, and how far a reindex is."""
        message = update.message
        if message is None:
            return
        words = _words(message)
        try:
            now = await asyncio.to_thread(index_status, self._service)
        except (SiyuError, OSError) as error:
            await self._reply_in_private(message, line(reason(error, words)), words)
            return
        lines = [words(f"status_{now.state}")]
        if now.generation is not None:
            lines.append(words("status_index", generation=now.generation, created=now.created))
            lines.append(words("status_counts", articles=now.articles, passages=now.passages, skipped=now.skipped))
            lines.append(words("status_model", model=now.model))
        if self._reindex_job.running is not None:
            lines.append(_running(self._reindex_job.running, words))
        await reply(message, line("\n".join(lines)))

    def running(self, words: Texts) -> str:
        """Who reindexes and how far that is; empty where nobody does."""
        return _running(self._reindex_job.running, words) if self._reindex_job.running is not None else ""

    async def close(self) -> None:
        """Stop a reindex in work and say so to whoever started it."""
        self._reindex_job.stop()
        if self._task is not None:
            await asyncio.wait((self._task,))
        await asyncio.to_thread(self._reindex_job.close)

    async def follow(
        self, message: MaybeInaccessibleMessage, run: ReindexRun, work: asyncio.Future[Summary], words: Texts
    ) -> None:
        """Show the progress of a run, then its end."""
        every = _EDIT_EVERY if message.chat.type == ChatType.PRIVATE else _EDIT_EVERY_IN_GROUP
        shown = progress_message(None, words)
        progress = await self.tell(message, shown)
        while not work.done():
            await asyncio.wait((work,), timeout=every)
            current = progress_message(run.step, words)
            if not work.done() and current != shown:
                shown = current
                await self._edit(message, progress, shown)
        end, brief = self._end(work, words)
        private = message.chat.type == ChatType.PRIVATE
        if not await self._edit(message, progress, end if private else brief):
            await self.tell(message, end if private else brief)
        if not private and end != brief and not await self._send_privately(message, end):
            await self.tell(message, line(words("reason_waits")))

    def _end(self, work: asyncio.Future[Summary], words: Texts) -> tuple[Outgoing, Outgoing]:
        """How a run ended, for the operator and for a group, which need not know names of files and reasons."""
        brief = line(words("reindex_failed_brief"))
        try:
            summary = work.result()
            return summary_message(summary, words), summary_message(summary, words, brief=True)
        except Stopped:
            stopped = line(words("reindex_stopped"))
            return stopped, stopped
        except (SiyuError, OSError) as error:
            logger.warning("reindex failed: %s", error)
            return line(words("reindex_failed", reason=reason(error, words))), brief
        except Exception as error:
            # The edge of a task of our own: nobody else would hear of it.
            logger.exception("reindex failed")
            return line(words("reindex_failed", reason=reason(error, words))), brief

    async def _reply_in_private(self, message: Message, outgoing: Outgoing, words: Texts) -> None:
        """Tell an operator in private what only operators may read; a group hears that it was sent there."""
        if message.chat.type == ChatType.PRIVATE:
            await reply(message, outgoing)
            return
        sent = await self._send_privately(message, outgoing)
        await reply(message, line(words("reason_in_private" if sent else "reason_waits")))

    async def _send_privately(self, message: MaybeInaccessibleMessage, outgoing: Outgoing) -> bool:
        operator = message.from_user if isinstance(message, Message) else None
        return operator is not None and await tell(message.get_bot(), operator.id, outgoing)

    async def tell(self, message: MaybeInaccessibleMessage, outgoing: Outgoing) -> tuple[int, ...]:
        """Reply to a message, from a task that nobody would hear of an error from; the ids of what was sent."""
        try:
            return (await reply(message, outgoing)).messages
        except TelegramError as error:
            logger.warning("an operator could not be told: %s", error.message)
            return ()

    async def _edit(self, message: MaybeInaccessibleMessage, progress: tuple[int, ...], outgoing: Outgoing) -> bool:
        if not progress:
            return False
        try:
            await revise(message.get_bot(), message.chat.id, progress, outgoing)
        except TelegramError as error:
            logger.warning("progress could not be shown: %s", error.message)
            return False
        return len(outgoing.parts) <= len(progress)


def _running(run: ReindexRun, words: Texts) -> str:
    progress = "\n".join(progress_message(run.step, words).parts)
    return words("reindex_running", who=run.who or words("watch_who"), progress=progress)


def reason(error: Exception, words: Texts) -> str:
    """What happened and what to do; an OSError is the machine's own trouble, a full disk say, all else our fault."""
    if isinstance(error, SiyuError):
        return str(error)
    if isinstance(error, OSError):
        return words("machine_trouble", reason=error.strerror or type(error).__name__)
    return words("reindex_bug")


def _id(message: Message) -> int | None:
    return message.from_user.id if message.from_user else None


def _words(message: Message) -> Texts:
    return words_for(message.from_user)
