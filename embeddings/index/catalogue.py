"""The articles and passages of a generation as text, read one by one when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.model import Passage
from embeddings.index.records import ArticleRecord
from embeddings.index.segment import Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]


class Catalogue(Mapping[str, ArticleRecord]):
    """The articles by path.

    `segments` are the base and, where there is one, the delta; `gone`, (articles of the base,), tells which of the
    base's articles are not there any more or stand in the delta. Articles and passages are numbered through both.
    """

    def __init__(self, segments: Sequence[Segment], gone: NDArray[np.bool_]) -> None:
        self._segments = tuple(segments)
        self._article_starts = np.cumsum([0, *(segment.articles for segment in segments)])
        self._starts = np.cumsum([0, *(segment.count for segment in segments)])
        later = np.zeros(int(self._article_starts[-1]) - len(gone), dtype=np.bool_)
        self._alive = ~np.concatenate((gone, later))
        self._count = int(self._alive.sum())
        sizes = np.concatenate([np.diff(segment.article_starts) for segment in segments])
        self.alive: NDArray[np.bool_] = np.repeat(self._alive, sizes)

    def __getitem__(self, path: str) -> ArticleRecord:
        if (number := self._number(path)) is None:
            raise KeyError(path)
        return self._article(number)

    def __iter__(self) -> Iterator[str]:
        return (self._article(int(number)).path for number in np.flatnonzero(self._alive))

    def __len__(self) -> int:
        return self._count

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._number(path) is not None

    def numbers(self, rows: Rows) -> Rows:
        """The numbers of the articles of some passages."""
        numbers = np.empty(len(rows), dtype=np.int64)
        for index, segment in enumerate(self._segments):
            here = (rows >= self._starts[index]) & (rows < self._starts[index + 1])
            own = segment.article_numbers(rows[here] - self._starts[index])
            numbers[here] = own + self._article_starts[index]
        return numbers

    def rows_of(self, number: int) -> Rows:
        """The rows of an article's passages."""
        segment, own, index = self._located(number, self._article_starts)
        first, last = segment.article_starts[own : own + 2]
        return np.asarray(np.arange(first, last) + self._starts[index])

    def passage(self, row: int) -> Passage:
        """The passage of a row."""
        segment, own, _ = self._located(row, self._starts)
        return segment.passage(own)

    def row_of(self, passage_id: str) -> int | None:
        """The row of the passage with an id; None where there is none."""
        for start, segment in zip(self._starts, self._segments, strict=False):
            row = segment.row_of(passage_id)
            if row is not None and self.alive[start + row]:
                return int(start + row)
        return None

    def passages_of(self, path: str) -> tuple[Passage, ...]:
        """The passages of an article in order; none where there is no such article."""
        number = self._number(path)
        return () if number is None else tuple(self.passage(int(row)) for row in self.rows_of(number))

    def path_with(self, text_digest: str) -> str | None:
        """The path of an article with this text; None where there is none."""
        for start, segment in zip(self._article_starts, self._segments, strict=False):
            for number in segment.numbers_with(text_digest):
                if self._alive[start + number]:
                    return segment.article(number).path
        return None

    def in_base(self) -> NDArray[np.bool_]:
        """Of every article of the base whether it is still there: (articles of the base,)."""
        return self._alive[: int(self._article_starts[1])]

    def gone(self) -> frozenset[str]:
        """The paths of the base's articles that are not there any more or stand in the delta."""
        return frozenset(self._segments[0].article(int(number)).path for number in np.flatnonzero(~self.in_base()))

    def added(self) -> tuple[ArticleRecord, ...]:
        """The articles of the delta."""
        return tuple(segment.article(number) for segment in self._segments[1:] for number in range(segment.articles))

    def text_digests(self, *, but: NDArray[np.bool_] | None = None) -> dict[str, str]:
        """The digests of the articles' texts by path, without those of the base that are flagged in `but`."""
        wanted = self._alive.copy()
        if but is not None:
            wanted[: len(but)] &= ~but
        articles = (self._article(int(number)) for number in np.flatnonzero(wanted))
        return {article.path: article.text_digest for article in articles}

    def passage_keys(self) -> NDArray[np.uint64]:
        """What stands for the passages' ids, in order of rows."""
        return np.concatenate([segment.passage_keys() for segment in self._segments])[self.alive]

    def _number(self, path: str) -> int | None:
        for start, segment in zip(self._article_starts, self._segments, strict=False):
            number = segment.number_of(path)
            if number is not None and self._alive[start + number]:
                return int(start + number)
        return None

    def _article(self, number: int) -> ArticleRecord:
        segment, own, _ = self._located(number, self._article_starts)
        return segment.article(own)

    def _located(self, number: int, starts: NDArray[np.int64]) -> tuple[Segment, int, int]:
        index = int(np.searchsorted(starts, number, side="right")) - 1
        return self._segments[index], int(number - starts[index]), index


class Passages:
    """All passages of a generation; iterating reads them one after the other."""

    def __init__(self, catalogue: Catalogue, count: int) -> None:
        self._catalogue = catalogue
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Passage]:
        return (self._catalogue.passage(int(row)) for row in np.flatnonzero(self._catalogue.alive))
