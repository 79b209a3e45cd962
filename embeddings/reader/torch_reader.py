"""The trained reader over any encoder that sentence-transformers runs, on whatever device that runs on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from embeddings.models.sentence_encoder import Transformer, processors
from embeddings.reader import weights_file
from embeddings.reader.network import Batch, LowerLayers, UpperLayers
from embeddings.reader.pace import Pace
from embeddings.reader.reader import NEUTRAL, QUESTION_TOKENS, TEXT_TOKENS
from embeddings.reader.weights_file import StoredLayers

_BATCH = 8


class TorchReader:
    """A Reader over an encoder's transformer, safe to share between threads.

    `budget_ms` is for one question: texts are read a few at a time, and no more of them than the pace so far lets
    finish in time. `threads` is how many processors read.
    """

    def __init__(
        self,
        transformer: Transformer,
        upper: UpperLayers,
        joined_at: int,
        *,
        budget_ms: int,
        threads: int = 2,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._transformer = transformer
        self._lower = LowerLayers(transformer.parameters, joined_at)
        self._upper = upper
        self._precision = str(upper.parts.dtype).removeprefix("torch.")
        self._threads = threads
        self._pace = Pace(budget_ms / 1000, batch=_BATCH, clock=clock)

    @property
    def engine(self) -> str:
        """What it runs on."""
        return f"torch（{self._precision}）"

    @property
    def neutral(self) -> float | None:
        """Where its best odds tell nothing."""
        return NEUTRAL

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the log-odds that it answers; fewer where there was no time for the rest."""
        return self._pace.read(texts, lambda batch: self._read(question, batch))

    def _read(self, question: str, texts: Sequence[str]) -> list[float]:
        with self._transformer.turns, processors(self._threads), torch.inference_mode():
            (asked,) = self._lower(self._tokens([f"query: {question}"], QUESTION_TOKENS))
            said = Batch.of(self._lower(self._tokens([f"passage: {text}" for text in texts], TEXT_TOKENS)))
            odds: list[float] = self._upper(Batch.of([asked] * len(texts)), said).tolist()
        return odds

    def _tokens(self, texts: Sequence[str], longest: int) -> list[list[int]]:
        tokens: list[list[int]] = self._transformer.tokenizer(list(texts), truncation=True, max_length=longest)[
            "input_ids"
        ]
        return tokens


def load_torch_reader(transformer: Transformer, weights: Path, *, budget_ms: int, threads: int = 2) -> TorchReader:
    """The reader with these weights over an encoder's layers, which are shared, not copied.

    Raises OSError, LookupError, ValueError, RuntimeError or SafetensorError where the file is not what it should be.
    """
    stored = weights_file.load(weights)
    upper = _upper(stored)
    alike = transformer.parameters["embeddings.word_embeddings.weight"]
    upper.to(alike.device, alike.dtype)
    return TorchReader(transformer, upper, stored.joined_at, budget_ms=budget_ms, threads=threads)


def _upper(stored: StoredLayers) -> UpperLayers:
    inner, width = stored.tensors["layers.0.wide.weight"].shape
    with torch.device("meta"):
        upper = UpperLayers.empty(width=width, inner=inner, count=stored.depth)
    upper.load_state_dict({name: torch.from_numpy(array) for name, array in stored.tensors.items()}, assign=True)
    return upper.requires_grad_(False).eval()
