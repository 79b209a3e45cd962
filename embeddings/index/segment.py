"""One part of a generation on disk: articles, their passages and windows, with vectors and terms. Never changed.

Rows count passages of a segment from 0, articles one after the other; windows likewise, passages one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from corpus.model import Passage
from embeddings.index.arrays import ArrayWriter, read_array, write_array
from embeddings.index.dense import DenseIndex, VectorWriter
from embeddings.index.documents import Documents, DocumentWriter
from embeddings.index.list_building import write_lists
from embeddings.index.postings import Postings, PostingsBuilder, write_joined
from embeddings.index.records import ArticleRecord, article_document, article_of, passage_document, passage_of
from embeddings.index.whitening import Whitening

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

_ARTICLES, _PASSAGES = "articles", "passages"
_ARTICLE_STARTS = "article-starts.npy"
_IDS, _PATHS, _TEXTS = "ids", "paths", "texts"
_POSTINGS = "lexical"
_PASSAGE_VECTORS, _WINDOW_VECTORS = "passage-vectors", "window-vectors"
_COMPANION_PASSAGES, _COMPANION_WINDOWS = "companion-passages", "companion-windows"
_LENGTHS, _STARTS, _SENTENCES = "window-lengths.npy", "window-starts.npy", "window-sentences.npy"


@dataclass(frozen=True, slots=True)
class VectorBlock:
    """Vectors of consecutive passages and of all their windows.

    `passages`, (passages, dimension): unit vectors. `sizes`, (passages,): how many windows each has. `white`, (windows,
    dimension), and `lengths`, (windows,): see `Whitening.whitened`. `sentences`, (windows, 2): the first and the last
    sentence of each. The companion's unit vectors, (passages or windows, its dimension), are None where there is none.
    """

    passages: NDArray[Any]
    sizes: Rows
    white: NDArray[Any]
    lengths: Vectors
    sentences: NDArray[np.int32]
    companion_passages: NDArray[Any] | None = None
    companion_windows: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class SegmentBlock:
    """Whole articles, one after the other, with their passages in order, the vectors and the terms of those."""

    articles: Sequence[ArticleRecord]
    passages: Sequence[Passage]
    vectors: VectorBlock
    terms: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Questions:
    """Unit vectors of questions by the main encoder, (questions, dimension), and by the second where there is one."""

    dense: Vectors
    companion: Vectors | None

    def save(self, file: Path) -> None:
        """Write plain arrays. Raises OSError."""
        with file.open("wb") as stream:
            if self.companion is None:
                np.savez(stream, dense=self.dense)
            else:
                np.savez(stream, dense=self.dense, companion=self.companion)

    @classmethod
    def load(cls, file: Path) -> Questions:
        """Read what `save` wrote. Raises OSError, ValueError, KeyError."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(arrays["dense"], arrays.get("companion"))


class VectorsWriter:
    """Writes the vectors of a segment a block at a time, in half precision where `half`. Raises OSError."""

    def __init__(self, directory: Path, *, half: bool) -> None:
        self._directory = directory
        self._half = half
        self._stack = ExitStack()
        self._files: dict[str, VectorWriter] = {}
        directory.mkdir(parents=True, exist_ok=True)
        arrays = [(_LENGTHS, np.float32, ()), (_STARTS, np.int64, ()), (_SENTENCES, np.int32, (2,))]
        self._lengths, self._starts, self._sentences = (
            self._stack.enter_context(ArrayWriter(directory / name, dtype, row)) for name, dtype, row in arrays
        )
        self._windows = 0

    def append(self, block: VectorBlock) -> None:
        """Write more."""
        self._starts.append(self._windows + np.cumsum(block.sizes) - block.sizes)
        self._windows += int(block.sizes.sum())
        self._lengths.append(block.lengths)
        self._sentences.append(block.sentences)
        fields = (block.passages, block.white, block.companion_passages, block.companion_windows)
        names = (_PASSAGE_VECTORS, _WINDOW_VECTORS, _COMPANION_PASSAGES, _COMPANION_WINDOWS)
        for name, vectors in zip(names, fields, strict=True):
            if vectors is None:
                continue
            if name not in self._files:
                writer = VectorWriter(self._directory / name, vectors.shape[1], half=self._half)
                self._files[name] = self._stack.enter_context(writer)
            self._files[name].append(vectors)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            self._starts.append(np.array([self._windows], dtype=np.int64))


class SegmentVectors:
    """The vectors of a segment, or of a sample of one.

    `passages` and `windows` (whitened) are those of the main encoder, `companion_passages` and `companion_windows` of
    the second, None where there is none. `lengths`, (windows,): see `Whitening.whitened`. `starts`, (passages + 1,):
    the first window of every passage. `sentences`, (windows, 2): first and last sentence of every window.
    """

    def __init__(self, directory: Path) -> None:
        """Raises OSError, ValueError, RuntimeError."""
        self.passages = DenseIndex.load(directory / _PASSAGE_VECTORS)
        self.windows = DenseIndex.load(directory / _WINDOW_VECTORS)
        self.lengths: Vectors = read_array(directory / _LENGTHS)
        self.starts: Rows = read_array(directory / _STARTS)
        self.sentences: NDArray[np.int32] = read_array(directory / _SENTENCES)
        self.companion_passages, self.companion_windows = (
            DenseIndex.load(directory / name) if any(directory.glob(f"{name}.*")) else None
            for name in (_COMPANION_PASSAGES, _COMPANION_WINDOWS)
        )
        by_passage = [self.passages.count, len(self.starts) - 1]
        by_window = [self.windows.count, len(self.lengths), len(self.sentences), int(self.starts[-1])]
        if self.companion_passages is not None and self.companion_windows is not None:
            by_passage.append(self.companion_passages.count)
            by_window.append(self.companion_windows.count)
        if len({*by_passage}) > 1 or len({*by_window}) > 1:
            raise ValueError("the parts of a segment do not fit together")

    @property
    def count(self) -> int:
        """How many passages there are."""
        return len(self.starts) - 1

    def by_name(self, name: str) -> DenseIndex | None:
        """The vectors of the file with this name, without suffix; None where there are none."""
        return {
            _PASSAGE_VECTORS: self.passages,
            _WINDOW_VECTORS: self.windows,
            _COMPANION_PASSAGES: self.companion_passages,
            _COMPANION_WINDOWS: self.companion_windows,
        }[name]

    def windows_of(self, rows: Rows) -> tuple[Rows, Rows]:
        """The windows of some passages, in their order, and the place among `rows` of each one's passage."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(sizes)
        places = np.repeat(np.arange(len(rows)), sizes)
        windows = np.arange(int(sizes.sum())) + np.repeat(self.starts[rows] - (ends - sizes), sizes)
        return windows, places

    def block(self, rows: Rows) -> VectorBlock:
        """Some passages as they are stored, in the order of `rows`."""
        windows, _ = self.windows_of(rows)
        second, smaller = self.companion_passages, self.companion_windows
        return VectorBlock(
            passages=self.passages.as_stored(rows),
            sizes=self.starts[rows + 1] - self.starts[rows],
            white=self.windows.as_stored(windows),
            lengths=self.lengths[windows],
            sentences=self.sentences[windows],
            companion_passages=None if second is None else second.as_stored(rows),
            companion_windows=None if smaller is None else smaller.as_stored(windows),
        )


def write_segment_lists(
    directory: Path, questions: Questions, whitening: Whitening, before: SegmentVectors | None = None
) -> None:
    """Where a segment has very many vectors, put them into lists; `questions` tell how well those are searched.

    Centroids are taken from the lists of `before`, which has most of the vectors already.
    """
    vectors = SegmentVectors(directory)
    white, _ = whitening.whitened(questions.dense)
    second = questions.companion
    for name, searched_by in (
        (_PASSAGE_VECTORS, questions.dense),
        (_WINDOW_VECTORS, white),
        (_COMPANION_PASSAGES, second),
        (_COMPANION_WINDOWS, second),
    ):
        found, old = vectors.by_name(name), None if before is None else before.by_name(name)
        if found is not None and searched_by is not None:
            write_lists(directory / name, found, searched_by, None if old is None else old.lists)


class SegmentWriter:
    """Writes a segment into a new directory: blocks one after the other, then `finish`. Raises OSError."""

    def __init__(self, directory: Path, *, half: bool) -> None:
        directory.mkdir(parents=True)
        self._directory = directory
        self._stack = ExitStack()
        self._vectors = self._stack.enter_context(VectorsWriter(directory, half=half))
        self._articles = self._stack.enter_context(DocumentWriter(directory, _ARTICLES))
        self._passages = self._stack.enter_context(DocumentWriter(directory, _PASSAGES))
        self._postings = PostingsBuilder()
        self._starts = [0]
        self._ids: list[int] = []
        self._paths: list[int] = []
        self._texts: list[int] = []

    def append(self, block: SegmentBlock) -> None:
        """Write more."""
        self._vectors.append(block.vectors)
        self._articles.append(map(article_document, block.articles))
        self._passages.append(map(passage_document, block.passages))
        self._ids += [_key(passage.id) for passage in block.passages]
        self._paths += [_key(article.path) for article in block.articles]
        self._texts += [_key(article.text_digest) for article in block.articles]
        sizes = dict.fromkeys((article.path for article in block.articles), 0)
        for passage in block.passages:
            sizes[passage.article] += 1
        for size in sizes.values():
            self._starts.append(self._starts[-1] + size)
        for terms in block.terms:
            self._postings.add(terms)

    def finish(self, joined: Sequence[tuple[Postings, NDArray[np.bool_]]] = ()) -> None:
        """Write the rest; the postings are those of the blocks' terms, or others `joined` as `write_joined` does."""
        write_array(self._directory / _ARTICLE_STARTS, np.array(self._starts, dtype=np.int64))
        for name, keys in ((_IDS, self._ids), (_PATHS, self._paths), (_TEXTS, self._texts)):
            order = np.argsort(np.array(keys, dtype=np.uint64), kind="stable")
            write_array(self._directory / f"{name}.npy", np.array(keys, dtype=np.uint64)[order])
            write_array(self._directory / f"{name}-rows.npy", order.astype(np.int64))
        if joined:
            write_joined(self._directory / _POSTINGS, joined)
        else:
            self._postings.build().save(self._directory / _POSTINGS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


class Segment:
    """A segment ready to be searched.

    `article_starts`, (articles + 1,): the first passage of every article. `postings` has the terms.
    """

    def __init__(self, directory: Path) -> None:
        """Raises OSError, ValueError, KeyError, RuntimeError."""
        self.vectors = SegmentVectors(directory)
        self.postings = Postings.load(directory / _POSTINGS)
        self.article_starts: Rows = read_array(directory / _ARTICLE_STARTS)
        self._articles = Documents(directory, _ARTICLES)
        self._passages = Documents(directory, _PASSAGES)
        self._ids = _Keys(directory, _IDS)
        self._paths = _Keys(directory, _PATHS)
        self._texts = _Keys(directory, _TEXTS)
        articles = {len(self._articles), len(self.article_starts) - 1, len(self._paths), len(self._texts)}
        passages = [len(self._passages), self.vectors.count, len(self.postings.lengths), len(self._ids)]
        if len(articles) > 1 or {*passages} != {int(self.article_starts[-1])}:
            raise ValueError("the parts of a segment do not fit together")

    @property
    def count(self) -> int:
        """How many passages there are."""
        return self.vectors.count

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return len(self._articles)

    def article(self, number: int) -> ArticleRecord:
        """The article of a number from 0."""
        return article_of(self._articles[number])

    def passage(self, row: int) -> Passage:
        """The passage of a row."""
        return passage_of(self._passages[row])

    def article_numbers(self, rows: Rows) -> Rows:
        """The numbers of the articles of some passages."""
        return np.searchsorted(self.article_starts, rows, side="right") - 1

    def number_of(self, path: str) -> int | None:
        """The number of the article of a path; None where there is none."""
        return next((number for number in self._paths.find(path) if self._articles[number]["path"] == path), None)

    def row_of(self, passage_id: str) -> int | None:
        """The row of the passage with an id; None where there is none."""
        return next((row for row in self._ids.find(passage_id) if self._passages[row]["id"] == passage_id), None)

    def numbers_with(self, text_digest: str) -> tuple[int, ...]:
        """The numbers of the articles with this text: one, if any, nearly always."""
        found = self._texts.find(text_digest)
        return tuple(number for number in found if self._articles[number]["text_digest"] == text_digest)

    def passage_keys(self) -> NDArray[np.uint64]:
        """What stands for the ids of the passages, in order: 64 bits of a hash."""
        return self._ids.in_order()


class _Keys:
    """Numbers by 64 bits of a hash, as sorted arrays."""

    def __init__(self, directory: Path, name: str) -> None:
        self.keys: NDArray[np.uint64] = read_array(directory / f"{name}.npy")
        self._numbers: NDArray[np.int64] = read_array(directory / f"{name}-rows.npy")
        if len(self.keys) != len(self._numbers):
            raise ValueError(f"{name} do not fit together")

    def __len__(self) -> int:
        return len(self.keys)

    def in_order(self) -> NDArray[np.uint64]:
        """The keys in order of the numbers."""
        keys = np.empty_like(self.keys)
        keys[self._numbers] = self.keys
        return keys

    def find(self, name: str) -> Iterator[int]:
        """The numbers whose name has the same hash: one, if any, nearly always."""
        wanted = np.uint64(_key(name))
        for at in range(*(int(np.searchsorted(self.keys, wanted, side=side)) for side in ("left", "right"))):
            yield int(self._numbers[at])


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
