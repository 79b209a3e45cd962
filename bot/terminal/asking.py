"""Questions at a terminal: the service's answers, worded by a language model where one is configured."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.answering.composers import Composer, Extractive, Shown
from bot.answering.material import Material
from bot.answering.service import Service
from bot.model import Answer

if TYPE_CHECKING:
    from bot.generation.attempt import Attempt
    from bot.generation.writer import Writer


class Asking:
    """`with` opens and closes what writing needs. `ask` may be called from one thread only."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._runner = asyncio.Runner()
        self._writer: Writer | None = None
        self._composer: Composer = Extractive()

    def __enter__(self) -> Self:
        if self._service.settings.answering.llm.enabled:
            try:
                self._composer = self._writer = self._runner.run(self._opened())
            except BaseException:
                self._runner.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._runner.run(self._writer.close())
        self._runner.close()

    def ask(self, question: str, history: Sequence[str] = (), *, shown: Shown = lambda statements: None) -> Answer:
        """The answer to a question after earlier ones, oldest first; `shown` is told of what is written as it comes."""
        answer = self._service.ask(question, history)
        if not self._composer.composes(answer):
            return answer
        return self._runner.run(self._composer.compose(answer, shown=shown))

    def composes(self, answer: Answer) -> bool:
        """Whether an answer would be written."""
        return self._composer.composes(answer)

    def attempt(self, answer: Answer) -> Attempt:
        """What comes of writing an answer. Only where a language model is configured."""
        assert self._writer is not None
        return self._runner.run(self._writer.write(answer))

    async def _opened(self) -> Writer:
        from bot.generation.budget import Memory  # noqa: PLC0415
        from bot.generation.setup import make_writer  # noqa: PLC0415

        writer = make_writer(
            self._service.settings.answering.llm,
            self._material,
            Memory(),
            today=self._service.local_time.today,
            search=self._again,
        )
        await writer.open()
        return writer

    async def _material(self, answer: Answer) -> tuple[Material, ...]:
        return await asyncio.to_thread(self._service.material, answer)

    async def _again(self, question: str) -> Answer:
        return await asyncio.to_thread(self._service.ask, question)
