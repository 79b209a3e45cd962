"""Whoever waits comes before whoever has just left."""

from __future__ import annotations

import threading
import time

import pytest

from embeddings.models.fair_lock import FairLock


def test_a_greedy_thread_lets_others_in_after_one_round() -> None:
    turns, rounds, stop = FairLock(), 0, threading.Event()

    def greedy() -> None:
        nonlocal rounds
        while not stop.is_set():
            with turns:
                rounds += 1
                time.sleep(0.01)

    thread = threading.Thread(target=greedy)
    thread.start()
    waited = []
    for _ in range(10):
        before = rounds
        with turns:
            waited.append(rounds - before)
    stop.set()
    thread.join()
    assert max(waited) <= 2


def test_it_is_left_by_an_error_too() -> None:
    turns = FairLock()
    with pytest.raises(ValueError, match="ours"), turns:
        raise ValueError("ours")
    with turns:
        pass
