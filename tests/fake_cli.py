"""The real command line in a process of its own, but for the encoder: `python -m tests.fake_cli ARGUMENTS`.

`SIYU_TEST_PACE` makes every batch of passages take that many seconds, so that a reindex of a few articles lasts;
`SIYU_TEST_UNTIL` names a file for whose coming it waits.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import cli, service
from bot.config import Settings
from embeddings.refusal import Calibration
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embeddings.encoder import Progress

PACE = "SIYU_TEST_PACE"
UNTIL = "SIYU_TEST_UNTIL"


class PacedEncoder(FakeEncoder):
    """Takes its time, in steps that report progress as a real one does."""

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """As FakeEncoder."""
        while UNTIL in os.environ and not Path(os.environ[UNTIL]).exists():
            time.sleep(0.02)
        for step in range(10):
            time.sleep(float(os.environ.get(PACE, "0")) / 10)
            if progress is not None:
                progress(len(texts) * step // 10, len(texts))
        return super().encode_passages(texts, progress=progress)


class PacedService(service.Service):
    """A Service on the paced encoder, with a calibration that suits it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            settings,
            encoder_factory=PacedEncoder,
            identity=FakeEncoder.identity,
            calibration=Calibration(bias=-1.2, weights={"excess": 1.0}),
        )


if __name__ == "__main__":
    setattr(service, "Service", PacedService)  # noqa: B010 - mypy has it that a class cannot be assigned to
    cli.main()
