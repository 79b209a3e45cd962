"""Reading files one after the other in a process of its own, under limits that are set anew for every file.

`python -m corpus.sandbox.child SECONDS BYTES` says `ready`, then takes one JSON object a line on its standard input,
the path and the place of a file, and answers each with a line of `corpus.sandbox.wire_format`. It ends where a file has
used up its processor time (seconds) or memory (bytes); whoever started it goes on with another one.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from pathlib import Path

from corpus.model import Article, Skipped
from corpus.parsing.articles import read_or_skip
from corpus.parsing.files import FoundFile
from corpus.sandbox.resource_limits import limit
from corpus.sandbox.wire_format import to_line

READY = b"ready\n"


def main(arguments: list[str]) -> int:
    """Read until standard input ends; the exit code."""
    seconds, memory = map(int, arguments[:2])
    # What a library prints must not get between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.basicConfig(level=logging.WARNING)
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    out.write(READY)
    out.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _allow(seconds)
        read = _read(FoundFile(request["path"], Path(request["file"])))
        out.write(to_line(read or Skipped(request["path"], "文件太复杂，内存不够用：请拆成几个小文件")) + b"\n")
        out.flush()
        if read is None:
            return 1  # what was left of the memory may be in pieces
    return 0


def _read(file: FoundFile) -> Article | Skipped | None:
    try:
        return read_or_skip(file)
    except MemoryError:
        return None


def _allow(seconds: int) -> None:
    """So much more processor time from now on; the system ends whoever takes longer."""
    spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    limit(resource.RLIMIT_CPU, int(spent) + 1 + seconds, hard=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
