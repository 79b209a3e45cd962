"""Inspects a file from the chat in the sandbox, so that no file can stop, slow or exhaust the bot."""

from __future__ import annotations

import asyncio
import logging
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from pathlib import Path

from bot.errors import BotError
from corpus.model import Article, Skipped
from corpus.sandbox.inspection import Inspection
from corpus.sandbox.process import MEMORY, command, environment
from corpus.sandbox.wire_format import Answer, Request, from_line

logger = logging.getLogger(__name__)

_DAMAGED = "读取时出错，文件可能已损坏：请打开它另存一份再发"
_TOO_LONG = "文件太复杂，读了很久也没读完：请拆成几个小文件，或另存为纯文字"


class Unreadable(BotError):
    """A file that gives no article; the message says why and what helps."""


class Inspector:
    """Inspects files, two at a time. `seconds` are wall time and processor time, `memory` bytes of address space.

    `program` stands in for the sandbox's own process, for tests.
    """

    def __init__(
        self,
        *,
        passage_length: int,
        seconds: float = 40.0,
        memory: int = MEMORY,
        program: Sequence[str] | None = None,
    ) -> None:
        self._passage_length = passage_length
        self._seconds = seconds
        self._program = program or command(seconds=max(1, round(seconds)), memory=memory)
        self._room = asyncio.Semaphore(2)

    async def inspect(self, file: Path) -> Inspection:
        """What the file would give as an article. Raises Unreadable."""
        answer = await self._answer(Request(file.name, str(file), self._passage_length))
        if isinstance(answer, Inspection):
            return answer
        raise Unreadable(_DAMAGED)

    async def lines(self, file: Path) -> tuple[str, ...]:
        """What the file says, a row of a table as one line. Raises Unreadable."""
        answer = await self._answer(Request(file.name, str(file)))
        if isinstance(answer, Article):
            return tuple(block.text for section in answer.sections for block in section.blocks)
        raise Unreadable(_DAMAGED)

    async def _answer(self, request: Request) -> Answer | None:
        """What the process says to a request, None where it cannot be understood. Raises Unreadable."""
        async with self._room:
            output = await self._output(request)
        try:
            answer = from_line(output.partition(b"\n")[2])
        except (ValueError, TypeError, KeyError):
            logger.warning("an inspection gave %s bytes that are none", len(output))
            return None
        if isinstance(answer, Skipped):
            raise Unreadable(answer.reason)
        return answer

    async def _output(self, request: Request) -> bytes:
        """All that a process of its own says to one request."""
        process = await asyncio.create_subprocess_exec(
            *self._program, env=environment(), stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        try:
            async with asyncio.timeout(self._seconds):
                output, errors = await process.communicate(request.to_line())
        except TimeoutError:
            raise Unreadable(_TOO_LONG) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
            logger.warning("a file could not be inspected (exit code %s): %.200s", process.returncode, last)
        return output
