"""Looks into a file in a child process with limits, so that no file can stop, slow or exhaust the bot."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import corpus
from bot.errors import BotError
from corpus.sandbox.inspection import Inspection

logger = logging.getLogger(__name__)

_GIBIBYTE = 1024**3
_ROOT = Path(corpus.__file__).parents[1]
# What a Python process needs to find itself. The token and every other secret stay out of it.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class Unreadable(BotError):
    """A file that gives no article; the message says why and what helps."""


class Inspector:
    """Inspects files, two at a time. `seconds` are wall time, `memory` bytes of address space.

    `command` is what follows the interpreter, for tests.
    """

    def __init__(
        self,
        *,
        passage_length: int,
        seconds: float = 40.0,
        memory: int = _GIBIBYTE,
        command: Sequence[str] = ("-P", "-m", "corpus.sandbox.inspection"),
    ) -> None:
        self._limits = (str(passage_length), str(max(1, round(seconds))), str(memory))
        self._seconds = seconds
        self._command = tuple(command)
        self._room = asyncio.Semaphore(2)

    async def inspect(self, file: Path) -> Inspection:
        """What the file would give as an article. Raises Unreadable."""
        async with self._room:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                str(file),
                *self._limits,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": str(_ROOT)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(self._seconds):
                    output, errors = await process.communicate()
            except TimeoutError:
                raise Unreadable("文件太复杂，读了很久也没读完：请拆成几个小文件，或另存为纯文字") from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
            logger.warning("a file could not be inspected (exit code %s): %.200s", process.returncode, last)
            raise Unreadable("读取时出错，文件可能已损坏：请打开它另存一份再发")
        return _inspection(output)


def _inspection(output: bytes) -> Inspection:
    try:
        document = json.loads(output)
        if reason := document.get("error"):
            raise Unreadable(str(reason))
        return Inspection.from_document(document)
    except (ValueError, TypeError, KeyError, AttributeError):
        logger.warning("an inspection gave %s bytes that are no inspection", len(output))
        raise Unreadable("读取时出错，文件可能已损坏：请打开它另存一份再发") from None
