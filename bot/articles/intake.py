"""From bytes or an address to a draft, from a yes to an article in the store, and back again."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import yaml

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.articles.article_store import ArticleStore, Version
from bot.articles.file_names import file_name
from bot.articles.inspector import Inspector
from bot.articles.page_fetcher import Fetcher
from bot.articles.text_overlap import neighbours
from bot.articles.upload_drafts import Preview, UploadDraft, UploadDrafts
from bot.articles.upload_log import Upload, Uploads
from bot.errors import BotError
from corpus.characters import one_line
from corpus.errors import SiyuError
from corpus.sandbox.inspection import Inspection
from embeddings.index.generation import Generation

logger = logging.getLogger(__name__)

_LONGEST_TITLE = 120
_LONGEST_ORIGIN = 200


class NotRecorded(BotError):
    """The state file could not be written."""

    def __init__(self) -> None:
        super().__init__("记录写不进去：请检查磁盘空间和权限，再试一次")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An upload that was taken back; `restored` tells whether its earlier version stands again."""

    upload: Upload
    restored: bool


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a draft comes from: what to call it when it does not call itself anything, and its address if any."""

    shown: str
    fallback: str
    url: str | None = None


class Intake:
    """What operators do with articles in the chat. `today` tells the day."""

    def __init__(
        self,
        answer_queue: AnswerQueue,
        *,
        drafts: UploadDrafts,
        store: ArticleStore,
        uploads: Uploads,
        inspector: Inspector,
        fetcher: Fetcher,
        today: Callable[[], date],
    ) -> None:
        self._answer_queue = answer_queue
        self._drafts = drafts
        self._store = store
        self._uploads = uploads
        self._inspector = inspector
        self._fetcher = fetcher
        self._today = today
        self._writing = asyncio.Lock()

    async def tidy(self) -> None:
        """Drop drafts that nobody has said yes to in time, and what is too old or half written in the store."""
        for tidy, what in ((self._drafts.prune, "drafts"), (self._store.tidy, "versions")):
            try:
                await asyncio.to_thread(tidy)
            except OSError as error:
                logger.warning("old %s stay: %s", what, error)

    async def propose_file(self, operator: int, name: str, data: bytes, suffix: str) -> UploadDraft:
        """A draft of a file that was sent; its name is data. Raises SiyuError or OSError."""
        origin = _Origin(one_line(name) or suffix, one_line(PurePosixPath(name).stem))
        return await self._propose(operator, data, suffix, origin)

    async def propose_page(self, operator: int, url: str) -> UploadDraft:
        """A draft of the page at an address. Raises SiyuError or OSError."""
        page = await self._fetcher.fetch(url)
        parts = urlsplit(page.url)
        fallback = one_line(unquote(PurePosixPath(parts.path).stem)) or parts.hostname or ""
        return await self._propose(operator, page.data, page.suffix, _Origin(page.url, fallback, page.url))

    async def find(self, draft_id: str, operator: int) -> UploadDraft | None:
        """An operator's draft, None when it is gone."""
        return await asyncio.to_thread(self._drafts.find, draft_id, operator)

    async def reject(self, draft: UploadDraft) -> None:
        """Forget a draft."""
        await asyncio.to_thread(self._drafts.drop, draft.id)

    async def accept(self, draft: UploadDraft) -> Upload:
        """Put a draft in the store, in the place of an earlier version if there is one. Raises SiyuError or OSError."""
        preview = draft.preview
        async with self._writing:
            earlier = self._uploads.same_article(preview.title, preview.url)
            name = file_name(preview.title, preview.url, draft.suffix)
            instead_of = earlier.file if earlier else name
            placed, stood = await asyncio.to_thread(
                self._store.put, self._drafts.file(draft), draft.note, name, instead_of=instead_of
            )
            try:
                upload = self._uploads.record(
                    draft.operator,
                    file=placed.file,
                    digest=placed.digest,
                    title=preview.title,
                    url=preview.url,
                    origin=preview.origin,
                    earlier=earlier,
                    earlier_digest=stood.digest if stood and earlier else None,
                )
            except sqlite3.Error:
                await asyncio.to_thread(self._store.take_back, placed, stood)
                raise NotRecorded from None
            await asyncio.to_thread(self._drafts.drop, draft.id)
        return upload

    async def take_back(self, operator: int) -> TakenBack | None:
        """Undo what an operator accepted last, None when there is nothing. Raises SiyuError or OSError."""
        async with self._writing:
            upload = self._uploads.latest_of(operator)
            if upload is None:
                return None
            before = self._uploads.find(upload.earlier) if upload.earlier is not None else None
            stood = Version(before.file, upload.earlier_digest) if before and upload.earlier_digest else None
            await asyncio.to_thread(self._store.take_back, Version(upload.file, upload.digest), stood)
            try:
                self._uploads.take_back(upload)
            except sqlite3.Error:
                raise NotRecorded from None
        return TakenBack(upload, restored=stood is not None)

    async def _propose(self, operator: int, data: bytes, suffix: str, origin: _Origin) -> UploadDraft:
        file = await asyncio.to_thread(self._drafts.stage, data, suffix)
        try:
            inspection = await self._inspector.inspect(file)
            serving = await self._serving()
            title = (inspection.title if inspection.titled else origin.fallback)[:_LONGEST_TITLE].strip() or "article"
            url = _address(inspection.url, origin.url)
            earlier = self._uploads.same_article(title, url)
            preview = await asyncio.to_thread(self._preview, title, url, inspection, origin, earlier, serving)
            note = self._note(preview, inspection, origin)
            return await asyncio.to_thread(self._drafts.keep, file, operator, note, preview)
        except BaseException:
            await asyncio.to_thread(self._drafts.drop, file.stem)
            raise

    async def _serving(self) -> Generation | None:
        """What the draft is compared with; an article can be taken before there is an index."""
        try:
            return await self._answer_queue.serving()
        except (SiyuError, Overloaded):
            return None

    def _note(self, preview: Preview, inspection: Inspection, origin: _Origin) -> str:
        """Front matter for what the file itself does not say, to stand beside it: its bytes stay as they came."""
        note = {} if inspection.titled and preview.title == inspection.title else {"title": preview.title}
        if origin.url is not None:
            note |= {"url": preview.url or origin.url, "fetched": self._today().isoformat()}
        return yaml.safe_dump(note, allow_unicode=True, sort_keys=False) if note else ""

    def _preview(
        self,
        title: str,
        url: str | None,
        inspection: Inspection,
        origin: _Origin,
        earlier: Upload | None,
        serving: Generation | None,
    ) -> Preview:
        """Compares with every passage that serves, which takes a while."""
        articles = dict(serving.articles) if serving else {}
        others = {
            path: a for path, a in articles.items() if earlier is None or PurePosixPath(path).name != earlier.file
        }
        texts = ((p.article, [p.text]) for p in (serving.passages if serving else ()) if p.article in others)
        day = inspection.updated or inspection.date
        return Preview(
            title=title,
            origin=origin.shown[:_LONGEST_ORIGIN],
            day=day.isoformat() if day else None,
            author=inspection.author,
            url=url,
            passages=len(inspection.passages),
            characters=inspection.characters,
            boilerplate=inspection.boilerplate,
            other_encoding=inspection.other_encoding,
            expired=inspection.expires is not None and inspection.expires < self._today(),
            lacking=inspection.lacking,
            known=next((a.title for a in articles.values() if a.text_digest == inspection.text_digest), None),
            replaces=earlier.title if earlier else None,
            namesake=any(article.title == title for article in others.values()),
            near=neighbours(inspection.passages, texts, {path: article.title for path, article in others.items()}),
            warnings=inspection.warnings,
        )


def _address(own: str | None, fetched: str | None) -> str | None:
    """Where citations lead: a page's own idea of its address counts only for the site that it was fetched from."""
    if own is None or fetched is None:
        return own or fetched
    return own if urlsplit(own).hostname == urlsplit(fetched).hostname else fetched
