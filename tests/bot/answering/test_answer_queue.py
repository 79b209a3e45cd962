"""Questions from coroutines to the one thread that answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import cast
from unittest.mock import Mock

import pytest

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.answering.service import Service
from bot.model import Status
from embeddings.errors import IndexMissing


class _Said(str):
    """Stands for an Answer."""

    __slots__ = ()
    status = Status.ANSWERED


class _Slow:
    """Stands for a Service: notes its threads and takes its time."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.at_once = self.most_at_once = 0
        self.opened = False
        self.looks: list[int] = []
        self.began = threading.Event()

    def warm(self) -> None:
        self.opened = True

    def notice_switch(self) -> None:
        self.looks.append(threading.get_ident())

    def ask(self, question: str, history: Sequence[str] = ()) -> _Said:
        self.began.set()
        self.threads.add(threading.get_ident())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.05)
        self.at_once -= 1
        if question == "bad":
            raise ValueError("ours")
        if question == "missing":
            raise IndexMissing
        return _Said(question.upper())

    def volunteer(self, question: str) -> None:
        return None

    def passage(self, passage_id: str) -> None:
        return None


@pytest.fixture
def service() -> _Slow:
    return _Slow()


def _answer_queue(service: _Slow, bound: int = 100) -> AnswerQueue:
    return AnswerQueue(cast("Service", service), bound=bound)


async def test_one_thread_answers_one_question_after_the_other(service: _Slow) -> None:
    answer_queue = _answer_queue(service)
    await answer_queue.open()
    answers = await asyncio.gather(*(answer_queue.ask(f"q{n}") for n in range(5)))
    assert list(map(str, answers)) == [f"Q{n}" for n in range(5)]
    assert service.opened
    assert service.most_at_once == 1
    assert service.threads != {threading.get_ident()}
    assert len(service.threads) == 1
    answer_queue.close()


async def test_the_loop_goes_on_meanwhile(service: _Slow) -> None:
    answer_queue, ticks = _answer_queue(service), 0
    question = asyncio.create_task(answer_queue.ask("q"))
    while not question.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert ticks > 2
    answer_queue.close()


async def test_too_many_waiting_is_told_at_once_and_passes(service: _Slow) -> None:
    answer_queue = _answer_queue(service, bound=2)
    waiting = [asyncio.create_task(answer_queue.ask("q")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await answer_queue.ask("q")
    await asyncio.gather(*waiting)
    assert str(await answer_queue.ask("q")) == "Q"
    assert await answer_queue.passage("0" * 16) is None
    answer_queue.close()


async def test_three_hundred_may_wait_where_nothing_is_said(service: _Slow) -> None:
    answer_queue = AnswerQueue(cast("Service", service))
    waiting = [asyncio.create_task(answer_queue.ask("q")) for _ in range(300)]
    await asyncio.sleep(0)
    assert answer_queue.waiting == 300
    assert 0 < answer_queue.longest_wait < 60
    with pytest.raises(Overloaded):
        await answer_queue.ask("q")
    answer_queue.close()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (answer_queue.waiting, answer_queue.longest_wait) == (0, 0)


async def test_how_a_question_ended_is_counted(service: _Slow) -> None:
    counted: list[tuple[str, str]] = []
    metrics = Mock(question=lambda surface, outcome, seconds: counted.append((surface, outcome)))
    answer_queue = AnswerQueue(cast("Service", service), metrics, bound=1)
    waiting = asyncio.create_task(answer_queue.ask("q"))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await answer_queue.ask("q")
    await waiting
    with pytest.raises(ValueError, match="ours"):
        await answer_queue.ask("bad")
    with pytest.raises(IndexMissing):
        await answer_queue.ask("missing")
    assert await answer_queue.volunteer("q") is None
    assert counted == [
        *(("other", outcome) for outcome in ("busy", "answered", "failed", "no_index")),
        ("auto", "silent"),
    ]
    answer_queue.close()


async def test_an_error_reaches_the_asker_and_frees_the_place(service: _Slow) -> None:
    answer_queue = _answer_queue(service, bound=1)
    with pytest.raises(ValueError, match="ours"):
        await answer_queue.ask("bad")
    assert str(await answer_queue.ask("q")) == "Q"
    answer_queue.close()


async def test_it_looks_for_another_processs_reindex_without_being_asked(service: _Slow) -> None:
    answer_queue = AnswerQueue(cast("Service", service), look_every=0.01)
    await asyncio.sleep(0.05)
    assert service.looks == []  # nothing to compare with yet
    await answer_queue.open()
    async with asyncio.timeout(10):
        while len(service.looks) < 3:  # noqa: ASYNC110 - what is waited for knows nothing of the loop
            await asyncio.sleep(0.01)
    assert threading.get_ident() not in service.looks
    answer_queue.close()
    await asyncio.sleep(0.05)
    seen = len(service.looks)
    await asyncio.sleep(0.05)
    assert len(service.looks) == seen


async def test_closing_lets_the_question_in_work_finish_and_drops_the_rest(service: _Slow) -> None:
    answer_queue = _answer_queue(service)
    first, second = (asyncio.create_task(answer_queue.ask(question)) for question in ("one", "two"))
    await asyncio.to_thread(service.began.wait, 60)
    answer_queue.close()
    assert service.at_once == 0
    assert str(await first) == "ONE"
    with pytest.raises(asyncio.CancelledError):
        await second
