"""What is opened is closed, in its order, whatever happens to the others."""

from __future__ import annotations

import dataclasses
import gc
import logging
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from telegram.ext import Application, ApplicationBuilder, ExtBot

from bot.config import load_settings
from bot.observability.metrics import BotMetrics
from bot.operations.clock import Clock
from bot.state.self_healing import StateFile
from bot.telegram.commands import COMMANDS
from bot.telegram.lifecycle import Lifecycle, OpenParts
from bot.telegram.transport.update_queue import JournaledUpdateQueue
from bot.telegram.wiring import Components, wire
from tests.end_to_end.bot_process import FakeService
from tests.support.offline import ROOT, Recorder

IN_ORDER = [
    *("late_questions", "lost_answer_notices", "suggestions", "uploads", "index_commands"),
    *("answer_queue", "monitor", "state"),
]


@dataclass(slots=True)
class Watched:
    """A part whose close is noted in `closed`, and raises where its name is among the `broken`."""

    part: Any
    name: str
    closed: list[str]
    broken: set[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.part, name)

    def close(self) -> Any:
        self.closed.append(self.name)
        if self.name in self.broken:
            raise OSError("broken on purpose")
        return self.part.close()


@dataclass(frozen=True, slots=True)
class Life:
    lifecycle: Lifecycle
    application: Application[Any, Any, Any, Any, Any, Any]
    components: Components
    state: StateFile
    closed: list[str]
    broken: set[str]

    async def end(self) -> None:
        await self.lifecycle.stop(self.application)
        await self.lifecycle.close(self.application)


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    articles = ROOT / "tests" / "end_to_end" / "articles"
    overrides = [f"corpus.articles={articles}", f"data_dir={tmp_path}", "corpus.watch=false", "telegram.admins=[7]"]
    service = FakeService(load_settings(ROOT / "config.yaml", overrides))
    service.reindex()
    state = StateFile(tmp_path)
    made = wire(service, state, None, BotMetrics(), Clock(), 1, COMMANDS)
    closed: list[str] = []
    broken: set[str] = set()
    parts = {name: Watched(getattr(made, name), name, closed, broken) for name in IN_ORDER if name != "state"}
    components = dataclasses.replace(made, **cast("dict[str, Any]", parts))
    recorder = Recorder()
    application = ApplicationBuilder().bot(ExtBot("1:x", request=recorder, get_updates_request=recorder)).build()
    await application.initialize()
    watched_state = cast("StateFile", Watched(state, "state", closed, broken))
    queue = JournaledUpdateQueue(made.journal, lambda update: None)
    lifecycle = Lifecycle(service, components, watched_state, queue)
    lifecycle.open()
    yield Life(lifecycle, application, components, state, closed, broken)
    await application.shutdown()


def _is_closed(state: StateFile) -> bool:
    try:
        state.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


async def test_what_may_still_speak_is_closed_first_and_the_state_file_last(life: Life) -> None:
    await life.lifecycle.prepare(life.application)
    assert life.components.errors in logging.getLogger().handlers
    await life.end()
    assert life.closed == IN_ORDER
    assert life.components.errors not in logging.getLogger().handlers
    assert _is_closed(life.state)


async def test_what_lives_as_long_as_the_bot_is_no_work_for_the_garbage_collector(life: Life) -> None:
    gc.unfreeze()
    await life.lifecycle.prepare(life.application)
    assert gc.get_freeze_count() > len(gc.get_objects())
    await life.end()


@pytest.mark.parametrize("part", IN_ORDER)
async def test_a_part_that_cannot_be_closed_skips_no_other(
    life: Life, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    life.broken.add(part)
    await life.lifecycle.prepare(life.application)
    await life.end()
    assert life.closed == IN_ORDER
    (record,) = [record for record in caplog.records if "could not be closed properly" in record.getMessage()]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert "broken on purpose" in str(record.exc_info[1])
    assert life.components.errors not in logging.getLogger().handlers
    if part == "state":
        life.state.close()
    elif part == "answer_queue":
        cast("Watched", life.components.answer_queue).part.close()


async def test_after_a_start_that_failed_halfway_what_was_opened_is_closed(life: Life) -> None:
    """The application calls `close` alone then."""

    async def fails(*arguments: object) -> None:
        raise OSError("no room")

    life.components.intake.tidy = fails  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no room"):
        await life.lifecycle.prepare(life.application)
    await life.lifecycle.close(life.application)
    assert life.closed == ["answer_queue", "monitor", "state"]
    assert _is_closed(life.state)


async def test_parts_are_closed_once_in_the_reverse_order() -> None:
    closed: list[str] = []
    parts = OpenParts()

    async def slowly() -> None:
        closed.append("coroutine")

    parts.add("function", lambda: closed.append("function"))
    parts.add("coroutine", slowly)
    await parts.close()
    await parts.close()
    assert closed == ["coroutine", "function"]
