"""The models that answering takes: the encoder, its companion and the reader, each loaded once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import Settings, embeddings_api_key
from embeddings.errors import ModelUnavailable
from embeddings.models.companion import CompanionEncoder
from embeddings.models.encoder import DEFAULT, Encoder, ModelSettings, engine_for, engine_of
from embeddings.models.providers import EncoderSettings, provider_of
from embeddings.models.service_encoder import ServiceEncoder, ServiceSettings
from embeddings.reader.cross_encoder import load_cross_encoder
from embeddings.reader.reader import Reader
from embeddings.reader.trained_reader import WEIGHTS, fits, load_reader

EncoderFactory = Callable[[], Encoder]

_READING_THREADS = 2


class Models:
    """Loads each model on first use and keeps it; safe to share between threads.

    `companion` is the second encoder, None where there is none. `directory` is where models are kept. An injected
    `encoder_factory` stands for all encoders. `is_default` tells that the encoder is the program's own.
    """

    def __init__(self, settings: Settings, directory: Path, *, encoder_factory: EncoderFactory | None = None) -> None:
        self._settings = settings
        self._directory = directory
        wants_companion = settings.embeddings.companion != "none" and encoder_factory is None
        self.companion = CompanionEncoder(threads=settings.embeddings.threads or 2) if wants_companion else None
        self.is_default = settings.embeddings.model == DEFAULT and encoder_factory is None
        self._injected = encoder_factory is not None
        self._factory = encoder_factory or provider_of(encoder_settings(settings), directory).load
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._reader: Reader | None = None
        self._reader_tried = False

    def load_aside(self) -> None:
        """Begin to load the companion in a thread of its own; whoever needs it first waits for it."""
        if self.companion is not None:
            threading.Thread(target=self._load_companion, name="loading").start()

    def _load_companion(self) -> None:
        with suppress(ModelUnavailable):  # told to the first question
            if self.companion is not None:
                self.companion.load()

    def encoder(self) -> Encoder:
        """The encoder. Raises ModelUnavailable."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._factory()
            return self._encoder

    @property
    def loaded_encoder(self) -> Encoder | None:
        """The encoder as far as it is loaded."""
        return self._encoder

    def encoded_by(self) -> str:
        """What encodes questions and passages, in words, without loading more than it takes to tell."""
        settings = encoder_settings(self._settings)
        if isinstance(settings, ServiceSettings):
            return f"向量服务 {embedding_service(self._settings)}"
        if self._encoder is None and not self._injected:
            return engine_for(settings, self._directory)
        return engine_of(self.encoder())

    def reader(self) -> Reader | None:
        """The configured reader, tried once: None where there is none, or none that can be loaded and fits the encoder.

        Raises ModelUnavailable where the encoder cannot be loaded.
        """
        encoder = self.encoder()
        with self._lock:
            if not self._reader_tried:
                self._reader_tried = True
                self._reader = self._load_reader(encoder)
            return self._reader

    def reader_wanted(self) -> bool:
        """Whether the configuration asks for a reader: the shipped one only where it fits the encoder."""
        return self._settings.retrieval.reranker is not None or self._wanted(self.encoder())

    def _wanted(self, encoder: Encoder) -> bool:
        chosen = self._settings.retrieval.reader
        return chosen != "none" and (chosen != "default" or fits(encoder.identity, WEIGHTS))

    def _load_reader(self, encoder: Encoder) -> Reader | None:
        chosen, device = self._settings.retrieval, self._settings.embeddings.device
        if chosen.reranker is not None:
            return load_cross_encoder(
                chosen.reranker, self._directory, device=device, budget_ms=chosen.rerank_budget_ms
            )
        if not self._wanted(encoder):
            return None
        weights = WEIGHTS if chosen.reader == "default" else Path(chosen.reader)
        if isinstance(encoder, ServiceEncoder):
            encoder = self._near(encoder)
        threads = self._settings.embeddings.threads or _READING_THREADS
        return load_reader(encoder, weights, self._directory, budget_ms=chosen.reader_budget_ms, threads=threads)

    def _near(self, encoder: Encoder) -> Encoder:
        """The same model on this machine, for the reader builds on it; an unlike one stays where it is."""
        near = provider_of(ModelSettings(device=self._settings.embeddings.device), self._directory)
        return near.load() if near.identify() == encoder.identity else encoder


def reader_line(settings: Settings, identity: str) -> str:
    """Which reader is used with the encoder of this identity, for `status`; no model is opened."""
    chosen = settings.retrieval
    if chosen.reranker is not None:
        return chosen.reranker
    if chosen.reader == "none":
        return "没有"
    if chosen.reader == "default":
        return "随程序附带" if fits(identity, WEIGHTS) else "不用（随程序附带的配不上这个向量模型）"
    weights = Path(chosen.reader)
    return weights.name if fits(identity, weights) else f"不用（{weights.name} 配不上这个向量模型）"


def embedding_service(settings: Settings) -> str | None:
    """Host and port of the service that encodes, for `status`; None where this machine does."""
    chosen = settings.embeddings
    return urlsplit(chosen.service.url or "").netloc if chosen.engine == "http" else None


def encoder_settings(settings: Settings) -> EncoderSettings:
    """The encoder's settings as the configuration gives them. Raises ConfigurationError for a key that is none."""
    chosen = settings.embeddings
    if chosen.engine == "http":
        assert chosen.service.url is not None
        return ServiceSettings(
            url=chosen.service.url,
            model=chosen.model,
            served_as=chosen.service.model,
            prompts=chosen.service.prompts,
            query_prompt=chosen.query_prompt,
            passage_prompt=chosen.passage_prompt,
            batch_size=chosen.batch_size,
            question_seconds=chosen.service.question_seconds,
            key=embeddings_api_key(),
        )
    return ModelSettings(
        model=chosen.model,
        device=chosen.device,
        batch_size=chosen.batch_size,
        query_prompt=chosen.query_prompt,
        passage_prompt=chosen.passage_prompt,
        max_length=None,
        threads=chosen.threads,
    )
