"""A reader of our own: upper layers trained by `python -m tests.reader` over the lower ones of an encoder."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from embeddings.models.encoder import Encoder
from embeddings.models.light_encoder import LightEncoder
from embeddings.models.sentence_encoder import SentenceEncoder, Transformer, processors
from embeddings.reader.pace import Pace
from embeddings.reader.reader import Reader

if TYPE_CHECKING:
    from embeddings.reader.network import UpperLayers

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
"""The weights that come with the program, over the default encoder. See the README beside them."""

QUESTION_TOKENS, TEXT_TOKENS = 64, 128
"""What is read of a question and of a text, special tokens included."""

_NEUTRAL = -0.75
"""Fitted on questions that the reader has not learnt from, see docs/decisions/0030-reader.md."""

_BATCH = 8

logger = logging.getLogger(__name__)


class TrainedReader:
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
        from embeddings.reader.network import LowerLayers  # noqa: PLC0415 - torch, loaded with the encoder

        self._transformer = transformer
        self._lower = LowerLayers(transformer.parameters, joined_at)
        self._upper = upper
        self._threads = threads
        self._pace = Pace(budget_ms / 1000, batch=_BATCH, clock=clock)

    @property
    def neutral(self) -> float | None:
        """Where its best odds tell nothing."""
        return _NEUTRAL

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the log-odds that it answers; fewer where there was no time for the rest."""
        return self._pace.read(texts, lambda batch: self._read(question, batch))

    def _read(self, question: str, texts: Sequence[str]) -> list[float]:
        import torch  # noqa: PLC0415 - as above

        from embeddings.reader.network import Batch  # noqa: PLC0415

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


def fits(identity: str, weights: Path) -> bool:
    """Whether these weights were trained over the encoder of this identity; quick, without opening a model."""
    try:
        with safe_open(weights, "numpy") as opened:
            return bool(json.loads(identity)["model"] == opened.metadata()["encoder"])
    except (OSError, ValueError, LookupError, TypeError, SafetensorError):
        return False


def load_reader(encoder: Encoder, weights: Path, *, budget_ms: int, threads: int = 2) -> Reader | None:
    """The reader with these weights; None, with a warning that says why, where they do not fit or cannot be read."""
    try:
        if not isinstance(encoder, SentenceEncoder | LightEncoder) or not fits(encoder.identity, weights):
            raise ValueError("文件打不开，或不是为这个 embeddings.model 训练的")
        return _opened(encoder.transformer(), weights, budget_ms, threads)
    except (OSError, RuntimeError, ValueError, LookupError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        logger.warning("阅读模型 %s 用不了，先按检索的顺序回答：%s。请检查 retrieval.reader", weights, reason)
        return None


def _opened(transformer: Transformer, weights: Path, budget_ms: int, threads: int) -> Reader:
    from embeddings.reader import weights_file  # noqa: PLC0415 - torch, loaded with the encoder

    joined_at, upper = weights_file.load(weights)
    alike = transformer.parameters["embeddings.word_embeddings.weight"]
    upper.to(alike.device, alike.dtype)
    return TrainedReader(transformer, upper, joined_at, budget_ms=budget_ms, threads=threads)
