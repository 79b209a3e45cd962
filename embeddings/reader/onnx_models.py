"""The reader's two graphs for ONNX Runtime, made once of the weights that are there, and kept beside the models.

`lower` makes of a text (1, length, width) the states where question and text join, `upper` of both of these the last
states of all their tokens. A directory that stands is whole, and its bytes are checked when it is read.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from filelock import FileLock

from embeddings.durable_files import publish
from embeddings.models.bundled_model import digest_of
from embeddings.models.processor import instructions
from embeddings.models.q4_file import Q4File
from embeddings.models.text_states import TextStates
from embeddings.reader import weights_file
from embeddings.reader.layer_weights import Affine, Array, LayerWeights, lower_layers, upper_layers
from embeddings.reader.onnx_graph import Channels, Graph, Layers
from embeddings.reader.weights_file import StoredLayers

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_DIRECTORY = "reader-"
_RECORD = "record.json"
_FORMAT = 1  # to be raised when the graphs change
_APART = 2
TOKENS = 128

# One question and what might answer it, as they are read: the channels that stand out do so whatever is read.
_SAMPLE = (
    "query: 加微率怎么算？",
    "passage: 企业微信\n群发次数\n每位客户每天最多收到一条群发消息，超出的部分不会送达。",
    "passage: 费用说明\n- 首年 300 元；\n- 续费 9.5 折，需在到期前 30 天内办理，可以联系 support 开发票。",
)

logger = logging.getLogger(__name__)


class ReaderModels(NamedTuple):
    """The two graphs, as ONNX files hold them."""

    lower: bytes
    upper: bytes


def session(model: bytes) -> InferenceSession:
    """A graph ready to run, in the caller's thread alone: several texts are read side by side instead."""
    import onnxruntime  # noqa: PLC0415 - only where it is used

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # it would keep what the longest text took
    ready = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    ready._model_bytes = None  # kept for other providers to be tried later, as many bytes as the graph has
    return ready


def precision() -> str:
    """In what the graphs compute on this machine.

    x86 processors without VNNI add products of 8 bits in 16, which overflow.
    """
    known = platform.machine() not in {"x86_64", "AMD64"} or instructions() & {"avx512_vnni", "avx_vnni"}
    return "int8" if known else "float32"


def models(q4: Path, weights: Path, directory: Path) -> ReaderModels:
    """The graphs over the 4-bit file of the encoder, from below `directory` or made and kept there.

    Takes a second where they are made. Where nothing can be written they are made all the same. Raises FileDamaged,
    OSError, and LookupError, ValueError or SafetensorError where the weights are not what they should be.
    """
    kind = precision()
    own = directory / f"{_DIRECTORY}{_key(q4, weights, kind)}"
    if (kept := _read(own)) is not None:
        return kept
    made: ReaderModels | None = None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / f".{_DIRECTORY}lock"):
            if (kept := _read(own)) is not None:  # another process may have finished while this one waited
                return kept
            made = make(q4, weights_file.load(weights), in_8_bits=kind == "int8")
            _keep(own, made)
            _tidy(own)
    except OSError as error:
        logger.warning("the reader's graphs cannot be kept and are made at every start: %s", error)
    return made or make(q4, weights_file.load(weights), in_8_bits=kind == "int8")


def make(q4: Path, stored: StoredLayers, *, in_8_bits: bool) -> ReaderModels:
    """The graphs, in 8 bits or in single precision."""
    file = Q4File(q4)
    lower, upper = list(lower_layers(file, stored.joined_at)), list(upper_layers(stored))
    ready = Affine(file.whole("emb.ln.w"), file.whole("emb.ln.b"))
    if not in_8_bits:
        return ReaderModels(_lower(ready, lower), _upper(stored, upper))
    given = TextStates(file)
    exact = session(_lower(ready, lower, watch=True))
    (asked, *_), *_ = below = [exact.run(None, {"x": given(text, TOKENS)}) for text in _SAMPLE]
    exact = session(_upper(stored, upper, watch=True))
    above = [exact.run(None, {"question": asked, "text": said}) for said, *_ in below[1:]]
    return ReaderModels(
        _lower(ready, lower, apart=_standing_out(below)), _upper(stored, upper, apart=_standing_out(above))
    )


def _lower(
    ready: Affine, layers: Sequence[LayerWeights], *, apart: Sequence[Channels] | None = None, watch: bool = False
) -> bytes:
    graph = Graph()
    run = Layers(graph, apart)
    last = run.stack(run.norm("x", ready), layers)
    return graph.serialised(["x"], [last, *(run.watched if watch else ())], len(ready.bias))


def _upper(
    stored: StoredLayers,
    layers: Sequence[LayerWeights],
    *,
    apart: Sequence[Channels] | None = None,
    watch: bool = False,
) -> bytes:
    graph = Graph()
    run = Layers(graph, apart)
    inputs, parts = ("question", "text"), stored.tensors["parts"]
    marked = [graph.one("Add", name, graph.constant(part)) for name, part in zip(inputs, parts, strict=True)]
    last = run.stack(graph.one("Concat", *marked, axis=1), layers)
    return graph.serialised(inputs, [last, *(run.watched if watch else ())], parts.shape[1])


def _standing_out(results: Sequence[Sequence[Array]]) -> list[Channels]:
    """For each layer the largest channels of what its matrices are multiplied with, in the results of a watched run."""
    watched = list(zip(*results, strict=True))[1:]
    largest = [np.max([np.abs(states).max(axis=(0, 1)) for states in same], axis=0) for same in watched]
    numbers = [np.sort(np.argsort(values)[-_APART:]) for values in largest]
    return [Channels(*numbers[at : at + 3]) for at in range(0, len(numbers), 3)]


def _key(q4: Path, weights: Path, kind: str) -> str:
    """What the graphs are made of, and how."""
    digests = [digest_of(file) for file in (q4, weights)]
    return _digest(" ".join((*digests, kind, str(_FORMAT))).encode())[:16]


def _read(directory: Path) -> ReaderModels | None:
    """What is kept there; None where nothing is, or something else than was written."""
    try:
        record = json.loads((directory / _RECORD).read_text("utf-8"))
        kept = ReaderModels(*((directory / name).read_bytes() for name in _files()))
        if [_digest(model) for model in kept] == record:
            return kept
        logger.warning("%s is not what was written there and is made anew", directory)
    except (OSError, ValueError):
        pass
    return None


def _keep(directory: Path, made: ReaderModels) -> None:
    building = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for name, model in zip(_files(), made, strict=True):
        (building / name).write_bytes(model)
    (building / _RECORD).write_text(json.dumps([_digest(model) for model in made]), "utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    publish(building, directory)


def _tidy(own: Path) -> None:
    """Remove what was made of other weights, or by other versions."""
    for other in own.parent.glob(f"{_DIRECTORY}*"):
        if other != own:
            shutil.rmtree(other, ignore_errors=True)


def _files() -> tuple[str, ...]:
    return tuple(f"{name}.onnx" for name in ReaderModels._fields)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
