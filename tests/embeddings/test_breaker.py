"""What keeps failing is left alone, for longer and longer, and tried one request at a time."""

from __future__ import annotations

import pytest

from embeddings.breaker import Breaker


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(after=2, pause=10, longest=30, clock=clock)


def test_single_failures_between_successes_open_nothing(breaker: Breaker) -> None:
    for _ in range(5):
        assert not breaker.failed()
        breaker.succeeded()
    assert breaker.admits()


def test_several_in_a_row_open_it_and_that_is_told_once(breaker: Breaker) -> None:
    assert [breaker.failed(), breaker.failed(), breaker.failed()] == [False, True, False]
    assert breaker.is_open
    assert not breaker.admits()


def test_after_the_pause_one_request_is_let_through_and_decides(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(for_good=True)
    clock.now = 10.0
    assert breaker.seconds_left == 0
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.succeeded()
    assert [breaker.admits(), breaker.admits()] == [True, True]


def test_the_pause_grows_up_to_a_limit_and_shrinks_with_the_next_success(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(for_good=True)
    pauses = []
    for _ in range(4):
        pauses.append(breaker.seconds_left)
        clock.now += breaker.seconds_left
        assert breaker.admits()
        assert not breaker.failed()
    assert pauses == [10, 20, 30, 30]
    clock.now += 30
    assert breaker.admits()
    breaker.succeeded()
    breaker.failed(for_good=True)
    assert breaker.seconds_left == 10


def test_a_trial_that_tells_nothing_makes_room_for_the_next(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(for_good=True)
    clock.now = 10.0
    assert breaker.admits()
    breaker.released()
    assert breaker.admits()
