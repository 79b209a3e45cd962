"""A reader of our own: upper layers trained by `python -m tests.reader` over the lower ones of an encoder.

Over the default model as the product carries it they run on ONNX Runtime, over any other encoder on torch.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from safetensors import SafetensorError, safe_open

from embeddings.models import bundled_model
from embeddings.models.encoder import Encoder
from embeddings.models.light_encoder import LightEncoder
from embeddings.models.sentence_encoder import SentenceEncoder
from embeddings.reader.onnx_reader import load_onnx_reader
from embeddings.reader.reader import Reader

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
"""The weights that come with the program, over the default encoder. See the README beside them."""

logger = logging.getLogger(__name__)


def fits(identity: str, weights: Path) -> bool:
    """Whether these weights were trained over the encoder of this identity; quick, without opening a model."""
    try:
        with safe_open(weights, "numpy") as opened:
            return bool(json.loads(identity)["model"] == opened.metadata()["encoder"])
    except (OSError, ValueError, LookupError, TypeError, SafetensorError):
        return False


def load_reader(
    encoder: Encoder, weights: Path, models_dir: Path, *, budget_ms: int, threads: int = 2
) -> Reader | None:
    """The reader with these weights; None, with a warning that says why, where they do not fit or cannot be read.

    What is made of them lies below `models_dir`.
    """
    try:
        if not isinstance(encoder, SentenceEncoder | LightEncoder) or not fits(encoder.identity, weights):
            raise ValueError("文件打不开，或不是为这个 embeddings.model 训练的")
        return _without_torch(encoder, weights, models_dir, budget_ms, threads) or _over(
            encoder, weights, budget_ms, threads
        )
    except (OSError, RuntimeError, ValueError, LookupError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        logger.warning("阅读模型 %s 用不了，先按检索的顺序回答：%s。请检查 retrieval.reader", weights, reason)
        return None


def _without_torch(
    encoder: SentenceEncoder | LightEncoder, weights: Path, models_dir: Path, budget_ms: int, threads: int
) -> Reader | None:
    """Over the 4-bit file that the encoder is read from; None where that is another one, or cannot be done here."""
    q4 = bundled_model.weights_file()
    if not isinstance(encoder, LightEncoder) or q4 is None:
        return None
    if json.loads(encoder.identity)["weights"] != f"sha256:{bundled_model.source_digest()}":
        return None
    try:
        return load_onnx_reader(q4, weights, models_dir, budget_ms=budget_ms, threads=threads)
    except (ImportError, OSError, RuntimeError, ValueError, LookupError) as error:
        logger.warning("ONNX Runtime cannot be used, texts are read by torch: %s", " ".join(str(error).split())[:300])
        return None


def _over(encoder: SentenceEncoder | LightEncoder, weights: Path, budget_ms: int, threads: int) -> Reader:
    from embeddings.reader.torch_reader import load_torch_reader  # noqa: PLC0415 - torch

    return load_torch_reader(encoder.transformer(), weights, budget_ms=budget_ms, threads=threads)
