"""The network that reads question and text together: a BERT whose lower layers see them apart and upper ones jointly.

The lower layers are the encoder's own, unchanged; what question and text are to each other is learnt by copies of its
upper layers. Question and text part for the lower layers because those were never trained on pairs; and so a text's
lower states can be computed once for many questions (MacAvaney et al. 2020, "Efficient Document Re-Ranking for
Transformers by Precomputing Term Representations").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

HEADS = 12
"""Attention heads of a layer."""

_EPSILON = 1e-12
_SCALE, _LEVEL = 20.0, 0.85  # an untrained head says 20 (cosine of the means - 0.85): about what such vectors tell


class Batch(NamedTuple):
    """Sequences of hidden states padded to one length: `states` (n, length, width), `there` (n, length) booleans."""

    states: Tensor
    there: Tensor

    @classmethod
    def of(cls, sequences: Sequence[Tensor]) -> Batch:
        """From sequences of (length, width)."""
        states = nn.utils.rnn.pad_sequence(list(sequences), batch_first=True)
        lengths = torch.tensor([len(sequence) for sequence in sequences], device=states.device)
        return cls(states, torch.arange(states.shape[1], device=states.device)[None, :] < lengths[:, None])


class Layer(nn.Module):
    """One layer of a BERT, post-normalised, without dropout."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.mixed = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.normed = nn.LayerNorm(width, eps=_EPSILON)
        self.wide = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.normed_again = nn.LayerNorm(width, eps=_EPSILON)

    @classmethod
    def of_bert(cls, parameters: Mapping[str, Tensor], number: int) -> Layer:
        """Layer `number` of a BERT with the parameter names of transformers; what need not be joined is shared."""
        prefix = f"encoder.layer.{number}."
        inner, width = parameters[f"{prefix}intermediate.dense.weight"].shape
        with torch.device("meta"):
            layer = cls(width, inner)
        parts = ("query", "key", "value")
        for kind in ("weight", "bias"):
            joined = torch.cat([parameters[f"{prefix}attention.self.{part}.{kind}"].detach() for part in parts])
            _put(layer.mixed, kind, joined)
            _put(layer.out, kind, parameters[f"{prefix}attention.output.dense.{kind}"])
            _put(layer.normed, kind, parameters[f"{prefix}attention.output.LayerNorm.{kind}"])
            _put(layer.wide, kind, parameters[f"{prefix}intermediate.dense.{kind}"])
            _put(layer.narrow, kind, parameters[f"{prefix}output.dense.{kind}"])
            _put(layer.normed_again, kind, parameters[f"{prefix}output.LayerNorm.{kind}"])
        return layer

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """(n, length, width) to the same; `mask` (n, 1, 1, length) is added to what a token looks at."""
        count, length, width = states.shape
        mixed = self.mixed(states).view(count, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = mixed.unbind(0)
        if torch.is_grad_enabled():
            # Backwards twice as fast on a processor as the fused kernel.
            looks = torch.softmax(query @ key.transpose(-1, -2) * (width // HEADS) ** -0.5 + mask, dim=-1)
            seen = looks @ value
        else:
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        states = self.normed(states + self.out(seen.transpose(1, 2).reshape(count, length, width)))
        normed: Tensor = self.normed_again(states + self.narrow(functional.gelu(self.wide(states))))
        return normed


class LowerLayers(nn.Module):
    """The embeddings and the first layers of a BERT, sharing its parameters."""

    def __init__(self, parameters: Mapping[str, Tensor], depth: int) -> None:
        super().__init__()
        self.depth = depth
        self._words = parameters["embeddings.word_embeddings.weight"]
        self._places = parameters["embeddings.position_embeddings.weight"]
        self._kind = parameters["embeddings.token_type_embeddings.weight"][0]
        self._norm = (parameters["embeddings.LayerNorm.weight"], parameters["embeddings.LayerNorm.bias"])
        self._layers = [Layer.of_bert(parameters, number) for number in range(depth)]

    @torch.no_grad()
    def forward(self, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Each sequence of token numbers to its hidden states (length, width)."""
        device = self._words.device
        sequences = [torch.tensor(list(row), dtype=torch.long, device=device) for row in tokens]
        numbers = nn.utils.rnn.pad_sequence(sequences, batch_first=True)
        width = self._words.shape[1]
        states = functional.embedding(numbers, self._words) + self._places[: numbers.shape[1]] + self._kind
        states = functional.layer_norm(states, (width,), *self._norm, eps=_EPSILON)
        lengths = torch.tensor([len(row) for row in tokens], device=device)
        mask = _mask(torch.arange(numbers.shape[1], device=device)[None, :] < lengths[:, None], states.dtype)
        for layer in self._layers:
            states = layer(states, mask)
        return [row[: len(own)] for row, own in zip(states, tokens, strict=True)]


class UpperLayers(nn.Module):
    """The layers that see question and text together, and the head that makes one number of what they see."""

    def __init__(self, layers: Iterable[Layer], width: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.parts = nn.Parameter(torch.zeros(2, width))
        self.alike = nn.Parameter(torch.full((width,), _SCALE))
        self.firsts = nn.Linear(2 * width, 1)
        nn.init.zeros_(self.firsts.weight)
        nn.init.constant_(self.firsts.bias, -_SCALE * _LEVEL)

    @classmethod
    def of_bert(cls, parameters: Mapping[str, Tensor], first: int) -> UpperLayers:
        """From copies of a BERT's layers from number `first` on, the head untrained."""
        count = sum(name.endswith("intermediate.dense.weight") for name in parameters)
        layers = [Layer.of_bert(parameters, number) for number in range(first, count)]
        own = cls(layers, parameters["embeddings.LayerNorm.weight"].shape[0])
        copies = {name: tensor.detach().clone().contiguous() for name, tensor in own.state_dict().items()}
        own.load_state_dict(copies, assign=True)
        return own.requires_grad_(True)

    @classmethod
    def empty(cls, *, width: int, inner: int, count: int) -> UpperLayers:
        """For weights that are loaded afterwards."""
        return cls([Layer(width, inner) for _ in range(count)], width)

    def forward(self, questions: Batch, texts: Batch) -> Tensor:
        """Log-odds that a text answers its question: (n,) from n pairs of lower states."""
        length = questions.states.shape[1]
        states = torch.cat((questions.states + self.parts[0], texts.states + self.parts[1]), dim=1)
        mask = _mask(torch.cat((questions.there, texts.there), dim=1), states.dtype)
        for layer in self.layers:
            states = layer(states, mask)
        asked, said = states[:, :length], states[:, length:]
        one = functional.normalize(_mean(asked, questions.there), dim=-1)
        other = functional.normalize(_mean(said, texts.there), dim=-1)
        firsts = torch.cat((asked[:, 0], said[:, 0]), dim=-1).float()
        odds = functional.linear(firsts, self.firsts.weight.float(), self.firsts.bias.float())[:, 0]
        return odds + (one * other) @ self.alike.float()


def _mean(states: Tensor, there: Tensor) -> Tensor:
    """(n, length, width) to (n, width) over what is there, in single precision."""
    weights = there.to(states.dtype)[:, None, :]
    return (weights @ states)[:, 0].float() / there.sum(dim=1, keepdim=True)


def _mask(there: Tensor, kind: torch.dtype) -> Tensor:
    """(n, length) booleans to what is added to attention: (n, 1, 1, length)."""
    return torch.zeros(there.shape, dtype=kind, device=there.device).masked_fill(~there, -1e4)[:, None, None, :]


def _put(module: nn.Module, name: str, tensor: Tensor) -> None:
    setattr(module, name, nn.Parameter(tensor.detach(), requires_grad=False))
