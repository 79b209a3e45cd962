"""Texts to token numbers as the default model was trained, from the vocabulary in its 4-bit file.

The library that reads the unpacked model's `tokenizer.json` makes 280 MB of a quarter of a million pieces. Here a piece
is eight bytes of a hash in a sorted array; the few texts of a question take a millisecond each.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from corpus.characters import encodable
from embeddings.models.q4_file import FileDamaged, Vocabulary

_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0  # how much less likely than the rarest piece an unknown character is
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)

_Options = list[list[tuple[int, float, int]]]


class UnigramTokenizer:
    """The likeliest way to put a text together from pieces (Kudo 2018, "Subword Regularization", section 3.2).

    Its numbers are those of the `tokenizers` library over `bundled_model.write_tokenizer`, but for names of special
    tokens in a text: here those are text. Safe to share between threads.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._bos, self._eos, self._unk = vocabulary.bos, vocabulary.eos, vocabulary.unk
        self._becomes = str.maketrans(vocabulary.replacements)
        hashes, lengths = _hashed(vocabulary)
        special = [self._bos, self._eos, self._unk, vocabulary.pad]
        numbers = np.setdiff1d(np.flatnonzero(lengths), special)
        hashes, self._longest = hashes[numbers], int(lengths[numbers].max(initial=0))
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        if not len(hashes) or (self._hashes[1:] == self._hashes[:-1]).any():
            raise FileDamaged("the tokenizer has no pieces, or one twice")
        self._numbers = numbers[order].astype(np.int32)
        self._scores = vocabulary.scores[self._numbers]
        self._unknown = float(vocabulary.scores.min()) - _UNKNOWN_PENALTY

    def encode(self, text: str, longest: int) -> list[int]:
        """The numbers of a text between those of its two ends, at most `longest` in all: what is behind is left out."""
        return [self._bos, *self._likeliest(self._normalised(text))[: longest - 2], self._eos]

    def _normalised(self, text: str) -> str:
        """Each character as the table says, put together by NFC, every space a mark before its word."""
        plain = re.sub(" {2,}", " ", normalize("NFC", encodable(text).translate(self._becomes)))
        marked = plain.replace(" ", _SPACE)
        return marked if not marked or marked.startswith(_SPACE) else _SPACE + marked

    def _likeliest(self, text: str) -> list[int]:
        """Viterbi over the pieces that begin at each character; no piece goes beyond a word."""
        options = self._options(text)
        best = [float("-inf")] * (len(text) + 1)
        came: list[tuple[int, int]] = [(0, self._unk)] * (len(text) + 1)
        for start, character in enumerate(text):
            so_far = 0.0 if character == _SPACE or start == 0 else best[start]
            if not options[start] or options[start][0][0] > 1:
                options[start].append((1, self._unknown, self._unk))
            for length, score, number in options[start]:
                if so_far + score > best[start + length]:
                    best[start + length] = so_far + score
                    came[start + length] = (start, number)
        return self._way_back(came, len(text))

    def _way_back(self, came: list[tuple[int, int]], end: int) -> list[int]:
        """The numbers in order; unknown characters in a row are one token, except across words."""
        numbers: list[int] = []
        after_unknown = False
        while end > 0:
            end, number = came[end]
            if not (number == self._unk and after_unknown):
                numbers.append(number)
            after_unknown = number == self._unk
        return numbers[::-1]

    def _options(self, text: str) -> _Options:
        """For each character (length, score, number) of the pieces that begin there, shortest first."""
        points = _points(text)
        options: _Options = [[] for _ in text]
        hashes = np.zeros(len(points), np.uint64)
        for length in range(1, min(self._longest, len(points)) + 1):
            hashes = hashes[: len(points) - length + 1] * _FACTOR + points[length - 1 :]
            rows = np.searchsorted(self._hashes, hashes)
            rows[rows == len(self._hashes)] = 0
            starts = np.flatnonzero(self._hashes[rows] == hashes)
            found = rows[starts]
            scores, numbers = self._scores[found].tolist(), self._numbers[found].tolist()
            for start, score, number in zip(starts.tolist(), scores, numbers, strict=True):
                options[start].append((length, score, number))
        return options


def _hashed(vocabulary: Vocabulary) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A number of 64 bits for each piece, and its length in characters."""
    starts, lengths = vocabulary.starts[:-1], np.diff(vocabulary.starts)
    points = _points(vocabulary.text)
    hashes = np.zeros(len(lengths), np.uint64)
    for at in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > at)
        hashes[longer] = hashes[longer] * _FACTOR + points[starts[longer] + at]
    return hashes, lengths


def _points(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.uint64) + np.uint64(1)
