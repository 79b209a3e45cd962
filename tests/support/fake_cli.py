"""The real command line in a process of its own, but for the encoder: `python -m tests.support.fake_cli ARGUMENTS`.

`SIYU_TEST_PACE` makes every batch of passages take that many seconds, so that a reindex of a few articles lasts;
`SIYU_TEST_UNTIL` names a file for whose coming it waits. `SIYU_TEST_DIE` is `N SECONDS`: so long after its N-th
dealing with a file a reindex is ended by kill -9; `SIYU_TEST_COUNT` names a file that is told how many there were.
With `SIYU_TEST_REAL` even the encoder is the real one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import cli
from bot.answering import service
from bot.config import Settings
from embeddings.refusal.confidence import Calibration
from tests.support.fakes import FakeEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embeddings.index.indexer import Progress as Report
    from embeddings.index.indexer import Summary
    from embeddings.models.encoder import Progress

PACE = "SIYU_TEST_PACE"
UNTIL = "SIYU_TEST_UNTIL"
DIE = "SIYU_TEST_DIE"
COUNT = "SIYU_TEST_COUNT"
REAL = "SIYU_TEST_REAL"

_DEALINGS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "sqlite3.connect"})


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


class MortalService(service.Service):
    """A Service whose reindex may be killed at a chosen dealing with a file, whatever the machine's speed."""

    def reindex(self, *, full: bool = False, progress: Report | None = None) -> Summary:
        """As Service."""
        at, after = os.environ.get(DIE, "0 0").split()
        seen = 0

        def count(event: str, _: object) -> None:
            nonlocal seen
            if event in _DEALINGS:
                seen += 1
                if seen == int(at):
                    threading.Timer(float(after), os.kill, (os.getpid(), signal.SIGKILL)).start()

        sys.addaudithook(count)
        summary = super().reindex(full=full, progress=progress)
        if COUNT in os.environ:
            told = seen
            Path(os.environ[COUNT]).write_text(str(told), encoding="utf-8")
        return summary


class PacedService(MortalService):
    """A Service on the paced encoder, with a calibration that suits it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            settings,
            encoder_factory=PacedEncoder,
            identity=FakeEncoder.identity,
            calibration=Calibration(bias=-1.2, weights={"excess": 1.0}),
        )


if __name__ == "__main__":
    chosen = MortalService if REAL in os.environ else PacedService
    setattr(service, "Service", chosen)  # noqa: B010 - mypy has it that a class cannot be assigned to
    cli.main()
