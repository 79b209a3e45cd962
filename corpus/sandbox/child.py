"""The process in which untrusted files are parsed, under limits that are set anew for every file.

`python -m corpus.sandbox.child SECONDS BYTES` says `ready`, then takes one request a line on its standard input and
gives one answer a line, both as `corpus.sandbox.wire_format` writes them. It ends where a file has used up its
processor time (seconds) or memory (bytes); whoever started it goes on with another one.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from corpus.model import Skipped
from corpus.parsing.articles import explain, parse_or_skip
from corpus.parsing.files import FoundFile
from corpus.sandbox.inspection import inspect_or_skip
from corpus.sandbox.wire_format import Answer, Request, to_line

READY = b"ready\n"


def main(arguments: list[str]) -> int:
    """Answer requests until standard input ends; the exit code."""
    seconds, memory = map(int, arguments)
    # What a library prints must not get between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.basicConfig(level=logging.WARNING)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _send(out, READY)
    for line in sys.stdin.buffer:
        request = Request.from_line(line)
        _allow(seconds)
        try:
            _send(out, to_line(_answer(request)))
        except MemoryError:
            _send(out, to_line(Skipped(request.path, "文件太复杂，内存不够用：请拆成几个小文件")))
            return 1  # what was left of the memory may be in pieces
    return 0


def _send(out: BinaryIO, line: bytes) -> None:
    out.write(line)
    out.flush()


def _answer(request: Request) -> Answer:
    if request.passage_length is None:
        return (explain if request.explains else parse_or_skip)(FoundFile(request.path, Path(request.file)))
    return inspect_or_skip(Path(request.file), passage_length=request.passage_length)


def _limit(what: int, most: int, *, hard: bool = True) -> None:
    """Set one of the system's limits of this process for good, or, not `hard`, so that it can be set again."""
    with suppress(ValueError, OSError):  # not every system has every limit, and time is limited from outside as well
        ceiling = most if hard else resource.getrlimit(what)[1]
        resource.setrlimit(what, (most, ceiling))


def _allow(seconds: int) -> None:
    """So much more processor time from now on; the system ends whoever takes longer."""
    spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _limit(resource.RLIMIT_CPU, int(spent) + 1 + seconds, hard=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
