"""Files read so that none can stop, slow down or exhaust whoever reads a corpus."""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import corpus
from corpus.errors import CorpusError
from corpus.model import Article, Skipped
from corpus.parsing.files import FoundFile
from corpus.sandbox.child import READY
from corpus.sandbox.wire_format import from_line

logger = logging.getLogger(__name__)

_GIBIBYTE = 1024**3
_ROOT = Path(corpus.__file__).parents[1]
# What a Python process needs to find itself. The token and every other secret stay out of it.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")
_AT_ONCE = 1 << 16
_START = 60.0  # seconds

_TOO_LONG = "文件太复杂，读了很久也没读完：请拆成几个小文件，或另存为纯文字"
_CRASHED = "读取程序被它弄垮了：文件已损坏或太复杂，请另存一份，或拆成几个小文件"


class ParserUnavailable(CorpusError):
    """No process for reading could be started."""

    def __init__(self) -> None:
        super().__init__("读文章的进程起不来：请检查内存是否够用、程序是否装完整，再试一次。")


class BoundedParser:
    """Reads files in a child process, which is replaced when a file has ended it.

    A file may take `seconds` of processor time, `patience` seconds in all (a disk may hang) and `memory` bytes of
    address space. To be used as a context; the child starts with it, while others may still prepare.
    """

    def __init__(self, *, seconds: int = 60, patience: float = 300.0, memory: int = _GIBIBYTE) -> None:
        self._limits = (str(seconds), str(memory))
        self._patience = patience
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = False

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end()

    def __call__(self, file: FoundFile) -> Article | Skipped:
        """One file as an article, or why not. Raises ParserUnavailable."""
        if self._child is None:
            self._start()
        if not self._ready and self._line() != READY:
            self._end()
            raise ParserUnavailable
        self._ready = True
        line = self._ask(file)
        if line is None or not line.endswith(b"\n"):
            return Skipped(file.path, self._why(file, in_time=line is not None))
        try:
            return from_line(line)
        except (ValueError, KeyError, TypeError):
            logger.warning("%s gave %d bytes that are no article", file.path, len(line))
            return Skipped(file.path, _CRASHED)

    def _start(self) -> None:
        self._ready = False
        self._child = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-P", "-m", "corpus.sandbox.child", *self._limits],
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": str(_ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # bytes that wait for a child that is gone would make closing its pipe fail
        )

    def _ask(self, file: FoundFile) -> bytes | None:
        """The child's answer: a whole line, less where it has ended, None where it took too long."""
        assert self._child is not None
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps({"path": file.path, "file": str(file.file)}).encode() + b"\n")
        except BrokenPipeError:  # it ended of itself after the last file
            self._end()
            return self._ask_another(file)
        return self._line()

    def _ask_another(self, file: FoundFile) -> bytes | None:
        self._start()
        assert self._child is not None
        if self._line() != READY:
            raise ParserUnavailable
        self._ready = True
        return self._ask(file)

    def _line(self) -> bytes | None:
        assert self._child is not None
        assert self._child.stdout is not None
        # To come up may take a while on a busy machine, and says nothing about a file.
        patience = self._patience if self._ready else max(self._patience, _START)
        deadline, parts = time.monotonic() + patience, [b""]
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            while not parts[-1].endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return None
                parts.append(os.read(self._child.stdout.fileno(), _AT_ONCE))
                if not parts[-1]:
                    break
        return b"".join(parts)

    def _why(self, file: FoundFile, *, in_time: bool) -> str:
        """Why there is no answer; the child is gone afterwards."""
        assert self._child is not None
        code = self._child.wait() if in_time else None
        self._end()
        logger.warning("reading %s ended its process (exit code %s)", file.path, code)
        return _TOO_LONG if code in (None, -signal.SIGXCPU, -signal.SIGKILL) else _CRASHED

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            with self._child:  # closes the pipes and waits
                pass
            self._child = None
