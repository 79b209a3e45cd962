"""Articles from the chat: an operator sends a file or an address, sees what it would give, and says yes or no."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from telegram import CallbackQuery, Document, MaybeInaccessibleMessage, Message, Update, User
from telegram.ext import filters

from bot.articles.intake import Intake
from bot.articles.upload_drafts import UploadDraft
from bot.indexing.reindex_job import AlreadyRunning, ReindexJob, ReindexRun
from bot.locales import Texts
from bot.telegram.handlers.index_commands import IndexCommands, reason
from bot.telegram.rendering.answers import line
from bot.telegram.rendering.uploads import draft_message, settled_message
from bot.telegram.transport.file_download import download
from bot.telegram.transport.replies import acknowledge, reply, revise, typing
from bot.telegram.updates.callback_data import UploadButton
from bot.telegram.updates.context import Context, words_for
from corpus.errors import SiyuError
from corpus.parsing.formats import format_of, format_of_media_type, suffix_list
from corpus.parsing.metadata import address_in, web_address

logger = logging.getLogger(__name__)


_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.I)
_HINT_EVERY = 60.0  # seconds between two hints to one person that files are not taken
_HINTED_REMEMBERED = 1000


class OnlyAddress(filters.MessageFilter):
    """Messages that are one web address and nothing else."""

    def filter(self, message: Message) -> bool:
        """Whether it is."""
        return web_address(message.text or "") is not None


class ArticleUploads:
    """Files and addresses to articles, for operators in their private chats."""

    def __init__(
        self,
        intake: Intake,
        index_commands: IndexCommands,
        reindex_job: ReindexJob,
        *,
        admins: Sequence[int],
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._intake = intake
        self._index_commands = index_commands
        self._reindex_job = reindex_job
        self._admins = frozenset(admins)
        self._max_bytes = max_bytes
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._waits = False
        self._closing = False
        self._hinted: dict[int, float] = {}

    async def document(self, update: Update, context: Context) -> None:
        """A file from an operator: its preview. Whatever it is called, only the end of its name decides anything."""
        message = update.message
        if message is None or message.document is None or message.from_user is None:
            return
        document, words = message.document, words_for(message.from_user)
        suffix = suffix_of(document)
        if suffix is None:
            await reply(message, line(words("upload_wrong_kind", suffixes=suffix_list())))
            return
        logger.info("update %s: operator %s sends a file", update.update_id, message.from_user.id)
        async with typing(message):
            try:
                data = await download(document, most=self._max_bytes)
                draft = await self._intake.propose_file(message.from_user.id, document.file_name or "", data, suffix)
            except (SiyuError, OSError) as error:
                await reply(message, line(reason(error, words)))
                return
        await reply(message, draft_message(draft, words))

    async def link(self, update: Update, context: Context) -> None:
        """A message of an operator that is nothing but an address: the page's preview."""
        if update.message is not None and update.message.from_user is not None and update.message.text:
            await self.propose_page(update.message, update.message.text.strip(), update.message.from_user)

    async def add(self, update: Update, context: Context) -> None:
        """/add ADDRESS."""
        message = update.message
        if message is None or message.from_user is None:
            return
        rest = (message.text or "").partition(" ")[2].strip()
        url = web_address(rest) or address_in(rest) or ("" if " " in rest else rest)
        if not url:
            await reply(message, line(words_for(message.from_user)("upload_how", suffixes=suffix_list())))
            return
        if not _SCHEME.match(url):
            url = f"https://{url}"
        await self.propose_page(message, url, message.from_user)

    async def propose_page(self, message: MaybeInaccessibleMessage, url: str, operator: User) -> bool:
        """Show an operator what a page would give; whether it could be had."""
        words = words_for(operator)
        logger.info("operator %s wants a page", operator.id)
        async with typing(message):
            try:
                draft = await self._intake.propose_page(operator.id, url)
            except (SiyuError, OSError) as error:
                await reply(message, line(reason(error, words)))
                return False
        await reply(message, draft_message(draft, words))
        return True

    async def decide(self, update: Update, context: Context, button: UploadButton) -> None:
        """The yes or no below a preview."""
        query = update.callback_query
        if query is None:
            return
        words = words_for(query.from_user)
        draft = (
            await self._intake.find(button.draft, query.from_user.id) if query.from_user.id in self._admins else None
        )
        if draft is None or not draft.preview.acceptable:
            await acknowledge(query, words("upload_gone"))
            return
        await acknowledge(query)
        if not button.keep:
            await self._intake.reject(draft)
            await self._settle(query, draft, words("upload_dropped"), words)
            return
        try:
            upload = await self._intake.accept(draft)
        except (SiyuError, OSError) as error:
            if query.message is not None:
                await reply(query.message, line(reason(error, words)))
            return
        logger.info("update %s: operator %s takes in %s", update.update_id, query.from_user.id, upload.file)
        await self._settle(query, draft, words("upload_kept"), words)
        if query.message is not None:
            self._bring_in(query.message, query.from_user, words)

    async def undo(self, update: Update, context: Context) -> None:
        """/undo takes back what the operator accepted last."""
        message = update.message
        if message is None or message.from_user is None:
            return
        words = words_for(message.from_user)
        try:
            taken = await self._intake.take_back(message.from_user.id)
        except (SiyuError, OSError) as error:
            await reply(message, line(reason(error, words)))
            return
        if taken is None:
            await reply(message, line(words("undo_nothing")))
            return
        logger.info("update %s: operator %s takes back %s", update.update_id, message.from_user.id, taken.upload.file)
        key = "undo_restored" if taken.restored else "undo_removed"
        await reply(message, line(words(key, title=taken.upload.title)))
        self._bring_in(message, message.from_user, words)

    async def stranger(self, update: Update, context: Context) -> None:
        """A file from anybody else: not even its size is asked for, and a whole album gets one answer."""
        message = update.message
        if message is None or message.from_user is None:
            return
        now = self._clock()
        if now - self._hinted.get(message.from_user.id, -_HINT_EVERY) < _HINT_EVERY:
            return
        if len(self._hinted) >= _HINTED_REMEMBERED:
            self._hinted = {user: at for user, at in self._hinted.items() if now - at < _HINT_EVERY}
        self._hinted[message.from_user.id] = now
        await reply(message, line(words_for(message.from_user)("upload_not_for_you")))

    async def close(self) -> None:
        """Stop a reindex in work and let everybody who waits for one know."""
        self._closing = True
        self._reindex_job.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _settle(self, query: CallbackQuery, draft: UploadDraft, outcome: str, words: Texts) -> None:
        if query.message is not None:
            shown = settled_message(draft, outcome, words)
            await revise(query.get_bot(), query.message.chat.id, (query.message.message_id,), shown)

    def _bring_in(self, message: MaybeInaccessibleMessage, operator: User, words: Texts) -> None:
        """Bring the index up to date, and go on with other updates meanwhile."""
        task = asyncio.create_task(self._reindex(message, operator.full_name, words))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reindex(self, message: MaybeInaccessibleMessage, who: str, words: Texts) -> None:
        """Reindex after whatever runs now; one run serves all who wait for it."""
        if self._waits:
            await self._index_commands.tell(message, line(words("upload_joins")))
            return
        told = False
        while True:
            try:
                run, work = self._reindex_job.start(who)
                break
            except AlreadyRunning as other:
                self._waits = True
                if not told:
                    told = True
                    await self._index_commands.tell(message, line(_waits_for(other.run, words)))
                await self._reindex_job.idle()
                self._waits = False
            if self._closing:
                return
        await self._index_commands.follow(message, run, work, words)
        if work.cancelled() or work.exception() is not None:
            await self._index_commands.tell(message, line(words("upload_not_indexed")))


def _waits_for(run: ReindexRun, words: Texts) -> str:
    """Whose run an article waits for; the file watcher is nobody."""
    return words("upload_waits_watch") if run.who is None else words("upload_waits", who=run.who)


def suffix_of(document: Document) -> str | None:
    """What the file is to be read as, by the end of its name or else by what Telegram calls it."""
    suffix = PurePosixPath(document.file_name or "").suffix.lower()
    if suffix:
        return suffix if format_of(suffix) else None
    named = format_of_media_type(document.mime_type or "")
    return named.suffix if named else None
