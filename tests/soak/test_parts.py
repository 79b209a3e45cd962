"""Parts that count mishaps: run, missed, or not wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.soak.parts import Part

NONE = ("lost", "words")


@dataclass(frozen=True)
class Report:
    asked: int
    lost: int
    words: tuple[str, ...]


def test_a_part_that_is_not_wanted_is_left_out() -> None:
    assert Part("Mishaps", lambda *arguments: Report(1, 0, ()), NONE).run(0, 1, print).lines == (
        "Skipped: not asked for.",
    )


def test_a_function_and_a_coroutine_are_run_alike() -> None:
    told: list[int] = []

    def run(count: int, seed: int, progress: Callable[[int], None]) -> Report:
        progress(count)
        return Report(count * seed, 0, ())

    async def run_later(count: int, seed: int, progress: Callable[[int], None]) -> Report:
        return run(count, seed, progress)

    section = Part("Mishaps", run, NONE).run(3, 2, told.append)
    assert section.lines == ("- asked: 6", "- lost: 0", "- words: none")
    assert [bar.met for bar in section.bars] == [True, True]
    assert Part("Mishaps", run_later, NONE).run(3, 2, told.append) == section
    assert told == [3, 3]


def test_what_should_be_nothing_and_is_not_misses_its_bar() -> None:
    part = Part("Mishaps", lambda *arguments: Report(1, 2, ("one", "two")), NONE)
    assert [(bar.found, bar.met) for bar in part.run(3, 1, print).bars] == [("2", False), ("one; two", False)]


def test_a_run_without_an_end_misses_its_bar() -> None:
    def run(count: int, seed: int, progress: Callable[[int], None]) -> Report:
        raise TimeoutError("3 updates pending")

    (bar,) = Part("Mishaps", run, NONE).run(3, 1, print).bars
    assert (bar.found, bar.met) == ("3 updates pending", False)
