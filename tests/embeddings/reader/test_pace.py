"""How many texts are read within a budget."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.reader.pace import Pace

TEXTS = [str(n) for n in range(16)]


class Slow:
    """A clock, and reading that takes so many seconds a text of it."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now = seconds, 0.0
        self.batches: list[int] = []

    def __call__(self) -> float:
        return self.now

    def read(self, texts: Sequence[str]) -> list[float]:
        self.batches.append(len(texts))
        self.now += self.seconds * len(texts)
        return [float(text) for text in texts]


def test_everything_is_read_where_there_is_time() -> None:
    clock = Slow(0.01)
    assert Pace(1.0, batch=8, clock=clock).read(TEXTS, clock.read) == [float(n) for n in range(16)]


def test_a_question_never_waits_longer_than_the_budget_once_the_pace_is_known() -> None:
    clock = Slow(0.03)
    pace = Pace(0.25, batch=8, clock=clock)
    for _ in range(3):
        began = clock()
        read = pace.read(TEXTS, clock.read)
        assert clock() - began <= 0.25
        assert read == [float(n) for n in range(8)]


def test_the_first_question_is_tried_with_few_texts() -> None:
    clock = Slow(1.0)
    pace = Pace(0.25, batch=8, clock=clock)
    assert len(pace.read(TEXTS, clock.read)) == 4


def test_who_was_too_slow_once_is_tried_again_with_fewer() -> None:
    clock = Slow(0.4)
    pace = Pace(0.25, batch=8, clock=clock)
    pace.read(TEXTS, clock.read)
    clock.seconds = 0.01
    assert [len(pace.read(TEXTS, clock.read)) for _ in range(3)][-1] == 16
    assert clock.batches[1] < 4
