"""A cross-encoder by name as the reader, in place of the trained one."""

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
from embeddings.reader.pace import Pace
from embeddings.reader.reader import Reader

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 4
_LONGEST = 512

logger = logging.getLogger(__name__)


class PairScorer(Protocol):
    """What is used of sentence_transformers.CrossEncoder."""

    def predict(self, inputs: list[tuple[str, str]], *, batch_size: int, show_progress_bar: bool) -> Any:
        """One score a pair, higher for better."""
        ...


class CrossEncoderReader:
    """A Reader over a sentence-transformers CrossEncoder, safe to share between threads.

    `budget_ms` is for one question: no more texts are read than the pace so far lets finish in time.
    """

    def __init__(self, model: PairScorer, *, budget_ms: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._model = model
        self._pace = Pace(budget_ms / 1000, batch=_BATCH, clock=clock)
        self._turns = FairLock()

    @property
    def engine(self) -> str:
        """What it runs on."""
        return "torch"

    @property
    def neutral(self) -> float | None:
        """Not known: every model has its own scale."""
        return None

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the model's score; fewer where there was no time for the rest."""
        return self._pace.read(texts, lambda batch: self._read(question, batch))

    def _read(self, question: str, texts: Sequence[str]) -> list[float]:
        pairs = [(question, text) for text in texts]
        with self._turns, quiet():
            raw = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        scores: list[float] = np.asarray(raw, np.float32).tolist()
        return scores


def load_cross_encoder(name: str, models_dir: Path, *, device: str = "auto", budget_ms: int = 500) -> Reader | None:
    """The cross-encoder by its directory or hub name; None, with one warning that says why, where it cannot be loaded.

    Weights are read from safetensors only, and no code that comes with a model is run.
    """
    from safetensors import SafetensorError  # noqa: PLC0415 - only where it is used

    try:
        return CrossEncoderReader(_open(name, models_dir, device), budget_ms=budget_ms)
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
        # Log-odds, as they come: squeezed between 0 and 1 all good texts would be alike.
        model: CrossEncoder = CrossEncoder(
            str(directory),
            device=chosen,
            local_files_only=True,
            trust_remote_code=False,
            activation_fn=torch.nn.Identity(),
            model_kwargs={"use_safetensors": True},
        )
        outputs = getattr(model, "num_labels", 1)
        if outputs != 1:
            raise ValueError(f"这个模型给每对文字打 {outputs} 个分，不是重排模型")
        model.max_length = min(model.max_length or _LONGEST, _LONGEST)
    model.eval()
    return model
