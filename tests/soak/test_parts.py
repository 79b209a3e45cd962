"""Parts that lie elsewhere: run, missed, or not there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import pytest

from tests.soak.parts import Part

PART = Part("Mishaps", "tests.soak.mishaps", ("lost", "words"))


@dataclass(frozen=True)
class Report:
    asked: int
    lost: int
    words: tuple[str, ...]


def there(monkeypatch: pytest.MonkeyPatch, run: Callable[..., object]) -> None:
    module = ModuleType(PART.module)
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, PART.module, module)


def test_a_part_that_is_not_there_or_not_wanted_is_left_out() -> None:
    assert PART.run(3, 1, print).lines == ("Skipped: there is no tests.soak.mishaps.",)
    assert PART.run(0, 1, print).lines == ("Skipped: not asked for.",)


def test_a_function_and_a_coroutine_are_run_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def run(count: int, seed: int, progress: Callable[[int], None]) -> Report:
        progress(count)
        return Report(count * seed, 0, ())

    async def run_later(count: int, seed: int, progress: Callable[[int], None]) -> Report:
        return run(count, seed, progress)

    there(monkeypatch, run)
    section = PART.run(3, 2, told.append)
    assert section.lines == ("- asked: 6", "- lost: 0", "- words: none")
    assert [bar.met for bar in section.bars] == [True, True]
    there(monkeypatch, run_later)
    assert PART.run(3, 2, told.append) == section
    assert told == [3, 3]


def test_what_should_be_nothing_and_is_not_misses_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    there(monkeypatch, lambda *arguments: Report(1, 2, ("one", "two")))
    assert [(bar.found, bar.met) for bar in PART.run(3, 1, print).bars] == [("2", False), ("one; two", False)]


def test_a_run_without_an_end_misses_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(count: int, seed: int, progress: Callable[[int], None]) -> Report:
        raise TimeoutError("3 updates pending")

    there(monkeypatch, run)
    (bar,) = PART.run(3, 1, print).bars
    assert (bar.found, bar.met) == ("3 updates pending", False)
