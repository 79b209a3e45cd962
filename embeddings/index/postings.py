"""In which passages each term stands and how often: the keyword leg's part of one segment, as plain arrays.

A term is known by a hash, so that a vocabulary of millions is a sorted array that is mapped, and not a dictionary that
is built at every start. How rare a term is is not written down: it follows from how many passages it has, and changes
with a delta beside the base.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.index.arrays import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TERMS, _STARTS, _ROWS, _COUNTS, _LENGTHS, _WORDS = (
    *("terms.npy", "starts.npy", "rows.npy", "counts.npy", "lengths.npy"),
    "words.json",
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,6}")
_MOST = np.iinfo(np.uint16).max
_BLOCK = 1 << 20


def term_hash(term: str) -> int:
    """64 bits that stand for a term: of ten million terms two are the same once in 400 000 corpora."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Postings:
    """The terms of `len(lengths)` passages.

    `terms`, (terms,), the hashes, ascending. Passages of term i, ascending: `rows[starts[i]:starts[i + 1]]`, with how
    often each has it in `counts`. `lengths`, (passages,): how many terms a passage has. `words`: the words of two to
    six Han characters that more than one passage has, with the number of those; a mistyped word may have meant them.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]
    words: Mapping[str, int]

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> Postings:
        """From the terms of every passage in order; see `PostingsBuilder`."""
        builder = PostingsBuilder()
        for terms in passages:
            builder.add(terms)
        return builder.build()

    def save(self, directory: Path) -> None:
        """Write plain arrays and JSON into a new directory. Raises OSError."""
        directory.mkdir(parents=True)
        write_array(directory / _ROWS, self.rows)
        write_array(directory / _COUNTS, self.counts)
        self._save_small(directory)

    def _save_small(self, directory: Path) -> None:
        """Write all but what there is of every term and passage."""
        for name, array in ((_TERMS, self.terms), (_STARTS, self.starts), (_LENGTHS, self.lengths)):
            write_array(directory / name, array)
        (directory / _WORDS).write_text(json.dumps(dict(self.words), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Postings:
        """Read what `save` wrote. Raises OSError, ValueError."""
        terms, starts, rows, counts, lengths = (
            read_array(directory / name) for name in (_TERMS, _STARTS, _ROWS, _COUNTS, _LENGTHS)
        )
        words = json.loads((directory / _WORDS).read_text(encoding="utf-8"))
        return cls(terms, starts, rows, counts, lengths, words)

    def place(self, term: str) -> int:
        """The number of a term; -1 where no passage has it."""
        return self.place_of(np.uint64(term_hash(term)))

    def place_of(self, wanted: np.uint64) -> int:
        """The number of the term with this hash; -1 where no passage has it."""
        at = int(np.searchsorted(self.terms, wanted))
        return at if at < len(self.terms) and self.terms[at] == wanted else -1

    def frequency(self, place: int) -> int:
        """How many passages have the term of this number, 0 for -1."""
        return int(self.starts[place + 1] - self.starts[place]) if place >= 0 else 0

    def passages(self, place: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """The passages that have the term of this number, ascending, and how often."""
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.rows[part], self.counts[part]


def write_joined(directory: Path, parts: Sequence[tuple[Postings, NDArray[np.bool_]]]) -> None:
    """Write postings one after the other, each without the passages whose flag, (passages,), is not set.

    Rows and counts are written into mapped files, some terms at a time: at a million passages they are gigabytes, and
    one array of places to sort them by would be as large again. Raises OSError.
    """
    directory.mkdir(parents=True)
    terms = np.unique(np.concatenate([part.terms for part, _ in parts]))
    places = [np.searchsorted(terms, part.terms) for part, _ in parts]
    frequencies = [_kept_frequency(part, kept) for part, kept in parts]
    together = np.zeros(len(terms), dtype=np.int64)
    for place, frequency in zip(places, frequencies, strict=True):
        together[place] += frequency
    ends = np.cumsum(together)
    total = int(ends[-1]) if len(ends) else 0
    rows = np.lib.format.open_memmap(directory / _ROWS, mode="w+", dtype=np.int32, shape=(total,))
    counts = np.lib.format.open_memmap(directory / _COUNTS, mode="w+", dtype=np.uint16, shape=(total,))
    free = ends - together  # where the next passage of a term goes
    offset = 0
    for (part, kept), place, frequency in zip(parts, places, frequencies, strict=True):
        numbers = (np.cumsum(kept, dtype=np.int64) - 1 + offset).astype(np.int32)
        offset += int(kept.sum())
        for some, entries in _blocks(part):
            keeps = kept[part.rows[entries]]
            sizes = frequency[some]
            before = np.cumsum(sizes) - sizes
            to = np.arange(int(sizes.sum())) + np.repeat(free[place[some]] - before, sizes)
            rows[to] = numbers[part.rows[entries][keeps]]
            counts[to] = part.counts[entries][keeps]
        free[place] += frequency
    had = together > 0
    lengths = np.concatenate([part.lengths[kept] for part, kept in parts])
    made = Postings(terms[had], np.append(0, ends[had]), rows, counts, lengths, {})
    found = {word: made.frequency(made.place(word)) for part, _ in parts for word in part.words}
    named = {word: number for word, number in found.items() if number > 1}
    replace(made, words=named)._save_small(directory)
    rows.flush()
    counts.flush()


def _kept_frequency(part: Postings, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of the passages that are kept have each term: (terms,)."""
    found = [np.zeros(0, dtype=np.int64)]
    for some, entries in _blocks(part):
        # Every term has a passage, so that no two of these begin at the same place.
        begins = part.starts[some] - part.starts[some.start]
        found.append(np.add.reduceat(kept[part.rows[entries]], begins, dtype=np.int64))
    return np.concatenate(found)


def _blocks(part: Postings) -> Iterator[tuple[slice, slice]]:
    """Terms, about `_BLOCK` entries of them at a time, and those entries."""
    first = 0
    while first < len(part.terms):
        after = int(np.searchsorted(part.starts, part.starts[first] + _BLOCK, side="right")) - 1
        last = max(first + 1, after)
        yield slice(first, last), slice(int(part.starts[first]), int(part.starts[last]))
        first = last


class PostingsBuilder:
    """Collects the terms of passages one by one."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms: list[NDArray[np.int32]] = []
        self._counts: list[NDArray[np.uint16]] = []
        self._lengths: list[int] = []

    def add(self, terms: Sequence[str]) -> None:
        """One more passage."""
        numbers, counted = self._numbers, Counter(terms or ("",))
        self._terms.append(np.array([numbers.setdefault(term, len(numbers)) for term in counted], dtype=np.int32))
        self._counts.append(np.array([min(n, _MOST) for n in counted.values()], dtype=np.uint16))
        self._lengths.append(counted.total())

    def build(self) -> Postings:
        """The postings of all that was added."""
        hashes = np.array([term_hash(term) for term in self._numbers], dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        place = np.empty(len(order), dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        sizes = np.array([len(terms) for terms in self._terms], dtype=np.int64)
        made = _arranged(
            hashes[order],
            place[_joined(self._terms, np.int32)],
            np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
            _joined(self._counts, np.uint16),
            np.array(self._lengths, dtype=np.int32),
        )
        frequency = np.diff(made.starts)
        words = {
            term: int(count)
            for term, number in self._numbers.items()
            if (count := frequency[place[number]]) > 1 and _WORD.fullmatch(term)
        }
        return Postings(made.terms, made.starts, made.rows, made.counts, made.lengths, words)


def _joined(arrays: Sequence[NDArray[Any]], dtype: type[Any]) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)


def _arranged(
    terms: NDArray[np.uint64],
    terms_of: NDArray[np.int32],
    rows: NDArray[np.int32],
    counts: NDArray[np.uint16],
    lengths: NDArray[np.int32],
) -> Postings:
    """By term, without those that no passage has; within a term passages stay in the order that they come in."""
    order = np.argsort(terms_of, kind="stable")
    frequency = np.bincount(terms_of, minlength=len(terms))
    had = frequency > 0
    starts = np.zeros(int(had.sum()) + 1, dtype=np.int64)
    np.cumsum(frequency[had], out=starts[1:])
    return Postings(terms[had], starts, rows[order], counts[order], lengths, {})
