"""The default model in two halves: questions by its small engine, passages by the large one once there are any."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.models.question_engine import DIMENSION, QuestionEngine
from embeddings.models.sentence_encoder import Progress, SentenceEncoder, Transformer


class LightEncoder:
    """An `embeddings.models.encoder.Encoder` that answers questions without torch, safe to share between threads.

    `whole` loads the encoder for passages, of the same identity; it is called once, when it is first needed. What it
    raises comes from there.
    """

    dimension = DIMENSION

    def __init__(self, identity: str, engine: QuestionEngine, whole: Callable[[], SentenceEncoder]) -> None:
        self.identity = identity
        self._engine = engine
        self._load = whole
        self._loading = threading.Lock()
        self._whole: SentenceEncoder | None = None

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, 384) unit rows in the order of `texts`; `progress` gets (texts done, texts in all)."""
        return self._passages().encode_passages(texts, progress=progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) unit rows in the order of `texts`."""
        return self._engine.queries(texts)

    def transformer(self) -> Transformer:
        """The transformer of the encoder for passages, shared, not copied."""
        return self._passages().transformer()

    def _passages(self) -> SentenceEncoder:
        with self._loading:
            if self._whole is None:
                self._whole = self._load()
            return self._whole
