"""The trained layers on disk: one safetensors file, matrices in 8 bits with one scale a row.

Measured against single precision in docs/evaluation.md. What they were trained over and where they join is in the
file's metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

if TYPE_CHECKING:
    from embeddings.reader.network import UpperLayers

_SCALES, _LAYERS = "scales.", "layers."
_LEVELS = 127


class StoredLayers(NamedTuple):
    """The layers from the joining one on, in single precision: `tensors` by the names of `network.UpperLayers`.

    `joined_at` is how many layers of the encoder lie below them.
    """

    joined_at: int
    tensors: Mapping[str, NDArray[np.float32]]

    @property
    def depth(self) -> int:
        """How many layers these are."""
        return sum(name.endswith("wide.weight") for name in self.tensors)


def save(upper: UpperLayers, file: Path, *, encoder: str, joined_at: int) -> None:
    """Write the layers that were trained over `encoder`, joining at its layer `joined_at`."""
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, tensor in upper.state_dict().items():
        values = tensor.detach().float().numpy()
        if _is_matrix(name, values):
            scales = np.maximum(np.abs(values).max(axis=1, keepdims=True) / _LEVELS, 1e-12)
            tensors[name] = np.round(values / scales).astype(np.int8)
            tensors[_SCALES + name] = scales
        else:
            tensors[name] = values
    save_file(tensors, file, metadata={"encoder": encoder, "joined_at": str(joined_at)})


def load(file: Path, *, layers: bool = True) -> StoredLayers:
    """The layers in a file, or only what lies above and below them.

    Raises OSError, LookupError, ValueError or SafetensorError where it holds none.
    """
    with safe_open(file, "numpy") as opened:
        about = opened.metadata()
        names = [name for name in opened.keys() if layers or _LAYERS not in name]  # noqa: SIM118 - no mapping
        stored = {name: opened.get_tensor(name) for name in names}
    tensors = {
        name: tensor * stored[_SCALES + name] if tensor.dtype == np.int8 else tensor
        for name, tensor in stored.items()
        if not name.startswith(_SCALES)
    }
    return StoredLayers(int(about["joined_at"]), tensors)


def _is_matrix(name: str, values: NDArray[np.float32]) -> bool:
    return name.startswith(_LAYERS) and values.ndim == 2
