"""The layers of a reader as graphs for ONNX Runtime, in 8 bits or in single precision.

In 8 bits a matrix has a scale for each row, what it is multiplied with one scale for all. That would be coarse: in each
layer of a BERT one or two channels are ten times as large as all others, at the first or last token (Dettmers et al.
2022, "LLM.int8()"). Those channels go apart, in single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.reader.layer_weights import Affine, Array, LayerWeights

HEADS = 12
EPSILON = 1e-12

_EXTENSIONS = "com.microsoft"
_OPERATORS, _EXTENSION_OPERATORS, _FORMAT = 20, 1, 10  # versions, of 2023: every ONNX Runtime since knows them
_LEVELS = 127


class Channels(NamedTuple):
    """Numbers of the channels that go apart, in what a layer's matrices are multiplied with."""

    mixed: NDArray[np.int64]
    wide: NDArray[np.int64]
    narrow: NDArray[np.int64]


class Graph:
    """A graph under construction: constants and operations, each result by its name."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper  # noqa: PLC0415 - only where a graph is made

        self._helper, self._arrays = helper, numpy_helper
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, values: NDArray[Any]) -> str:
        """An array that belongs to the graph."""
        name = f"constant{len(self._constants)}"
        self._constants.append(self._arrays.from_array(np.ascontiguousarray(values), name))
        return name

    def apply(self, kind: str, *inputs: str, outputs: int = 1, extension: bool = False, **attributes: Any) -> list[str]:
        """The results of an operation of ONNX, or of ONNX Runtime's own ones."""
        results = [f"{kind}{len(self._nodes)}.{at}" for at in range(outputs)]
        domain = _EXTENSIONS if extension else ""
        self._nodes.append(self._helper.make_node(kind, list(inputs), results, domain=domain, **attributes))
        return results

    def one(self, kind: str, *inputs: str, **how: Any) -> str:
        """As `apply`, for an operation with one result."""
        return self.apply(kind, *inputs, **how)[0]

    def serialised(self, inputs: Sequence[str], outputs: Sequence[str], width: int) -> bytes:
        """The model, whose inputs are (1, any length, width) in single precision."""
        from onnx import TensorProto  # noqa: PLC0415 - as above

        make, single = self._helper, TensorProto.FLOAT
        graph = make.make_graph(
            self._nodes,
            "reader",
            [make.make_tensor_value_info(name, single, [1, None, width]) for name in inputs],
            [make.make_tensor_value_info(name, single, None) for name in outputs],
            self._constants,
        )
        versions = [make.make_opsetid("", _OPERATORS), make.make_opsetid(_EXTENSIONS, _EXTENSION_OPERATORS)]
        content: bytes = make.make_model(graph, opset_imports=versions, ir_version=_FORMAT).SerializeToString()
        return content


class Layers:
    """A run of layers in a graph. `apart` has channels for each layer where they are computed in 8 bits.

    `watched` collects the names of what is multiplied with `mixed`, `wide` and `narrow` of each layer.
    """

    def __init__(self, graph: Graph, apart: Sequence[Channels] | None) -> None:
        self._graph = graph
        self._apart = apart
        self.watched: list[str] = []

    def stack(self, states: str, layers: Sequence[LayerWeights]) -> str:
        """Layers one after another over states (1, length, width)."""
        for number, weights in enumerate(layers):
            states = self._layer(states, weights, self._apart[number] if self._apart else None)
        return states

    def norm(self, states: str, by: Affine) -> str:
        """Normalised over the width."""
        weight, bias = self._graph.constant(by.weight), self._graph.constant(by.bias)
        return self._graph.one("LayerNormalization", states, weight, bias, axis=-1, epsilon=EPSILON)

    def _layer(self, states: str, weights: LayerWeights, apart: Channels | None) -> str:
        mixed = self._linear(states, weights.mixed, apart and apart.mixed)
        parts = self._graph.constant(np.full(3, len(weights.out.bias), np.int64))
        asks = self._graph.apply("Split", mixed, parts, outputs=3, axis=-1)
        seen = self._graph.one("MultiHeadAttention", *asks, extension=True, num_heads=HEADS)
        given = self._quantised(seen, weights.out) if apart else self._exact(seen, weights.out)
        joined = self.norm(self._graph.one("Add", states, given), weights.normed)
        thought, inner = self._thought(joined, weights, apart)
        self.watched += states, joined, inner
        return self.norm(self._graph.one("Add", joined, thought), weights.normed_again)

    def _thought(self, states: str, weights: LayerWeights, apart: Channels | None) -> tuple[str, str]:
        """What the two wide matrices make of states, and what is between them."""
        if apart is None:
            inner = self._gelu(self._exact(states, weights.wide))
            return self._exact(inner, weights.narrow), inner
        # The channels between them that go apart are not computed among the others at all.
        few, wide, narrow = apart.narrow, weights.wide, weights.narrow
        inner = self._gelu(
            self._linear(states, Affine(_without(wide.weight, few), _without(wide.bias, few)), apart.wide)
        )
        own = self._gelu(self._exact(states, Affine(wide.weight[few], wide.bias[few])))
        rest = self._quantised(inner, Affine(_without(narrow.weight.T, few).T, narrow.bias))
        return self._graph.one("Add", rest, self._product(own, narrow.weight[:, few])), inner

    def _linear(self, states: str, by: Affine, apart: NDArray[np.int64] | None) -> str:
        """In single precision, or in 8 bits with some channels of the states apart."""
        if apart is None:
            return self._exact(states, by)
        there = self._graph.constant(_without(np.ones(by.weight.shape[1], np.float32), apart))
        rest = self._quantised(self._graph.one("Mul", states, there), Affine(_without(by.weight.T, apart).T, by.bias))
        few = self._graph.one("Gather", states, self._graph.constant(apart), axis=-1)
        return self._graph.one("Add", rest, self._product(few, by.weight[:, apart]))

    def _exact(self, states: str, by: Affine) -> str:
        return self._graph.one("Add", self._product(states, by.weight), self._graph.constant(by.bias))

    def _product(self, states: str, weight: Array) -> str:
        return self._graph.one("MatMul", states, self._graph.constant(weight.T))

    def _quantised(self, states: str, by: Affine) -> str:
        scales = np.maximum(np.abs(by.weight).max(axis=1) / _LEVELS, 1e-12).astype(np.float32)
        levels = np.round(by.weight / scales[:, None]).astype(np.int8)
        given, scale, zero = self._graph.apply("DynamicQuantizeLinear", states, outputs=3)
        matrix, of_rows = self._graph.constant(levels.T), self._graph.constant(scales)
        bias = self._graph.constant(by.bias)
        return self._graph.one("MatMulIntegerToFloat", given, matrix, scale, of_rows, zero, "", bias, extension=True)

    def _gelu(self, states: str) -> str:
        return self._graph.one("Gelu", states, extension=True)


def _without(rows: Array, numbers: NDArray[np.int64]) -> Array:
    """A copy with these rows zero."""
    copy = rows.copy()
    copy[numbers] = 0
    return copy
