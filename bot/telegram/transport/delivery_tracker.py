"""What becomes of the messages that answer an update, told to the journal at the moment it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bot.state.journal import Journal


@dataclass(slots=True)
class _Work:
    """An update in work, and the task that works it: what else it starts does not answer the asker.

    `confirmed` tells whether a message has arrived, `unsent` whether the last one did not leave or was put off,
    `deferred` whether somebody else sees to the rest.
    """

    update: int
    task: asyncio.Task[object] | None
    confirmed: bool = False
    unsent: bool = False
    deferred: bool = False


# A context variable can only live in a module; each task has a value of its own.
_WORK: ContextVar[_Work | None] = ContextVar("work", default=None)


class DeliveryTracker:
    """Between what sends and the journal: `working` says for which update, the other methods what happened.

    They do nothing outside of `working`, or for an update that nobody waits for. `notice_due` is set when
    somebody is to be told that an answer may not have arrived.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._running: Callable[[], bool] = lambda: True
        self.notice_due = asyncio.Event()

    def attach(self, running: Callable[[], bool]) -> None:
        """`running` tells whether the bot works; what it cannot send while stopping waits for the next start."""
        self._running = running

    @property
    def running(self) -> bool:
        """Whether the bot still works, and does not stop."""
        return self._running()

    @contextmanager
    def working(self, update: int) -> Iterator[None]:
        """What this task sends in the block answers this update; the end of the block is the end of its handling."""
        if not self._journal.holds(update):
            yield
            return
        work = _Work(update, asyncio.current_task())
        token = _WORK.set(work)
        self._journal.begin(update)
        try:
            yield
        finally:
            _WORK.reset(token)
            self._end(work)

    def defer(self) -> int | None:
        """Take the update in work over: somebody will call `resumed` for it. None where nobody waits for it."""
        work = self._current()
        if work is None:
            return None
        work.deferred = True
        return work.update

    @contextmanager
    def resumed(self, updates: Sequence[int]) -> Iterator[None]:
        """One message answers all these updates; where its outcome is unknown, the last one's asker gets the notice."""
        if not updates:
            yield
            return
        for update in updates[:-1]:
            self._journal.finish(update)
        with self.working(updates[-1]):
            yield

    def request_started(self) -> None:
        """The first bytes of a message are about to leave."""
        if work := self._current():
            self._journal.request_started(work.update)

    def confirmed(self) -> None:
        """A message has arrived."""
        if work := self._current():
            work.confirmed, work.unsent = True, False

    def refused(self, *, for_now: bool) -> None:
        """A message did not arrive, for certain: Telegram does not take it, or it could be sent later."""
        if work := self._current():
            work.unsent = for_now
            if not work.confirmed:
                self._journal.returned(work.update)

    def unknown(self) -> None:
        """A message may have arrived or not."""
        if work := self._current():
            work.unsent = False
            self._journal.notify_later(work.update)
            self.notice_due.set()

    def _current(self) -> _Work | None:
        work = _WORK.get()
        return work if work is not None and work.task is asyncio.current_task() else None

    def _end(self, work: _Work) -> None:
        if work.deferred:
            return
        if not work.unsent:
            self._journal.finish(work.update)
        elif self.running:
            self._journal.notify_later(work.update)
            self.notice_due.set()
