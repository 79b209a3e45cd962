"""No call takes longer than it may, whatever its library does."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar

import pytest

from embeddings.bounded_calls import BoundedCalls, DeadlinePassed

WHERE: ContextVar[str] = ContextVar("WHERE", default="nowhere")


def _raise(error: Exception) -> None:
    raise error


def test_what_a_call_gives_or_raises_comes_through() -> None:
    calls = BoundedCalls("test")
    assert calls.call(5, lambda: 7) == 7
    with pytest.raises(ValueError, match="mine"):
        calls.call(5, lambda: _raise(ValueError("mine")))
    with pytest.raises(TimeoutError, match="its own"):
        calls.call(5, lambda: _raise(TimeoutError("its own")))


def test_a_call_that_hangs_is_given_up_and_no_more_are_begun_than_may_hang() -> None:
    calls, released, began = BoundedCalls("test", most=2), threading.Event(), time.monotonic()
    for _ in range(2):
        with pytest.raises(DeadlinePassed):
            calls.call(0.05, released.wait)
    with pytest.raises(DeadlinePassed):
        calls.call(60, lambda: 7)
    assert time.monotonic() - began < 5
    released.set()
    while True:
        try:
            assert calls.call(5, lambda: 7) == 7
            break
        except DeadlinePassed:
            assert time.monotonic() - began < 5


def test_a_call_knows_what_it_is_made_for() -> None:
    token = WHERE.set("here")
    assert BoundedCalls("test").call(5, WHERE.get) == "here"
    WHERE.reset(token)
