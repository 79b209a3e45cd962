"""Whether the running bot can answer, asked from another thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.answering.answer_queue import AnswerQueue
from bot.state.self_healing import StateFile
from corpus.errors import SiyuError
from embeddings.index.generation_store import GenerationStore

_LOOP_PATIENCE = 2.0  # seconds that the event loop may take over its present step
_WORK_PATIENCE = 120.0  # seconds that a question may be in work or wait


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How things stand; `problems` is empty when all is well. Ages are in seconds, None where there is nothing yet."""

    problems: tuple[str, ...]
    generation: str | None
    generation_age_seconds: float | None
    queue: int
    last_update_seconds: float | None
    uptime_seconds: float

    @property
    def ok(self) -> bool:
        """Whether the bot answers."""
        return not self.problems


class Health:
    """Looks at the index on disk, the queue, the event loop, and what `engine_troubles` tells of servers elsewhere.
    `clock` counts seconds and never goes back."""

    def __init__(
        self,
        store: GenerationStore,
        answer_queue: AnswerQueue,
        *,
        state: StateFile | None = None,
        engine_troubles: Callable[[], Sequence[str]] = tuple,
        clock: Callable[[], float] = time.monotonic,
        loop_patience: float = _LOOP_PATIENCE,
    ) -> None:
        self._store = store
        self._answer_queue = answer_queue
        self._state = state
        self._engine_troubles = engine_troubles
        self._clock = clock
        self._loop_patience = loop_patience
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = clock()
        self._heard: float | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """The bot is ready; from now on this loop must answer."""
        self._loop = loop

    def heard(self) -> None:
        """An update has come in."""
        self._heard = self._clock()

    def report(self) -> HealthReport:
        """How things stand now; takes up to the loop's patience. Not for the loop's own thread."""
        problems = []
        generation, age = None, None
        try:
            generation, age = self._generation()
        except SiyuError as error:
            problems.append(str(error))
        if self._loop is None:
            problems.append("正在启动")
        elif not self._answers(self._loop):
            problems.append("事件循环没有反应")
        problems += self._engine_troubles()
        longest = self._answer_queue.longest_wait
        if longest > _WORK_PATIENCE:
            problems.append(f"有一个问题等了 {longest:.0f} 秒还没有答完")
        if self._state is not None and (trouble := self._state.trouble) is not None:
            problems.append(f"问题照常回答，但提问和设置记不下来（{trouble.reason}）")
        now = self._clock()
        return HealthReport(
            problems=tuple(problems),
            generation=generation,
            generation_age_seconds=age,
            queue=self.queue,
            last_update_seconds=None if self._heard is None else round(now - self._heard, 1),
            uptime_seconds=round(now - self._started, 1),
        )

    @property
    def queue(self) -> int:
        """How many questions are in work or wait."""
        return self._answer_queue.waiting

    def engines_in_trouble(self) -> int:
        """How many servers elsewhere fail just now."""
        return len(self._engine_troubles())

    def generation_age(self) -> float:
        """Seconds since the serving generation was built; not a number where none serves."""
        try:
            return self._generation()[1]
        except SiyuError:
            return float("nan")

    def _generation(self) -> tuple[str, float]:
        manifest = self._store.manifest()
        # A clock that went back would make an index of the future of it.
        return manifest.id, max(0.0, round((datetime.now(UTC) - manifest.created).total_seconds(), 1))

    def _answers(self, loop: asyncio.AbstractEventLoop) -> bool:
        answered = threading.Event()
        try:
            loop.call_soon_threadsafe(answered.set)
        except RuntimeError:
            return False  # closed
        return answered.wait(self._loop_patience)
