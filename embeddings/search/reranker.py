"""A cross-encoder reads question and passage together and puts the best hits in a better order, within a time budget.

Slower by far than the legs of retrieval, so it reads only the top of what they found, and where it fails or takes too
long the order of the legs stands.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from embeddings.errors import ModelUnavailable
from embeddings.models.encoder import ModelSettings, prepare
from embeddings.models.fair_lock import FairLock
from embeddings.models.sentence_model import quiet, refuse_pickles

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

READ = 20
"""How many passages are read."""

_BATCH = 4
_LONGEST = 512

logger = logging.getLogger(__name__)


class Reranker(Protocol):
    """Orders passages for a question."""

    def order(self, question: str, passages: Sequence[str]) -> tuple[int, ...] | None:
        """The passages' numbers, best first; None where there was not enough time."""
        ...


class PairScorer(Protocol):
    """What is used of sentence_transformers.CrossEncoder."""

    def predict(self, inputs: list[tuple[str, str]], *, batch_size: int, show_progress_bar: bool) -> Any:
        """One score a pair, higher for better."""
        ...


class CrossEncoderReranker:
    """A Reranker over a sentence-transformers CrossEncoder, safe to share between threads.

    `budget_ms` is for one question: the clock is looked at after every few passages, and what the pace so far says
    cannot be finished in time is given up at once.
    """

    def __init__(self, model: PairScorer, *, budget_ms: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._model = model
        self._budget = budget_ms / 1000
        self._clock = clock
        self._turns = FairLock()

    def order(self, question: str, passages: Sequence[str]) -> tuple[int, ...] | None:
        """The passages' numbers, best first, equals in their order; None where there was not enough time."""
        started = self._clock()
        scores: list[float] = []
        for first in range(0, len(passages), _BATCH):
            batch = [(question, passage) for passage in passages[first : first + _BATCH]]
            with self._turns, quiet():
                scores += np.asarray(
                    self._model.predict(batch, batch_size=_BATCH, show_progress_bar=False), np.float32
                ).tolist()
            expected = (self._clock() - started) * len(passages) / len(scores)
            if expected > self._budget:
                logger.info("reranking given up: it would take %.0f ms", expected * 1000)
                return None
        if not np.isfinite(scores).all():
            logger.warning("the reranker gave scores that are no numbers; its order is not used")
            return None
        return tuple(np.argsort(-np.asarray(scores), kind="stable").tolist())


def load_reranker(name: str, models_dir: Path, *, device: str = "auto", budget_ms: int = 500) -> Reranker | None:
    """The reranker by its directory or hub name; None, with one warning that says why, where it cannot be loaded.

    Weights are read from safetensors only, and no code that comes with a model is run.
    """
    from safetensors import SafetensorError  # noqa: PLC0415 - only where it is used

    try:
        return CrossEncoderReranker(_open(name, models_dir, device), budget_ms=budget_ms)
    except (
        *(ModelUnavailable, OSError, RuntimeError, ValueError, LookupError, ImportError, TypeError),
        SafetensorError,
    ) as error:
        reason = " ".join(str(error).split())[:300]
        logger.warning(
            "重排模型 %s 用不了，先按检索的顺序回答：%s。请检查 retrieval.reranker（本地目录要有 safetensors 权重）",
            name,
            reason,
        )
        return None


def _open(name: str, models_dir: Path, device: str) -> CrossEncoder:
    directory = prepare(ModelSettings(model=name), models_dir)
    refuse_pickles(directory)
    with quiet():
        import torch  # noqa: PLC0415 - seconds; only where it is used
        from sentence_transformers import CrossEncoder  # noqa: PLC0415

        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        model: CrossEncoder = CrossEncoder(
            str(directory),
            device=chosen,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        outputs = getattr(model, "num_labels", 1)
        if outputs != 1:
            raise ValueError(f"这个模型给每对文字打 {outputs} 个分，不是重排模型")
        model.max_length = min(model.max_length or _LONGEST, _LONGEST)
    model.eval()
    return model
