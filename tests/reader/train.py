"""Training: groups to weights, resumable to the step, the same from the same seed.

Each step takes groups of every source. The loss is listwise (the texts that answer against all of their group and
against that none does) plus binary (each text by itself). Weights and moments are kept in single precision,
the computing is in bfloat16; lower states are kept per text, since the lower layers do not change.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from embeddings.evaluation.metrics import area_under_curve
from embeddings.reader.network import Batch, LowerLayers, UpperLayers
from embeddings.reader.reader import QUESTION_TOKENS, TEXT_TOKENS
from tests.reader.data import Group

JOINED_AT = 6

_MEASURED = {"own": 30, "units": 90, "mrc": 25}  # groups that are measured on while training
_REPEATED = {"aspects_development": 4}  # times that what is rare is learnt in an epoch
_WORDS = ("parts", "firsts.weight")
_ODDS = ("alike", "firsts.bias")


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is trained: steps; groups a step of windows, of units and of reading comprehension; texts drawn of each
    that answer and that do not; peak learning rate of the layers (the head learns faster) and steps until it is
    reached; seed; pairs computed at once."""

    steps: int
    own: int = 2
    units: int = 6
    mrc: int = 2
    right: int = 1
    wrong: int = 4
    rate: float = 1e-4
    warm: int = 40
    seed: int = 0
    together: int = 24


class Texts:
    """Lower states by text, computed once."""

    def __init__(self, tokenizer: Any, lower: LowerLayers) -> None:
        self._tokenizer = tokenizer
        self._lower = lower
        self._states: dict[str, Tensor] = {}

    def questions(self, texts: Sequence[str]) -> list[Tensor]:
        """Of questions."""
        return self._of([f"query: {text}" for text in texts], QUESTION_TOKENS)

    def texts(self, texts: Sequence[str]) -> list[Tensor]:
        """Of texts."""
        return self._of([f"passage: {text}" for text in texts], TEXT_TOKENS)

    def _of(self, texts: Sequence[str], longest: int) -> list[Tensor]:
        missing = sorted({text for text in texts if text not in self._states}, key=len)
        for start in range(0, len(missing), 16):
            batch = missing[start : start + 16]
            tokens = self._tokenizer(batch, truncation=True, max_length=longest)["input_ids"]
            for text, states in zip(batch, self._lower(tokens), strict=True):
                self._states[text] = states.clone()
        return [self._states[text] for text in texts]


class Trainer:
    """Trains upper layers over a frozen encoder; `directory` holds the checkpoint and the log.

    `start` are the weights to begin with, by the names of `UpperLayers`, instead of the encoder's own.
    """

    def __init__(
        self,
        tokenizer: Any,
        parameters: Mapping[str, Tensor],
        plan: Plan,
        directory: Path,
        joined_at: int = JOINED_AT,
        *,
        start: Mapping[str, Tensor] | None = None,
    ) -> None:
        half = {name: tensor.detach().bfloat16() for name, tensor in parameters.items()}
        self.texts = Texts(tokenizer, LowerLayers(half, joined_at))
        whole = {name: tensor.detach().float() for name, tensor in parameters.items()}
        first = start or UpperLayers.of_bert(whole, joined_at).state_dict()
        self._masters = {name: tensor.detach().clone() for name, tensor in first.items()}
        self.network = UpperLayers.of_bert(half, joined_at).bfloat16()
        self._inner = len(whole["encoder.layer.0.intermediate.dense.weight"])
        self._plan = plan
        self._directory = directory
        self._step = 0
        groups: dict[float, list[Tensor]] = {1.0: [], 10.0: [], 150.0: []}
        for name, tensor in self._masters.items():
            groups[10.0 if name in _WORDS else 150.0 if name in _ODDS else 1.0].append(tensor)
        self._factors = list(groups)
        self._optimizer = torch.optim.AdamW(
            [{"params": tensors} for tensors in groups.values()],
            lr=plan.rate,
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        self._resume()
        self._copy()

    def train(self, sources: Mapping[str, Sequence[Group]], *, save_every: int = 50) -> None:
        """From where the checkpoint stands to the end of the plan; `sources` are groups by the plan's names."""
        kept = {name: _every(groups, _MEASURED[name]) for name, groups in sources.items()}
        streams = [
            _stream(_learnt(groups), getattr(self._plan, name), self._plan.seed, self._step)
            for name, groups in sources.items()
        ]
        started, running, tokens = time.monotonic(), 0.0, 0
        while self._step < self._plan.steps:
            groups = [group for stream in streams for group in next(stream)]
            loss, read = self._learn(groups)
            running, tokens = running + loss, tokens + read
            self._step += 1
            if self._step % 10 == 0:
                pace = tokens / (time.monotonic() - started)
                print(f"step {self._step} loss {running / 10:.4f} {pace:.0f} tokens/s", flush=True)
                started, running, tokens = time.monotonic(), 0.0, 0
            if self._step % save_every == 0 or self._step == self._plan.steps:
                self._save()
                self._tell(kept)

    def layers(self) -> UpperLayers:
        """The layers as they are now, in single precision."""
        layers = UpperLayers.empty(width=self.network.parts.shape[1], inner=self._inner, count=len(self.network.layers))
        layers.load_state_dict(self._masters)
        return layers

    def _learn(self, groups: Sequence[Group]) -> tuple[float, int]:
        chance = random.Random(f"{self._plan.seed}-{self._step}")
        asked = [chance.choice(group.questions) for group in groups]
        groups = [_drawn(group, self._plan, chance) for group in groups]
        odds, read = self._odds(groups, asked)
        losses = [loss(own, torch.tensor(group.answers)) for own, group in zip(odds, groups, strict=True)]
        total = torch.stack(losses).mean()
        self.network.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        for name, parameter in self.network.named_parameters():
            self._masters[name].grad = parameter.grad.float() if parameter.grad is not None else None
        torch.nn.utils.clip_grad_norm_(list(self._masters.values()), 1.0)
        for factor, group in zip(self._factors, self._optimizer.param_groups, strict=True):
            group["lr"] = self._rate() * factor
        self._optimizer.step()
        self._copy()
        return float(total.detach()), read

    def _odds(self, groups: Sequence[Group], asked: Sequence[str]) -> tuple[list[Tensor], int]:
        """The odds of each group's texts, and how many tokens were read."""
        questions = self.texts.questions(asked)
        pairs = [
            (question, text)
            for question, group in zip(questions, groups, strict=True)
            for text in self.texts.texts(group.texts)
        ]
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][1]))
        parts, read = [], 0
        for start in range(0, len(order), self._plan.together):
            batch = [pairs[at] for at in order[start : start + self._plan.together]]
            one, other = Batch.of([q for q, _ in batch]), Batch.of([t for _, t in batch])
            parts.append(self.network(one, other))
            read += one.there.numel() + other.there.numel()
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return list(torch.split(torch.cat(parts)[back], [len(group.texts) for group in groups])), read

    def _rate(self) -> float:
        warm = min(1.0, (self._step + 1) / self._plan.warm)
        return self._plan.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self._step / self._plan.steps)))

    def _tell(self, kept: Mapping[str, Sequence[Group]]) -> None:
        """What it does on groups that it does not learn from."""
        figures: dict[str, float] = {}
        for name, groups in kept.items():
            with torch.no_grad():
                odds = [
                    own.tolist()
                    for at in range(0, len(groups), 8)
                    for own in self._odds(groups[at : at + 8], [g.questions[-1] for g in groups[at : at + 8]])[0]
                ]
            covered = [(o, g.answers) for o, g in zip(odds, groups, strict=True) if any(g.answers)]
            figures[f"{name} first"] = sum(a[o.index(max(o))] for o, a in covered) / len(covered)
            good = [one for o, a in covered for one, right in zip(o, a, strict=True) if right]
            bad = [one for o, a in covered for one, right in zip(o, a, strict=True) if not right]
            figures[f"{name} pairs"] = area_under_curve(good, bad)
            if uncovered := [max(o) for o, g in zip(odds, groups, strict=True) if not any(g.answers)]:
                figures[f"{name} covered"] = area_under_curve([max(o) for o, _ in covered], uncovered)
        told = {"step": self._step, **{name: round(value, 4) for name, value in figures.items()}}
        print(told, flush=True)
        with (self._directory / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(told) + "\n")

    def _save(self) -> None:
        """Weights, moments and step, replaced at once."""
        tensors = {f"weights.{name}": tensor for name, tensor in self._masters.items()}
        for name, tensor in self._masters.items():
            state = self._optimizer.state[tensor]
            tensors |= {f"{kind}.{name}": state[kind] for kind in ("exp_avg", "exp_avg_sq")}
        new = self._directory / "checkpoint.new"
        save_file(tensors, new, metadata={"step": str(self._step)})
        new.replace(self._directory / "checkpoint.safetensors")

    def _resume(self) -> None:
        file = self._directory / "checkpoint.safetensors"
        if not file.exists():
            return
        from safetensors import safe_open

        with safe_open(file, "pt") as opened:
            self._step = int(opened.metadata()["step"])
        tensors = load_file(file)
        with torch.no_grad():
            for name, tensor in self._masters.items():
                tensor.copy_(tensors[f"weights.{name}"])
                self._optimizer.state[tensor] = {
                    "step": torch.tensor(float(self._step)),
                    **{kind: tensors[f"{kind}.{name}"] for kind in ("exp_avg", "exp_avg_sq")},
                }

    def _copy(self) -> None:
        """The weights that compute are those that are kept in single precision."""
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                parameter.copy_(self._masters[name])


def loss(odds: Tensor, answers: Tensor) -> Tensor:
    """Of one group, (n,) and (n,): listwise, with one more that stands for no answer at odds of 0, and binary with
    both sorts weighing the same."""
    total = torch.logsumexp(functional.pad(odds, (0, 1)), 0)
    binary = functional.softplus(odds[~answers]).mean()
    if not answers.any():
        return total + binary
    binary = 0.5 * (binary + functional.softplus(-odds[answers]).mean())
    return total - torch.logsumexp(odds[answers], 0) + binary


def _learnt(groups: Sequence[Group]) -> list[Group]:
    """What an epoch holds."""
    return [group for group in groups if not group.kept for _ in range(_REPEATED.get(group.source, 1))]


def _stream(groups: Sequence[Group], size: int, seed: int, step: int) -> Iterator[list[Group]]:
    """Groups for each step from `step` on, every epoch in another order."""
    at = step * size
    orders: dict[int, list[int]] = {}
    while True:
        chosen = []
        for number in range(at, at + size):
            epoch, place = divmod(number, len(groups))
            if epoch not in orders:
                orders = {epoch: random.Random(f"{seed}-{epoch}").sample(range(len(groups)), len(groups))}
            chosen.append(groups[orders[epoch][place]])
        at += size
        yield chosen


def _every(groups: Sequence[Group], count: int) -> list[Group]:
    """About `count` of those that are kept, evenly spaced."""
    kept = [group for group in groups if group.kept]
    return kept[:: max(1, len(kept) // count)]


def _drawn(group: Group, plan: Plan, chance: random.Random) -> Group:
    """A group with no more texts of either sort than the plan says."""
    sorts = [[at for at, answers in enumerate(group.answers) if answers is sort] for sort in (True, False)]
    chosen = [
        at
        for sort, count in zip(sorts, (plan.right, plan.wrong), strict=True)
        for at in chance.sample(sort, min(count, len(sort)))
    ]
    return replace(
        group, texts=tuple(group.texts[at] for at in chosen), answers=tuple(group.answers[at] for at in chosen)
    )
