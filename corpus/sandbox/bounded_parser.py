"""Many files parsed so that none can stop, slow down or exhaust whoever indexes a corpus."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import subprocess
import time
from typing import Self

from corpus.errors import CorpusError
from corpus.model import Article, Skipped
from corpus.parsing.articles import Explanation
from corpus.parsing.files import FoundFile
from corpus.sandbox.child import READY
from corpus.sandbox.process import MEMORY, command, environment
from corpus.sandbox.wire_format import Answer, Request, from_line

logger = logging.getLogger(__name__)

_AT_ONCE = 1 << 16
_START = 60.0  # seconds

_TOO_LONG = "文件太复杂，读了很久也没读完：请拆成几个小文件，或另存为纯文字"
_CRASHED = "读取程序被它弄垮了：文件已损坏或太复杂，请另存一份，或拆成几个小文件"


class ParserUnavailable(CorpusError):
    """No process for parsing could be started."""

    def __init__(self) -> None:
        super().__init__("读文章的进程起不来：请检查内存是否够用、程序是否装完整，再试一次。")


class BoundedParser:
    """Parses files in a child process, which is replaced when a file has ended it.

    A file may take `seconds` of processor time, `patience` seconds in all (a disk may hang) and `memory` bytes of
    address space. To be used as a context; the child starts with it, while others may still prepare.
    """

    def __init__(self, *, seconds: int = 60, patience: float = 300.0, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
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
        answer = self._asked(file, Request(file.path, str(file.file)))
        return answer if isinstance(answer, Article | Skipped) else self._wrong(file)

    def explain(self, file: FoundFile) -> Explanation:
        """What becomes of one file. Raises ParserUnavailable."""
        answer = self._asked(file, Request(file.path, str(file.file), explains=True))
        if isinstance(answer, Explanation):
            return answer
        return Explanation((answer if isinstance(answer, Skipped) else self._wrong(file)).reason, ())

    def _asked(self, file: FoundFile, request: Request) -> Answer | None:
        """The answer; None for what is none."""
        line = self._answer(request)
        if line is None or not line.endswith(b"\n"):
            return Skipped(file.path, self._why(file, in_time=line is not None))
        try:
            return from_line(line)
        except (ValueError, KeyError, TypeError):
            return None

    def _wrong(self, file: FoundFile) -> Skipped:
        logger.warning("%s gave an answer to another question", file.path)
        return Skipped(file.path, _CRASHED)

    def _answer(self, request: Request) -> bytes | None:
        """The child's answer: a whole line, less where it has ended, None where it took too long."""
        for _ in range(2):
            child = self._ready_child()
            assert child.stdin is not None
            try:
                child.stdin.write(request.to_line())
            except BrokenPipeError:  # it ended of itself after the last file
                self._end()
            else:
                return self._line(child, self._patience)
        raise ParserUnavailable

    def _ready_child(self) -> subprocess.Popen[bytes]:
        child = self._child or self._start()
        # To come up may take a while on a busy machine, and says nothing about a file.
        if not self._ready and self._line(child, max(self._patience, _START)) != READY:
            self._end()
            raise ParserUnavailable
        self._ready = True
        return child

    def _start(self) -> subprocess.Popen[bytes]:
        self._ready = False
        self._child = subprocess.Popen(  # noqa: S603 - our own command
            command(seconds=self._seconds, memory=self._memory),
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # bytes that wait for a child that is gone would make closing its pipe fail
        )
        return self._child

    def _line(self, child: subprocess.Popen[bytes], patience: float) -> bytes | None:
        assert child.stdout is not None
        deadline, parts = time.monotonic() + patience, [b""]
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while not parts[-1].endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return None
                parts.append(os.read(child.stdout.fileno(), _AT_ONCE))
                if not parts[-1]:
                    break
        return b"".join(parts)

    def _why(self, file: FoundFile, *, in_time: bool) -> str:
        """Why there is no answer; the child is gone afterwards."""
        assert self._child is not None
        code = self._child.wait() if in_time else None
        self._end()
        logger.warning("parsing %s ended its process (exit code %s)", file.path, code)
        return _TOO_LONG if code in (None, -signal.SIGXCPU, -signal.SIGKILL) else _CRASHED

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            with self._child:  # closes the pipes and waits
                pass
            self._child = None
