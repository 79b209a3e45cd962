"""How quickly passages and windows become vectors, against what sentence-transformers does without being told more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.models.sentence_model import quiet
from tests.bench.report import Bars, Section, number
from tests.bench.turns import Turns, timed

PROMPT = "passage: "

_OURS, _THEIRS = "this product", "sentence-transformers, float32"


class PassageEncoder(Protocol):
    """What of an encoder is measured."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension), in the order of `texts`."""
        ...


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one kind; `tokens` is how many the model reads of all of them together."""

    kind: str
    texts: tuple[str, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds that both took, round by round, and the smallest cosine between their vectors of the same text."""

    of: Texts
    turns: Turns
    cosine: float


def plain_encoder(model: Path) -> tuple[Callable[[str, Sequence[str]], NDArray[np.float32]], Callable[[str], int]]:
    """sentence-transformers with its defaults over a model's directory: what encodes texts below a prompt to
    (n, dimension), and what counts the tokens that are read of one."""
    with quiet():
        from sentence_transformers import SentenceTransformer

        transformer = SentenceTransformer(str(model), device="cpu", local_files_only=True)

    def encode(prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = transformer.encode([prompt + text for text in texts], show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    def tokens(text: str) -> int:
        read = len(transformer.tokenizer(text, verbose=False)["input_ids"])
        return min(read, int(transformer.max_seq_length or read))

    return encode, tokens


def spread(texts: Sequence[str], count: int) -> tuple[str, ...]:
    """At most `count` of the texts, evenly from beginning to end."""
    chosen = np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int)
    return tuple(texts[row] for row in dict.fromkeys(chosen.tolist()))


def measure(
    ours: PassageEncoder,
    theirs: Callable[[Sequence[str]], NDArray[np.float32]],
    kinds: Sequence[Texts],
    rounds: int,
) -> tuple[Speed, ...]:
    """Both over each kind by turns, after a few texts that count for nothing: what is loaded late is loaded then."""
    speeds = []
    for kind in kinds:
        first = kind.texts[:2]
        ours.encode_passages(first)
        theirs(first)
        kept: dict[str, NDArray[np.float32]] = {}
        ways = {_OURS: _keep(kept, _OURS, ours.encode_passages, kind), _THEIRS: _keep(kept, _THEIRS, theirs, kind)}
        turns = timed(ways, rounds)
        speeds.append(Speed(kind, turns, _smallest_cosine(kept[_OURS], kept[_THEIRS])))
    return tuple(speeds)


def _keep(
    kept: dict[str, NDArray[np.float32]],
    name: str,
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    kind: Texts,
) -> Callable[[], None]:
    def call() -> None:
        kept[name] = encode(kind.texts)

    return call


def _smallest_cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return float(((one * other).sum(axis=1) / lengths).min())


def section(speeds: Sequence[Speed]) -> Section:
    """The speeds as a table, ratios first."""
    rows = tuple(
        (
            f"{speed.of.kind} ({len(speed.of.texts)}, {speed.of.tokens / len(speed.of.texts):.0f} tokens each)",
            f"{speed.turns.ratio(_THEIRS, _OURS):.2f}",
            number(speed.of.tokens / speed.turns.median(_OURS)),
            number(speed.of.tokens / speed.turns.median(_THEIRS)),
            f"{speed.cosine:.5f}",
        )
        for speed in speeds
    )
    ratios = tuple((f"this product, {s.of.kind}", s.turns.ratio(_THEIRS, _OURS)) for s in speeds)
    return Section(
        "Encoding",
        ("what", "tokens/s over sentence-transformers'", "tokens/s", f"tokens/s, {_THEIRS}", "smallest cosine"),
        rows,
        (
            "The same texts by turns; sentence-transformers with its defaults over the same weights. "
            f"Rounds: {len(speeds[0].turns.figures[_OURS])}.",
        ),
        (
            Bars(
                "encoding", "Encoding passages and windows", "tokens/s over sentence-transformers' (float32)", ratios, 1
            ),
        ),
    )
