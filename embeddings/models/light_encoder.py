"""The default model in two halves: questions by its small engine, passages by torch in a process of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.models.question_engine import DIMENSION, QuestionEngine
from embeddings.models.sentence_encoder import Progress, SentenceEncoder, Transformer

PassageEncoder = Callable[[Sequence[str], Progress | None], NDArray[np.float32]]
"""(n, 384) unit rows in the order of the texts; the other argument gets (texts done, texts in all)."""


class LightEncoder:
    """An `embeddings.models.encoder.Encoder` that answers questions without torch, safe to share between threads.

    `passages` encodes those. `whole` loads the encoder of the same identity that sentence-transformers runs into this
    process, for whoever builds on its layers; it is called once, when it is first needed. What both raise comes from
    there.
    """

    dimension = DIMENSION

    def __init__(
        self, identity: str, engine: QuestionEngine, whole: Callable[[], SentenceEncoder], passages: PassageEncoder
    ) -> None:
        self.identity = identity
        self._engine = engine
        self._load = whole
        self._passages = passages
        self._loading = threading.Lock()
        self._whole: SentenceEncoder | None = None

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, 384) unit rows in the order of `texts`; `progress` gets (texts done, texts in all)."""
        return self._passages(texts, progress) if texts else np.zeros((0, DIMENSION), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) unit rows in the order of `texts`."""
        return self._engine.queries(texts)

    def transformer(self) -> Transformer:
        """The transformer of the encoder in this process, shared, not copied."""
        with self._loading:
            if self._whole is None:
                self._whole = self._load()
            return self._whole.transformer()
