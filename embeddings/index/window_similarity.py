"""How alike any two windows of a generation are, against which a likeness of two can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class WindowSimilarityStats:
    """Mean and standard deviation of the cosine between any two windows of a generation."""

    mean: float
    spread: float

    @staticmethod
    def rows(count: int) -> NDArray[np.int64]:
        """Which of so many windows it is measured over: some, evenly spaced."""
        return np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64))

    @classmethod
    def of(cls, windows: NDArray[np.float32]) -> WindowSimilarityStats:
        """Measured over some of these windows: (windows, dimension)."""
        chosen = windows[cls.rows(len(windows))]
        if len(chosen) < 2:
            return cls(0.0, 1.0)
        cosines = (chosen @ chosen.T)[~np.eye(len(chosen), dtype=bool)]
        return cls(float(cosines.mean()), max(float(cosines.std()), 1e-3))
