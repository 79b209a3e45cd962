"""The trained reader over the default encoder without torch, on ONNX Runtime."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from embeddings.models.q4_file import Q4File
from embeddings.models.text_states import TextStates
from embeddings.reader import layer_weights, onnx_models, weights_file
from embeddings.reader.layer_weights import Array
from embeddings.reader.pace import Pace
from embeddings.reader.reader import NEUTRAL, QUESTION_TOKENS, TEXT_TOKENS

_BATCH = 8


class OnnxReader:
    """A Reader safe to share between threads.

    Each text is read by itself, so that its odds do not depend on those beside it. `budget_ms` is for one question: no
    more texts are read than the pace so far lets finish in time. `threads` is how many texts are read at once.
    """

    def __init__(
        self,
        states: TextStates,
        models: onnx_models.ReaderModels,
        head: layer_weights.Head,
        *,
        budget_ms: int,
        threads: int = 2,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._states = states
        self._lower, self._upper = (onnx_models.session(model) for model in models)
        self._head = head
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="reading")
        self._pace = Pace(budget_ms / 1000, batch=_BATCH, clock=clock)

    @property
    def engine(self) -> str:
        """What it runs on."""
        return f"ONNX Runtime（{onnx_models.precision()}）"

    @property
    def neutral(self) -> float | None:
        """Where its best odds tell nothing."""
        return NEUTRAL

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the log-odds that it answers; fewer where there was no time for the rest."""
        return self._pace.read(texts, lambda batch: self._read(question, batch))

    def _read(self, question: str, texts: Sequence[str]) -> list[float]:
        asked = self._below(f"query: {question}", QUESTION_TOKENS)
        return list(self._threads.map(partial(self._odds, asked), texts))

    def _odds(self, asked: Array, text: str) -> float:
        said = self._below(f"passage: {text}", TEXT_TOKENS)
        (last,) = self._upper.run(None, {"question": asked, "text": said})
        length = asked.shape[1]
        return self._head.odds(last[0, :length], last[0, length:])

    def _below(self, text: str, longest: int) -> Array:
        states: Array = self._lower.run(None, {"x": self._states(text, longest)})[0]
        return states


def load_onnx_reader(q4: Path, weights: Path, models_dir: Path, *, budget_ms: int, threads: int = 2) -> OnnxReader:
    """The reader with these weights over the encoder in a 4-bit file.

    Its graphs are kept below `models_dir`. Raises ImportError where ONNX Runtime is not installed, and OSError,
    LookupError, ValueError, RuntimeError or SafetensorError where a file is not what it should be.
    """
    head = layer_weights.head(weights_file.load(weights, layers=False))
    models = onnx_models.models(q4, weights, models_dir)
    return OnnxReader(TextStates(Q4File(q4)), models, head, budget_ms=budget_ms, threads=threads)
