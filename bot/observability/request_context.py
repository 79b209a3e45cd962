"""Which update the running code works for, so that everything it logs and counts can name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.state.question_log import Surface

if TYPE_CHECKING:
    from telegram import Update


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
def handling(update: Update) -> Iterator[None]:
    """Everything in the block is done for this update."""
    token = _CURRENT.set(Request(str(update.update_id), surface_of(update)))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def surface_of(update: Update) -> Surface | None:
    """Where an update came from."""
    if update.inline_query is not None or update.chosen_inline_result is not None:
        return Surface.INLINE
    if update.guest_message is not None:
        return Surface.GUEST
    chat = update.effective_chat
    if chat is None:
        return None
    kinds = {"private": Surface.PRIVATE, "channel": Surface.CHANNEL}
    return kinds.get(chat.type, Surface.GROUP)
