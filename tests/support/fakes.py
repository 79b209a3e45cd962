"""Stand-ins that are deterministic and quick."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from bot.local_time import LocalTime
from corpus.parsing.articles import parse_or_skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.index.changes import ArticleParser
    from embeddings.models.encoder import Progress


def in_process() -> AbstractContextManager[ArticleParser]:
    """A parser of articles without a process of its own, for tests that have nothing to do with hostile files."""
    return nullcontext(parse_or_skip)


class FakeEncoder:
    """An `embeddings.models.encoder.Encoder` without a model: a hashed bag of character bigrams, of unit length.

    Texts that share words are similar, equal texts equal; nothing is understood. `calls` counts encoded texts.
    """

    identity = "fake-character-bigrams-256"
    dimension = 256

    def __init__(self) -> None:
        self.calls = 0

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, 256), in the order of `texts`."""
        rows = self._encode(texts)
        if progress is not None:
            progress(len(texts), len(texts))
        return rows

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 256), in the order of `texts`."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += len(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            letters = "".join(c for c in text.lower() if c.isalnum())
            for first, second in zip(f"^{letters}", f"{letters}$", strict=True):
                rows[row, zlib.crc32(f"{first}{second}".encode("utf-8", "replace")) % self.dimension] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def on(day: str) -> LocalTime:
    """The calendar in Shanghai, where it is always this day, `2026-08-08`."""
    noon = datetime.fromisoformat(f"{day}T12:00Z")
    return LocalTime(ZoneInfo("Asia/Shanghai"), lambda: noon)
