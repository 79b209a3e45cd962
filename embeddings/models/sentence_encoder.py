"""How a sentence-transformers model encodes: batches, processors, turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.characters import encodable
from embeddings.errors import EmbeddingsError
from embeddings.models.fair_lock import FairLock
from embeddings.models.prompts import Prompts

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

Progress = Callable[[int, int], None]


class Transformer(NamedTuple):
    """What of an encoder others build on: its tokenizer, its parameters by their names in transformers, and the lock
    that whoever uses either holds meanwhile."""

    tokenizer: Any
    parameters: Mapping[str, Tensor]
    turns: FairLock


class SentenceEncoder:
    """An Encoder over a sentence-transformers model.

    Safe to share between threads: callers wait for one another, since neither tokenizer nor torch gains anything
    from being called twice at once. A question that comes while passages are encoded waits for one batch.

    `threads` is how many processors encode passages, None for as many as torch takes. A question is encoded by one: on
    an idle machine a second one saves a few milliseconds of twenty, but where another process wants the same processor
    the two wait for each other through all of a model's small steps, and a question takes ten times as long.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        identity: str,
        prompts: Prompts,
        batch_size: int,
        *,
        threads: int | None = None,
    ) -> None:
        self._model = model
        self._prompts = prompts
        self._batch_size = batch_size
        self._threads = threads
        self._turns = FairLock()
        self.identity = identity
        dimension = model.get_embedding_dimension()
        self.dimension: int = dimension or self._run(["?"], "", threads=1).shape[1]

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, dimension) unit rows in the order of `texts`; `progress` gets (texts done, texts in all)."""
        return self._encode(texts, self._prompts.passage, progress, threads=self._threads)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows in the order of `texts`."""
        return self._encode(texts, self._prompts.query, None, threads=1)

    @property
    def engine(self) -> str:
        """What it runs on, in which precision, and on which device."""
        precision = str(next(self._model.parameters()).dtype).removeprefix("torch.")
        return f"torch（{precision}，{self._model.device}）"

    def transformer(self) -> Transformer:
        """Its transformer, shared, not copied."""
        first: Any = self._model[0]
        return Transformer(self._model.tokenizer, dict(first.auto_model.named_parameters()), self._turns)

    def _encode(
        self, texts: Sequence[str], prompt: str, progress: Progress | None, *, threads: int | None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        clean = [encodable(text) for text in texts]
        # Longest first: batches of like length need little padding, and want of memory shows at once.
        lengths = self._lengths(clean)
        order = sorted(range(len(clean)), key=lengths.__getitem__, reverse=True)
        for start in range(0, len(order), self._batch_size):
            batch = order[start : start + self._batch_size]
            vectors[batch] = self._run([clean[i] for i in batch], prompt, threads=threads)
            if progress is not None:
                progress(start + len(batch), len(order))
        return vectors

    def _lengths(self, texts: list[str]) -> list[int]:
        """Tokens of each text. Counting them takes a hundredth of encoding and saves a tenth, as characters do not:
        a Latin word is one token, so is a Chinese word of two."""
        if len(texts) <= self._batch_size:
            return [0] * len(texts)
        with self._turns:
            tokens = self._model.tokenizer(texts, truncation=True, max_length=self._model.max_seq_length)
        return [len(ids) for ids in tokens["input_ids"]]

    def _run(self, texts: list[str], prompt: str, *, threads: int | None) -> NDArray[np.float32]:
        with self._turns, processors(threads):
            raw = self._model.encode(texts, prompt=prompt, batch_size=len(texts), show_progress_bar=False)
        vectors = np.asarray(raw, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise EmbeddingsError("模型给出了无效的向量（NaN、无穷大或全零）：权重可能已损坏，请重新获取模型。")
        unit: NDArray[np.float32] = vectors / lengths
        return unit


@contextmanager
def processors(count: int | None) -> Iterator[None]:
    """In the block torch computes with so many threads, None for as many as it does anyway; costs no microsecond."""
    import torch  # noqa: PLC0415 - loaded by now

    before = torch.get_num_threads()
    torch.set_num_threads(before if count is None else count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
