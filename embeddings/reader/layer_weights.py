"""The numbers of a reader's layers as arrays, whatever they were kept in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.models.q4_file import Q4File
from embeddings.reader.weights_file import StoredLayers

Array = NDArray[np.float32]


class Affine(NamedTuple):
    """`weight` (out, in) and `bias` (out,) of a linear layer, or (width,) both of a normalisation."""

    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One layer of a BERT; the names are those of `network.Layer`, which says what is done with them."""

    mixed: Affine
    out: Affine
    normed: Affine
    wide: Affine
    narrow: Affine
    normed_again: Affine


@dataclass(frozen=True, slots=True)
class Head:
    """What makes one number of the last states; the names are those of `network.UpperLayers`."""

    firsts: Affine
    alike: Array

    def odds(self, question: Array, text: Array) -> float:
        """Log-odds from the last states (length, width) of a question and of a text."""
        one, other = (states.mean(axis=0) for states in (question, text))
        cosines = one * other / (np.linalg.norm(one) * np.linalg.norm(other))
        firsts = np.concatenate((question[0], text[0]))
        return float(firsts @ self.firsts.weight[0] + self.firsts.bias[0] + cosines @ self.alike)


def lower_layers(file: Q4File, count: int) -> Iterator[LayerWeights]:
    """The first layers of the encoder in a 4-bit file."""
    for number in range(count):
        yield LayerWeights(
            mixed=_joined([_of_file(file, f"l{number}.{part}") for part in "qkv"]),
            out=_of_file(file, f"l{number}.ao"),
            normed=_of_file(file, f"l{number}.aln"),
            wide=_of_file(file, f"l{number}.fi"),
            narrow=_of_file(file, f"l{number}.fo"),
            normed_again=_of_file(file, f"l{number}.oln"),
        )


def upper_layers(stored: StoredLayers) -> Iterator[LayerWeights]:
    """The trained layers."""
    for number in range(stored.depth):
        of = {name: _stored(stored, f"layers.{number}.{name}") for name in LayerWeights.__slots__}
        yield LayerWeights(**of)


def head(stored: StoredLayers) -> Head:
    """The trained head."""
    return Head(_stored(stored, "firsts"), stored.tensors["alike"])


def _of_file(file: Q4File, name: str) -> Affine:
    return Affine(file.whole(f"{name}.w"), file.whole(f"{name}.b"))


def _stored(stored: StoredLayers, name: str) -> Affine:
    return Affine(stored.tensors[f"{name}.weight"], stored.tensors[f"{name}.bias"])


def _joined(parts: Sequence[Affine]) -> Affine:
    return Affine(np.concatenate([part.weight for part in parts]), np.concatenate([part.bias for part in parts]))
