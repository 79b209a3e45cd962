"""The operators' commands: /reindex, /cancel, /rollback, /status. To everybody else they do not exist."""

from __future__ import annotations

import asyncio
import logging

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.desk import Desk
from bot.handlers.context import Context, words_for
from bot.locales import Texts
from bot.reindexing import AlreadyRunning, Reindexing, Run, Stopped
from bot.rendering.telegram import Outgoing, line, progress_message, summary_message
from bot.sending import reply, revise
from corpus.errors import SiyuError
from embeddings.indexing import Summary

logger = logging.getLogger(__name__)

# Seconds between two edits of the progress. A group takes twenty messages a minute, answers among them.
_EDIT_EVERY, _EDIT_EVERY_IN_GROUP = 1.1, 5.0


class Operators:
    """What those may do whose numeric ids the configuration names."""

    def __init__(self, desk: Desk, reindexing: Reindexing) -> None:
        self._desk = desk
        self._reindexing = reindexing
        self._task: asyncio.Task[None] | None = None

    async def reindex(self, update: Update, context: Context) -> None:
        """/reindex: starts it and returns; progress and summary come by edits of one message."""
        message = update.message
        if message is None:
            return
        words = _words(message)
        who = message.from_user.full_name if message.from_user else "?"
        try:
            run, work = self._reindexing.start(who)
        except AlreadyRunning as running:
            await reply(message, line(_running(running.run, words)))
            return
        logger.info("update %s: operator %s reindexes", update.update_id, _id(message))
        # Not awaited here: the chat's other messages, /cancel among them, have their turn meanwhile.
        self._task = asyncio.create_task(self._follow(message, run, work, words))

    async def cancel(self, update: Update, context: Context) -> None:
        """/cancel stops a reindex between batches."""
        if update.message is not None:
            key = "reindex_stopping" if self._reindexing.stop() else "nothing_to_cancel"
            await reply(update.message, line(_words(update.message)(key)))

    async def rollback(self, update: Update, context: Context) -> None:
        """/rollback serves the generation before the serving one."""
        message = update.message
        if message is None:
            return
        words = _words(message)
        if self._reindexing.running is not None:
            await reply(message, line(_running(self._reindexing.running, words)))
            return
        try:
            before, after = await self._desk.roll_back()
        except (SiyuError, OSError) as error:
            await reply(message, line(_reason(error, words)))
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
            now = await self._desk.status()
        except (SiyuError, OSError) as error:
            await reply(message, line(_reason(error, words)))
            return
        lines = [words(f"status_{now.state}")]
        if now.generation is not None:
            lines.append(words("status_index", generation=now.generation, created=now.created))
            lines.append(words("status_counts", articles=now.articles, passages=now.passages, skipped=now.skipped))
            lines.append(words("status_model", model=now.model))
        if self._reindexing.running is not None:
            lines.append(_running(self._reindexing.running, words))
        await reply(message, line("\n".join(lines)))

    async def not_here(self, update: Update, context: Context) -> None:
        """A command that an operator may give in private, given in a group."""
        if update.message is not None:
            await reply(update.message, line(_words(update.message)("desk_private")))

    async def stranger(self, update: Update, context: Context) -> None:
        """An operator's command from somebody else in a group: noted, and met with silence."""
        if update.message is not None:
            logger.info("update %s: %s is no operator", update.update_id, _id(update.message))

    async def close(self) -> None:
        """Stop a reindex in work and say so to whoever started it."""
        self._reindexing.stop()
        if self._task is not None:
            await asyncio.wait((self._task,))
        await asyncio.to_thread(self._reindexing.close)

    async def _follow(self, message: Message, run: Run, work: asyncio.Future[Summary], words: Texts) -> None:
        """Show the progress of a run, then its end."""
        every = _EDIT_EVERY if message.chat.type == ChatType.PRIVATE else _EDIT_EVERY_IN_GROUP
        shown = progress_message(None, words)
        board = await self._post(message, shown)
        while not work.done():
            await asyncio.wait((work,), timeout=every)
            current = progress_message(run.step, words)
            if not work.done() and current != shown:
                shown = current
                await self._edit(message, board, shown)
        end = self._end(work, words)
        if not await self._edit(message, board, end):
            await self._post(message, end)

    def _end(self, work: asyncio.Future[Summary], words: Texts) -> Outgoing:
        try:
            return summary_message(work.result(), words)
        except Stopped:
            return line(words("reindex_stopped"))
        except (SiyuError, OSError) as error:
            logger.warning("reindex failed: %s", error)
            return line(words("reindex_failed", reason=_reason(error, words)))
        except Exception:
            # The edge of a task of our own: nobody else would hear of it.
            logger.exception("reindex failed")
            return line(words("reindex_failed", reason=words("reindex_bug")))

    async def _post(self, message: Message, outgoing: Outgoing) -> tuple[int, ...]:
        try:
            return (await reply(message, outgoing)).messages
        except TelegramError as error:
            logger.warning("an operator could not be told: %s", error.message)
            return ()

    async def _edit(self, message: Message, board: tuple[int, ...], outgoing: Outgoing) -> bool:
        if not board:
            return False
        try:
            await revise(message.get_bot(), message.chat.id, board, outgoing)
        except TelegramError as error:
            logger.warning("progress could not be shown: %s", error.message)
            return False
        return len(outgoing.parts) <= len(board)


def _running(run: Run, words: Texts) -> str:
    return words("reindex_running", who=run.who, progress="\n".join(progress_message(run.step, words).parts))


def _reason(error: SiyuError | OSError, words: Texts) -> str:
    """What happened and what to do; an OSError is the machine's own trouble, a full disk say."""
    if isinstance(error, SiyuError):
        return str(error)
    return words("machine_trouble", reason=error.strerror or type(error).__name__)


def _id(message: Message) -> int | None:
    return message.from_user.id if message.from_user else None


def _words(message: Message) -> Texts:
    return words_for(message.from_user)
