"""Writes a generation's collections to a Milvus server out of its files, and compares what came of it with those."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from embeddings.index.milvus_collections import (
    BLOCK,
    Collections,
    passage_documents,
    passage_fields,
    window_documents,
    window_fields,
)
from embeddings.index.milvus_index import MilvusIndex
from embeddings.index.milvus_server import Client, CollectionReleased, MilvusServer, MilvusUnavailable, NoCollection
from embeddings.index.vector_index import IndexQuery, IndexRows, Leg

if TYPE_CHECKING:
    from embeddings.index.generation import Generation
    from embeddings.index.vector_engine import Filled

T = TypeVar("T")

WRITE_SECONDS = 120.0
"""What one write may take."""

_LOAD_SECONDS = 1800.0  # until a server has all rows of a collection in its memory
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE = 7, 1.0, 30.0  # of a write: about a minute in all
_PASSAGES_READ, _WINDOWS_READ = 32_768, 4_096  # at once; terms are looked up anew for each block of passages
_PROBED = 64  # passages that are compared with the files after a fill
_CLOSE = 1e-3  # by which scores may differ from those of the files

logger = logging.getLogger(__name__)


class MilvusWriter:
    """Nobody waits for what it does: whatever fails is tried again for about a minute, with `sleep` in between."""

    def __init__(self, server: MilvusServer, sleep: Callable[[float], None]) -> None:
        self._server = server
        self._sleep = sleep

    def are_whole(self, collections: Collections) -> bool:
        """Whether all rows are there. Raises MilvusUnavailable."""
        return self._patiently(collections.are_whole)

    def write(self, generation: Generation, collections: Collections, progress: Filled) -> None:
        """Write all rows, each under its number, and verify them. Raises MilvusUnavailable and what `progress` does."""
        total = collections.passages.count + collections.windows.count
        blocks, done = _Blocks(generation.files), 0
        for stored, fields, documents in (
            (collections.passages, passage_fields(blocks.passages), blocks.passage_documents()),
            (collections.windows, window_fields(blocks.windows), blocks.window_documents()),
        ):
            self._patiently(partial(stored.create, fields=fields))
            while batch := list(islice(documents, BLOCK)):
                self._patiently(partial(_upsert, name=stored.name, batch=batch))
                done += len(batch)
                progress(done, total + 1)
            self._patiently(partial(_settle, name=stored.name), seconds=_LOAD_SECONDS)
        self._verify(generation, collections, blocks)

    def _verify(self, generation: Generation, collections: Collections, blocks: _Blocks) -> None:
        """Compare the scores of a few passages with those of the files. Raises MilvusUnavailable.

        What is not as it was written is dropped, so that the next fill begins anew.
        """
        whole = self.are_whole(collections)
        index = MilvusIndex(self._patiently, collections, generation.files)
        query, rows = blocks.query(), blocks.passages.rows[:_PROBED]
        expected, found, best = generation.files.values(query, rows), index.values(query, rows), index.search(query, 1)
        same = all(np.allclose(found.legs[leg], scores, atol=_CLOSE) for leg, scores in expected.legs.items())
        # The query is made of stored vectors, which are of unit length and find themselves.
        if whole and same and all(max(best[leg].scores, default=0) > 1 - _CLOSE for leg in (Leg.PASSAGE, Leg.WINDOW)):
            return
        for stored in collections.both:
            self._patiently(partial(drop, name=stored.name))
        raise MilvusUnavailable(
            f"{self._server.name} 给出的分数和写进去的对不上：请换一个版本的 Milvus，或报告这个问题。"
        )

    def _patiently(self, work: Callable[[Client], T], seconds: float = WRITE_SECONDS) -> T:
        """As `MilvusServer.call` where nobody waits: what fails is tried again. Raises MilvusUnavailable."""
        pause = _FIRST_PAUSE
        for _ in range(_TRIES - 1):
            try:
                return self._once(work, seconds)
            except MilvusUnavailable as error:
                logger.info("tried again in %g s: %s", pause, error)
            self._sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return self._once(work, seconds)

    def _once(self, work: Callable[[Client], T], seconds: float) -> T:
        try:
            return self._server.write(work, seconds)
        except (NoCollection, CollectionReleased):
            raise MilvusUnavailable(f"{self._server.name} 里的集合在写入时被别人删掉或释放了：请再试一次。") from None


class _Blocks:
    """All that is written of a generation, a block at a time; `passages` and `windows` are the first of each."""

    def __init__(self, rows: IndexRows) -> None:
        self._passages, self._windows = rows.passage_rows(_PASSAGES_READ), rows.window_rows(_WINDOWS_READ)
        self.passages, self.windows = next(self._passages), next(self._windows)

    def passage_documents(self) -> Iterator[dict[str, Any]]:
        """All passages as they are written; once."""
        for block in chain((self.passages,), self._passages):
            yield from passage_documents(block)

    def window_documents(self) -> Iterator[dict[str, Any]]:
        """All windows as they are written; once."""
        for block in chain((self.windows,), self._windows):
            yield from window_documents(block)

    def query(self) -> IndexQuery:
        """A question that has the first passage and the first window themselves."""
        sparse, companion = self.passages.sparse, self.passages.companion
        terms = sparse.terms[: int(sparse.starts[1])].astype(np.int64)
        white = self.windows.white
        weights = np.ones(len(terms), np.float32)
        second = None if companion is None else companion[0]
        return IndexQuery(self.passages.vectors[0], white[0], white[-1], 0.0, terms, weights, second)


def _upsert(client: Client, name: str, batch: list[dict[str, Any]]) -> None:
    client.upsert(name, batch)


def _settle(client: Client, name: str) -> None:
    """Have what was written on the disk, and in memory."""
    client.flush(name)
    client.load_collection(name)


def drop(client: Client, name: str) -> None:
    """Drop a collection, if it is there."""
    with suppress(NoCollection):
        client.drop_collection(name)
