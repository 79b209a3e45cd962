"""The models that answering takes: the encoder, its companion and the reranker, each loaded once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from bot.config import Settings
from embeddings.models.companion import CompanionEncoder
from embeddings.models.encoder import Encoder, ModelSettings
from embeddings.models.encoder import load as load_encoder
from embeddings.search.reranker import Reranker, load_reranker

EncoderFactory = Callable[[], Encoder]


class Models:
    """Loads each model on first use and keeps it; safe to share between threads.

    `companion` is the second encoder, None where there is none. `directory` is where models are kept. An injected
    `encoder_factory` stands for all encoders.
    """

    def __init__(self, settings: Settings, directory: Path, *, encoder_factory: EncoderFactory | None = None) -> None:
        self._settings = settings
        self._directory = directory
        wants_companion = settings.embeddings.companion != "none" and encoder_factory is None
        self.companion = CompanionEncoder(threads=settings.embeddings.threads or 2) if wants_companion else None
        self._factory = encoder_factory or (lambda: load_encoder(model_settings(settings), directory))
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._reranker: Reranker | None = None
        self._reranker_tried = False

    def encoder(self) -> Encoder:
        """The encoder. Raises ModelUnavailable."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._factory()
            return self._encoder

    def reranker(self) -> Reranker | None:
        """The configured reranker, tried once: None where there is none or it cannot be loaded."""
        chosen = self._settings.retrieval
        with self._lock:
            if chosen.reranker is not None and not self._reranker_tried:
                self._reranker_tried = True
                self._reranker = load_reranker(
                    chosen.reranker,
                    self._directory,
                    device=self._settings.embeddings.device,
                    budget_ms=chosen.rerank_budget_ms,
                )
            return self._reranker


def model_settings(settings: Settings) -> ModelSettings:
    """The encoder's settings as the configuration gives them."""
    chosen = settings.embeddings
    return ModelSettings(
        model=chosen.model,
        device=chosen.device,
        batch_size=chosen.batch_size,
        query_prompt=chosen.query_prompt,
        passage_prompt=chosen.passage_prompt,
        max_length=None,
        threads=chosen.threads,
    )
