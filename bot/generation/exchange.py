"""One request to a model and its answer: pieces to lines, and every line to the checks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from bot.generation.gateway import Model
from bot.generation.model import Outcome, Statement
from bot.generation.outcomes import End, Piece, Tokens
from bot.generation.prompt import Prompt
from bot.generation.stream import Line, LineReader
from bot.generation.verification import Checker

_TOKENS_A_CHARACTER = 0.7
"""Of Chinese in the vocabularies of today, rather too many than too few."""


def estimate(characters: int) -> int:
    """About how many tokens a text of so many characters is."""
    return round(_TOKENS_A_CHARACTER * characters)


class Exchange:
    """Of one request. `began` is by the monotonic clock; `drafted` is called with all that may be shown, when it grows.

    The checks take tens of milliseconds a line and run beside the event loop.
    """

    def __init__(
        self,
        prompt: Prompt,
        checker: Checker,
        *,
        began: float,
        drafted: Callable[[tuple[Statement, ...]], None],
    ) -> None:
        self._prompt = prompt
        self._checker = checker
        self._began = began
        self._drafted = drafted
        self._lines = LineReader()
        self._characters = 0
        self._counted: Tokens | None = None
        self._shown = 0
        self.first_line: float | None = None

    @property
    def tokens(self) -> Tokens:
        """What it has cost so far: as the endpoint says, unless that is beyond belief, else by its length."""
        likely, told = Tokens(estimate(self._prompt.length), estimate(self._characters)), self._counted
        return told if told is not None and likely.total / 4 <= told.total <= 20 * likely.total else likely

    async def read(self, model: Model) -> Outcome:
        """Ask the model and check what it says until it ends, or nothing more can be shown. Raises ModelFailed."""
        async with aclosing(model.write(self._prompt.messages)) as events:
            async for event in events:
                if isinstance(event, End):
                    self._counted = event.tokens
                    await self._check(self._lines.close(complete=event.whole))
                    break
                if isinstance(event, Piece):
                    self._characters += len(event.text)
                    await self._check(self._lines.feed(event.text))
                else:
                    self._characters += event.characters
                if self._checker.over:
                    break
        return await asyncio.to_thread(self._checker.finish)

    async def _check(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            await asyncio.to_thread(self._checker.check, line)
            shown = self._checker.shown
            if len(shown) > self._shown and not self._checker.over:
                self._shown = len(shown)
                self.first_line = self.first_line or time.monotonic() - self._began
                self._drafted(shown)
