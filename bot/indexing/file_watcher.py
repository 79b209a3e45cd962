"""Articles indexed when their files change, without anybody asking: `corpus.watch`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from bot.answering.service import Service
from bot.indexing.reindex_job import AlreadyRunning, ReindexJob, Stopped
from corpus.errors import CorpusError, SiyuError
from corpus.model import FileWarning, Skipped
from corpus.parsing.files import find_files
from embeddings.errors import IndexBusy
from embeddings.index.indexer import Summary

logger = logging.getLogger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = 4, 64  # looks between two attempts after failures


class Seen(NamedTuple):
    """One file as the disk tells it; the last tells also of changed rights."""

    path: str
    size: int
    modified_ns: int
    changed_ns: int


Snapshot = tuple[Seen, ...] | str
"""All article files, or in words why they cannot be listed."""


def snapshot(roots: Sequence[Path]) -> Snapshot:
    """How the files look now, without reading any of them."""
    seen = []
    try:
        for found in find_files(roots):
            with suppress(FileNotFoundError):  # gone since it was listed
                status = found.file.stat()
                seen.append(Seen(found.path, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    except (CorpusError, OSError) as error:
        return str(error)
    return tuple(seen)


class ChangeDetector:
    """Tells when files have changed and then stayed as they are for one look: half-copied files are let be.

    What failed is due again after some looks, after more of them each time.
    """

    def __init__(self, settled: Snapshot | None) -> None:
        self._settled = self._last = settled
        self._pause = self._looks = 0

    def due(self, now: Snapshot) -> bool:
        """Whether what is there now looked the same last time, and differs from what is settled or failed then."""
        quiet = now == self._last
        self._last = now
        self._looks += 1
        again = self._pause > 0 and self._looks >= self._pause
        return quiet and (now != self._settled or again)

    def settle(self, what: Snapshot) -> None:
        """This is taken care of."""
        self._settled = what
        self._pause = 0

    def fail(self, what: Snapshot) -> None:
        """This is to be tried again later, or as soon as it has changed."""
        self._settled = what
        self._pause = min(2 * self._pause or _SHORTEST_PAUSE, _LONGEST_PAUSE)
        self._looks = 0


class AttemptOutcome(Enum):
    """How an attempt ended: `BUSY` while somebody else's reindex runs, `FAILED` when it is worth another try."""

    DONE = auto()
    BUSY = auto()
    FAILED = auto()


class FileWatcher:
    """Looks every `every` seconds; reindexes through the one `ReindexJob`, so never beside an operator's run.

    `failed` is told a failure, once for each different one; `skipped` files that gave no article, and `warned` what
    could not be read of others, where that was not so before. All tell the operators. What went well is only logged.
    """

    def __init__(
        self,
        service: Service,
        reindex_job: ReindexJob,
        *,
        every: float,
        failed: Callable[[Exception], Awaitable[None]],
        skipped: Callable[[Sequence[Skipped]], Awaitable[None]],
        warned: Callable[[Sequence[FileWarning]], Awaitable[None]],
    ) -> None:
        self._service = service
        self._reindex_job = reindex_job
        self._every = every
        self._failed = failed
        self._skipped = skipped
        self._warned = warned
        self._closed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._own_run = False
        self._told = ""

    def start(self) -> None:
        """Begin to look, in a task of its own."""
        self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stop looking, and a reindex of its own."""
        self._closed.set()
        if self._own_run:
            self._reindex_job.stop()
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def _watch(self) -> None:
        changes = ChangeDetector(None if await asyncio.to_thread(self._outdated) else await self._look())
        while not await self._closed_within(self._every):
            try:
                await self._step(changes)
            except Exception:
                # The edge of a task of our own: a watch that ended would be noticed by nobody.
                logger.exception("watch: a look failed")

    async def _step(self, changes: ChangeDetector) -> None:
        now = await self._look()
        if not changes.due(now):
            return
        outcome = await self._attempt()
        if outcome is AttemptOutcome.DONE:
            changes.settle(now)
        elif outcome is AttemptOutcome.FAILED:
            changes.fail(now)

    async def _look(self) -> Snapshot:
        return await asyncio.to_thread(snapshot, self._service.settings.corpus.articles)

    async def _closed_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)
        return self._closed.is_set()

    def _outdated(self) -> bool:
        """Whether the files changed while nobody watched."""
        try:
            return self._service.indexer.unseen_files()
        except (SiyuError, OSError):
            return True

    async def _attempt(self) -> AttemptOutcome:
        """One reindex; whatever goes wrong is told and logged, and the watch goes on."""
        before = await asyncio.to_thread(self._troubles_now)
        try:
            _, work = self._reindex_job.start(None)
        except AlreadyRunning:
            return AttemptOutcome.BUSY
        logger.info("watch: the articles have changed")
        self._own_run = True
        await asyncio.wait((work,))
        self._own_run = False
        try:
            summary = work.result()
        except Stopped:
            logger.info("watch: stopped; the next change of a file starts it again")
            return AttemptOutcome.DONE
        except IndexBusy:
            logger.info("watch: another process reindexes")
            return AttemptOutcome.BUSY
        except (SiyuError, OSError) as error:
            logger.warning("watch: reindex failed: %s", error)
            await self._tell(error)
            return AttemptOutcome.FAILED
        except Exception as error:
            # The edge of a task of our own: nobody else would hear of it.
            logger.exception("watch: reindex failed")
            await self._tell(error)
            return AttemptOutcome.FAILED
        self._told = ""
        _log(summary)
        if fresh := [skipped for skipped in summary.skipped if skipped not in before]:
            await self._skipped(fresh)
        if read_in_part := [warning for warning in summary.warnings if warning not in before]:
            await self._warned(read_in_part)
        return AttemptOutcome.DONE

    def _troubles_now(self) -> tuple[Skipped | FileWarning, ...]:
        try:
            manifest = self._service.indexer.store.manifest()
        except SiyuError:
            return ()
        return (*manifest.skipped, *manifest.warnings)

    async def _tell(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if reason != self._told:
            self._told = reason
            await self._failed(error)


def _log(summary: Summary) -> None:
    articles = summary.articles
    logger.info(
        "watch: %s, articles +%d ~%d -%d =%d, %d encoded, %d skipped, %.1f s",
        f"generation {summary.generation}" if summary.switched else "nothing to do",
        articles.added,
        articles.changed,
        articles.removed,
        articles.unchanged,
        summary.encoded,
        len(summary.skipped),
        summary.seconds,
    )
