"""Opening a model directory with sentence-transformers: quietly, offline, and without running anyone's code."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from embeddings.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Read by the libraries when they are first imported; whoever has set one of them keeps it.
_ENVIRONMENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # torch's threads sleep while they wait for one another. Spinning, the default, takes 10 ms off a question on an
    # idle machine, and makes it 500 ms instead of 35 where another process wants the same cores.
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",  # else every later fork prints advice about deadlocks
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
}
_TALKATIVE = ("sentence_transformers", "transformers", "huggingface_hub", "httpx", "filelock")


Precision = Literal["float32", "bfloat16"]


def open_model(
    directory: Path, *, device: str = "cpu", precision: Precision = "float32", max_length: int | None = None
) -> SentenceTransformer:
    """The model in `directory`, ready to encode on `device`; `max_length` shortens what it reads of a text, in tokens.

    Nothing is fetched and weights are read from safetensors only, never from a pickle. Whatever the libraries raise
    passes through.
    """
    with quiet():
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds; only where it is used

        model = SentenceTransformer(
            str(directory),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": precision},
        )
    if max_length is not None:
        model.max_seq_length = min(max_length, model.max_seq_length or max_length)
    return model.eval()


_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"})
_OTHER_RUNTIMES = frozenset({"onnx", "openvino"})  # never opened, and whose .bin is no pickle


def refuse_pickles(directory: Path) -> None:
    """Raises ModelUnavailable where weights are there as a pickle alone, of the model or of one of its modules.

    sentence-transformers would read them: what it asks safetensors of is the transformer, not the layers behind it.
    """
    if not any(directory.rglob("*.safetensors")):
        raise ModelUnavailable(
            f"模型目录 {directory} 里没有 safetensors 权重（为了安全，不读取 pickle 格式的 .bin、.pt）。"
            "请换用带 model.safetensors 的版本。"
        )
    for file in sorted(directory.rglob("*")):
        within = file.relative_to(directory).parts
        if file.suffix.lower() not in _PICKLES or _OTHER_RUNTIMES.intersection(within) or not file.is_file():
            continue
        if not any(file.parent.glob("*.safetensors")):
            raise ModelUnavailable(
                f"模型目录 {directory} 里的 {'/'.join(within)} 是 pickle 格式的权重，为了安全不读取。"
                "请把它转成 safetensors（重新用 save_pretrained 保存一次），或换一个模型。"
            )


@contextmanager
def quiet() -> Iterator[None]:
    """While this holds, the libraries neither warn, log below errors nor draw progress bars."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Imported before the levels are set: the import sets its own.
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415 - as above

        loggers = [logging.getLogger(name) for name in _TALKATIVE]
        levels = [logger.level for logger in loggers]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
