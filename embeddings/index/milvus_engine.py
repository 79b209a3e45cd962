"""Milvus as a `VectorEngine`: which generations are there and whole, and what becomes of those that are not.

A generation's collections are written once, and trusted after their rows have been counted: before the first question,
and again after every trouble. What is missing is said to whoever asks, and written again from the generation's files.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock, Timeout

from embeddings.index.milvus_collections import Collections, names
from embeddings.index.milvus_index import MilvusIndex
from embeddings.index.milvus_ledger import MilvusLedger
from embeddings.index.milvus_server import Client, MilvusServer, MilvusSettings, MilvusUnavailable, NoCollection
from embeddings.index.milvus_writer import WRITE_SECONDS, MilvusWriter, drop

if TYPE_CHECKING:
    from embeddings.index.generation import Generation, Manifest
    from embeddings.index.vector_engine import Filled

T = TypeVar("T")

logger = logging.getLogger(__name__)


class NotWhole(MilvusUnavailable):
    """A generation's collections are not there, or lack rows."""


class MilvusEngine:
    """A `VectorEngine` and a `RemoteEngine`. `data_dir` is where it notes what it has written, and nobody else's.

    Only what is noted there is ever dropped, so that several bots may share a server and a prefix.
    """

    def __init__(
        self,
        settings: MilvusSettings,
        data_dir: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._ledger = MilvusLedger(data_dir, settings.uri)
        self._server = MilvusServer(settings, clock=clock)
        self._writer = MilvusWriter(self._server, sleep)
        self._guard = threading.Lock()  # of what follows
        self._whole: frozenset[str] = frozenset()  # generations whose rows were counted since the last trouble
        self._lacking: str | None = None
        self._opened: Generation | None = None
        self._filler: threading.Thread | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self._server.name

    @property
    def trouble(self) -> str | None:
        """What is wrong with the server or with the generation that is searched; None where nothing is known to be."""
        return self._server.trouble or self._lacking

    def attend(self) -> None:
        """Where something is wrong, see whether it is over, and begin to write what is missing. Never raises."""
        generation = self._opened
        if self.trouble is None or generation is None or self._server.resting or self._filling:
            return
        try:
            self._server.call(partial(self._count, self._collections(generation.manifest)))
        except NotWhole as error:
            self._is_lacking(generation, str(error))
            self._fill_aside(generation)
        except MilvusUnavailable as error:
            logger.debug("still in trouble: %s", error)
        else:
            self._is_whole(generation)

    def open(self, generation: Generation) -> MilvusIndex:
        """See `VectorEngine`."""
        with self._guard:
            self._opened, self._lacking = generation, None
        collections = self._collections(generation.manifest)

        def ask(work: Callable[[Client], T]) -> T:
            return self._asked(generation, collections, work)

        return MilvusIndex(ask, collections, generation.files)

    def fill(self, generation: Generation, progress: Filled | None = None) -> None:
        """See `VectorEngine`. What fails is tried again for about a minute."""
        collections = self._collections(generation.manifest)
        self._data_dir.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if not self._writer.are_whole(collections):
                self._ledger.note(stored.name for stored in collections.both)
                self._writer.write(generation, collections, progress or (lambda done, total: None))
        self._is_whole(generation)

    def keep(self, generation_ids: Collection[str]) -> None:
        """See `VectorEngine`."""
        kept = {name for generation_id in generation_ids for name in names(generation_id, self._settings.prefix)}
        try:
            with self._lock(timeout=0):
                for name in (name for name in self._ledger.noted() if name not in kept):
                    self._server.write(partial(drop, name=name), WRITE_SECONDS)
                    self._ledger.forget(name)
        except (MilvusUnavailable, Timeout, OSError) as error:
            logger.warning("collections that are not needed any more stay for now: %s", error)

    def examine(self, manifest: Manifest) -> str:
        """See `VectorEngine`."""
        collections = self._collections(manifest)
        self._server.call(partial(self._count, collections))
        began = time.monotonic()
        version = self._server.call(lambda client: client.get_server_version())
        took = 1000 * (time.monotonic() - began)
        rows = "、".join(f"{stored.name} {stored.count} 条" for stored in collections.both)
        return f"{self.name}（{version}）{rows}，来回 {took:.0f} 毫秒"

    @property
    def _filling(self) -> bool:
        return self._filler is not None and self._filler.is_alive()

    def _collections(self, manifest: Manifest) -> Collections:
        return Collections.of(manifest, self._settings.prefix, self._settings.exact_up_to)

    def _asked(self, generation: Generation, collections: Collections, work: Callable[[Client], T]) -> T:
        """A step of a question. Raises MilvusUnavailable."""

        def step(client: Client) -> T:
            if collections.generation not in self._whole:
                self._count(collections, client)
                self._is_whole(generation)
            try:
                return collections.loaded(client, work)
            except NoCollection:
                raise self._lacks(collections) from None

        try:
            return self._server.call(step)
        except NotWhole as error:
            self._is_lacking(generation, str(error))
            raise
        except MilvusUnavailable:
            with self._guard:
                self._whole = frozenset()  # whatever a server has been through may have cost it rows
            raise

    def _count(self, collections: Collections, client: Client) -> None:
        """Raises NotWhole where rows are missing."""
        if not collections.are_whole(client):
            raise self._lacks(collections)

    def _lacks(self, collections: Collections) -> NotWhole:
        return NotWhole(
            f"{self.name} 里没有索引 {collections.generation}，或者不完整：机器人会从 data_dir 自动重新写入，"
            "写完才能回答；只用命令行时请运行 siyu reindex。"
        )

    def _is_whole(self, generation: Generation) -> None:
        with self._guard:
            self._whole |= {generation.manifest.id}
            if self._is_opened(generation):
                self._lacking = None

    def _is_lacking(self, generation: Generation, trouble: str) -> None:
        with self._guard:
            self._whole -= {generation.manifest.id}
            if self._is_opened(generation):
                if self._lacking is None:
                    logger.warning("%s", trouble)
                self._lacking = trouble

    def _is_opened(self, generation: Generation) -> bool:
        return self._opened is not None and self._opened.manifest.id == generation.manifest.id

    def _fill_aside(self, generation: Generation) -> None:
        def fill() -> None:
            try:
                self.fill(generation)
                logger.warning("%s 里的索引 %s 已经补全", self.name, generation.manifest.id)
            except MilvusUnavailable as error:
                logger.warning("%s 里的索引 %s 还没有补全：%s", self.name, generation.manifest.id, error)
            except Exception:
                # The edge of a thread of our own; the next look begins another.
                logger.exception("%s could not be written to %s", generation.manifest.id, self.name)

        self._filler = threading.Thread(target=fill, name="filling", daemon=True)
        self._filler.start()

    def _lock(self, timeout: float = -1) -> FileLock:
        return FileLock(self._data_dir / ".milvus.lock", timeout=timeout)
