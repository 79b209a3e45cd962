"""A tiny `E5S1` file, written by the layout that embeddings.q4file documents, with what it must decode to."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HIDDEN, LAYERS, HEADS, WIDE, ROWS, POSITIONS, TYPES = 32, 1, 2, 64, 12, 16, 2
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab", "加", "～", "<mask>")
SCORES = (0.0, 0.0, 0.0, 0.0, -3.0, -4.0, -4.0, -5.0, -4.5, -6.0, -6.0, 0.0)
REPLACEMENTS = {"ａ": "a", "\t": " "}  # one of NFKC, one of Nmt


@dataclass
class TinyFile:
    """`content` is the file; `weights` what each tensor holds, decoded number by number."""

    content: bytes = b""
    weights: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def write(self, path: Path) -> Path:
        path.write_bytes(self.content)
        return path


def tiny_file(seed: int = 1) -> TinyFile:
    """A whole file with random weights."""
    random = np.random.default_rng(seed)
    tiny = TinyFile()
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    table = b"".join(
        struct.pack(f"<IB{len(to)}I", ord(symbol), len(to), *map(ord, to)) for symbol, to in REPLACEMENTS.items()
    )
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, WIDE, ROWS, POSITIONS, TYPES, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += offsets.astype("<u4").tobytes() + np.array(SCORES, "<f4").tobytes() + blob
    head += struct.pack("<iI", len(REPLACEMENTS), len(table)) + table
    shapes = _shapes()
    directory_bytes = 4 + sum(2 + len(name) + 21 for name in shapes)
    directory, data = struct.pack("<i", len(shapes)), b""
    for name, (kind, numbers) in shapes.items():
        raw, tiny.weights[name] = (_blocks if kind else _floats)(random, numbers)
        at = len(head) + directory_bytes + len(data)
        directory += struct.pack(f"<H{len(name)}sBIQQ", len(name), name.encode(), kind, numbers, at, len(raw))
        data += raw
    tiny.content = head + directory + data
    return tiny


def _shapes() -> dict[str, tuple[int, int]]:
    """(kind, numbers) of every tensor: 1 for a matrix in blocks, 0 for float32."""
    shapes = {
        "emb.word": (1, ROWS * HIDDEN),
        "emb.pos": (0, POSITIONS * HIDDEN),
        "emb.type": (0, TYPES * HIDDEN),
        "emb.ln.w": (0, HIDDEN),
        "emb.ln.b": (0, HIDDEN),
    }
    for part in ("q", "k", "v", "ao"):
        shapes |= {f"l0.{part}.w": (1, HIDDEN * HIDDEN), f"l0.{part}.b": (0, HIDDEN)}
    for part in ("aln", "oln"):
        shapes |= {f"l0.{part}.w": (0, HIDDEN), f"l0.{part}.b": (0, HIDDEN)}
    shapes |= {"l0.fi.w": (1, WIDE * HIDDEN), "l0.fi.b": (0, WIDE)}
    return shapes | {"l0.fo.w": (1, HIDDEN * WIDE), "l0.fo.b": (0, HIDDEN)}


def _floats(random: np.random.Generator, numbers: int) -> tuple[bytes, NDArray[np.float32]]:
    values = random.normal(0, 0.1, numbers).astype(np.float32)
    return values.astype("<f4").tobytes(), values


def _blocks(random: np.random.Generator, numbers: int) -> tuple[bytes, NDArray[np.float32]]:
    """Each block encoded and decoded weight by weight, as the layout says it."""
    raw, values = b"", []
    for _ in range(numbers // 32):
        scale = np.float16(random.uniform(0.001, 0.02))
        quants = random.integers(0, 16, 32).tolist()
        raw += struct.pack("<e", scale) + bytes(quants[j] | quants[j + 16] << 4 for j in range(16))
        values += [np.float32(quant - 8) * np.float32(scale) for quant in quants]
    return raw, np.array(values, np.float32)
