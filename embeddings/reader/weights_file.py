"""The trained layers on disk: one safetensors file, matrices in 8 bits with one scale a row.

Measured against single precision in docs/evaluation.md. What they were trained over and where they join is in the
file's metadata.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from embeddings.reader.network import UpperLayers

_SCALES = "scales."
_LEVELS = 127


def save(upper: UpperLayers, file: Path, *, encoder: str, joined_at: int) -> None:
    """Write the layers that were trained over `encoder`, joining at its layer `joined_at`."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in upper.state_dict().items():
        values = tensor.detach().float()
        if _is_matrix(name, values):
            scales = (values.abs().amax(dim=1, keepdim=True) / _LEVELS).clamp_min(1e-12)
            tensors[name] = (values / scales).round().to(torch.int8)
            tensors[_SCALES + name] = scales
        else:
            tensors[name] = values
    save_file(tensors, file, metadata={"encoder": encoder, "joined_at": str(joined_at)})


def load(file: Path) -> tuple[int, UpperLayers]:
    """The layer at which question and text join, and the layers from there on in single precision."""
    with safe_open(file, "pt") as opened:
        about = opened.metadata()
        stored = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - no mapping
    tensors = {
        name: tensor * stored[_SCALES + name] if tensor.dtype == torch.int8 else tensor
        for name, tensor in stored.items()
        if not name.startswith(_SCALES)
    }
    count = sum(name.endswith("wide.weight") for name in tensors)
    inner, width = tensors["layers.0.wide.weight"].shape
    with torch.device("meta"):
        upper = UpperLayers.empty(width=width, inner=inner, count=count)
    upper.load_state_dict(tensors, assign=True)
    return int(about["joined_at"]), upper.requires_grad_(False).eval()


def _is_matrix(name: str, values: Tensor) -> bool:
    return name.startswith("layers.") and values.ndim == 2
