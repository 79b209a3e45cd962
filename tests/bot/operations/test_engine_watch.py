"""Trouble with an engine that lasts is told once, and so is its end."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from bot.answering.service import Service
from bot.operations.engine_watch import EngineWatch


class Engines:
    """Stands for a Service: `troubles` are what it tells, one a look; the last one goes on."""

    def __init__(self, *troubles: tuple[str, ...]) -> None:
        self._troubles = list(troubles)
        self.looks = 0

    def attend_engines(self) -> None:
        self.looks += 1
        if self.looks == 1:
            raise RuntimeError("a look that fails ends nothing")

    def engine_troubles(self) -> tuple[str, ...]:
        return self._troubles.pop(0) if len(self._troubles) > 1 else self._troubles[0]


async def watched(engines: Engines, looks: int, *, lasts: float) -> list[str | None]:
    told: list[str | None] = []
    watch = EngineWatch(cast("Service", engines), told.append, every=0.01, lasts=lasts)
    watch.start()
    while engines.looks < looks:  # noqa: ASYNC110 - a thread counts
        await asyncio.sleep(0.01)
    await watch.close()
    return told


@pytest.mark.asyncio
async def test_trouble_is_told_once_and_its_end_too() -> None:
    down = ("向量服务 x 连不上",)
    assert await watched(Engines(down, down, down, ()), 8, lasts=0.0) == [*down, None]


@pytest.mark.asyncio
async def test_what_is_over_soon_is_not_worth_a_message() -> None:
    assert await watched(Engines(("一时",), ()), 6, lasts=60) == []
