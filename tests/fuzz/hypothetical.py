"""The engine that is always there: hypothesis makes inputs out of a target's seeds and tokens, and shrinks findings."""

from __future__ import annotations

import hashlib
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.fuzz.target import FOUND, Check, Target, bounded

_EXAMPLES = 500  # a round, after which the clock is looked at
_MOST_FINDINGS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that failed, what it raised, and where it is kept."""

    error: str
    file: Path


class Explorer:
    """Checks inputs until the time is over; what has failed in one way does not fail in that way again.

    `current` is told every input before it is tried, so that one that ends the process is known.
    """

    def __init__(self, target: Target, check: Check, current: Callable[[bytes], None] = lambda data: None) -> None:
        self._target = target
        self._check = check
        self._current = current
        self._known = set[str]()
        self._latest: tuple[bytes, str, str] | None = None
        self.executions = 0
        self.findings: list[Finding] = []

    def explore(self, seconds: float, seed: int) -> None:
        """Go on for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(self.findings) < _MOST_FINDINGS:
            self._round(seed, end)
            seed += 1

    def _round(self, seed: int, end: float) -> None:
        @seeded(seed)
        @settings(
            max_examples=_EXAMPLES,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(inputs(self._target))
        def run(data: bytes) -> None:
            if time.monotonic() < end:
                self._try(data)

        try:
            run()
        except Exception:
            # Hypothesis tries what it has shrunk once more before it lets the error out: that one is the smallest.
            assert self._latest is not None
            data, error, kind = self._latest
            self._known.add(kind)
            self.findings.append(Finding(error, keep(self._target.name, data)))

    def _try(self, data: bytes) -> None:
        self.executions += 1
        self._current(data)
        try:
            with bounded():
                self._check(data)
        except Exception as error:
            kind = _kind(error)
            if kind in self._known:
                return
            self._latest = (data, f"{type(error).__name__}: {error}"[:300], kind)
            raise


def keep(name: str, data: bytes) -> Path:
    """Save an input that failed."""
    file = FOUND / name / hashlib.sha256(data).hexdigest()[:16]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Bytes made of tokens, of pieces that are repeated often, of any text and any bytes; and seeds changed by them."""
    tokens = st.sampled_from(target.tokens)
    text = st.text(max_size=12).map(lambda chosen: chosen.encode("utf-8", "replace"))
    letter = st.sampled_from(target.tokens).map(lambda token: token[:1])
    repeated = st.builds(bytes.__mul__, st.one_of(tokens, letter), st.integers(2, 400))
    piece = st.one_of(tokens, tokens, text, repeated, st.binary(max_size=8))
    made = st.lists(piece, max_size=25).map(b"".join)
    changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), piece), max_size=6)
    return st.one_of(made, st.builds(_changed, st.sampled_from(target.seeds), changes))


def _changed(seed: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, removed, piece in changes:
        at = int(where * len(seed))
        seed = seed[:at] + piece + seed[at + removed :]
    return seed


def _kind(error: Exception) -> str:
    """What makes two failures the same: the error's class and the last line of ours on the way to it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    last = frames[-1] if frames else None
    return f"{type(error).__name__} {last.filename if last else ''}:{last.lineno if last else 0}"
