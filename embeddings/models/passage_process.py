"""Many passages to vectors in a process of their own, whose memory returns to the system."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

import embeddings
from embeddings.errors import ModelUnavailable
from embeddings.models.sentence_encoder import Progress

_ROOT = Path(embeddings.__file__).parents[1]
_SECRETS = ("TOKEN", "SECRET", "KEY")

logger = logging.getLogger(__name__)


class EncodingStopped(ModelUnavailable):
    """The process ended before it had answered."""

    def __init__(self, code: int) -> None:
        why = "被系统结束，多半是内存不够" if code < 0 else f"退出码 {code}"
        super().__init__(
            f"编码文字的进程中断了（{why}）。已经编码的都留着，现有索引不受影响："
            "请留出约 1.5 GB 内存，再运行一次 siyu reindex。"
        )


class _Child(NamedTuple):
    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]


class PassageProcess:
    """Encodes passages of the model that `settings` name, as JSON, whose files are below `models_dir`; safe to share.

    The process starts with the first texts and ends by itself when it has been idle for so
    many seconds, or with this one.
    """

    def __init__(self, settings: str, models_dir: Path, *, idle: float = 20.0) -> None:
        self._arguments = (str(models_dir), settings, str(idle))
        self._turns = threading.Lock()
        self._child: _Child | None = None

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, dimension) unit rows in the order of `texts`; `progress` gets (texts done, texts in all).

        Whatever `progress` raises ends the process. Raises ModelUnavailable.
        """
        with self._turns:
            try:
                return self._encoded(json.dumps(list(texts)).encode() + b"\n", len(texts), progress)
            except BaseException:
                self._end()
                raise

    def _encoded(self, request: bytes, count: int, progress: Progress | None) -> NDArray[np.float32]:
        child = used = self._child
        line = _asked(used, request) if used else b""
        if not line:  # there is none, or it had been idle and has ended
            self._end()
            child = self._start()
            line = _asked(child, request)
        assert child is not None
        return _answer(child, line, count, progress)

    def _start(self) -> _Child:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-P", "-m", "embeddings.models.passage_child", *self._arguments],
            env={name: value for name, value in os.environ.items() if not name.endswith(_SECRETS)}
            | {"PYTHONPATH": str(_ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._child = _Child(process, process.stdin, process.stdout)
        self._ending = weakref.finalize(self, _end, self._child)
        logger.info("passages are encoded by process %d", process.pid)
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child = None
            self._ending()


def _asked(child: _Child, request: bytes) -> bytes:
    """The first line of the answer; empty where the process has ended."""
    with suppress(BrokenPipeError):
        child.requests.write(request)
        child.requests.flush()
    return child.answers.readline()


def _answer(child: _Child, line: bytes, count: int, progress: Progress | None) -> NDArray[np.float32]:
    while line.endswith(b"\n"):
        kind, _, rest = line.decode().strip().partition(" ")
        if kind == "failed":
            raise ModelUnavailable(json.loads(rest))
        if kind == "vectors":
            rows, columns = map(int, rest.split())
            content = child.answers.read(4 * rows * columns)
            if len(content) != 4 * rows * columns or rows != count:
                break
            return np.frombuffer(content, "<f4").reshape(rows, columns).astype(np.float32)
        if progress is not None:
            progress(int(rest), count)
        line = child.answers.readline()
    raise EncodingStopped(child.process.wait())


def _end(child: _Child) -> None:
    child.process.kill()
    child.process.wait()
    child.answers.close()
    with suppress(BrokenPipeError):
        child.requests.close()
