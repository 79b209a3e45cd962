"""Which update the running code works for, so that everything it logs and counts can name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bot.model import Surface


@dataclass(frozen=True, slots=True)
class Request:
    """An update in work: its id, and where it came from; None for what no question can come from."""

    id: str
    surface: Surface | None


# A context variable can only live in a module; each task has a value of its own.
_CURRENT: ContextVar[Request | None] = ContextVar("request", default=None)


def current() -> Request | None:
    """The update that this task, or the task that started it, handles; None outside of one."""
    return _CURRENT.get()


@contextmanager
def handling(update: int, surface: Surface | None) -> Iterator[None]:
    """Everything in the block is done for the update of this number, which came from `surface`."""
    token = _CURRENT.set(Request(str(update), surface))
    try:
        yield
    finally:
        _CURRENT.reset(token)
