"""Calls of the Bot API: which may be repeated, and what is known of those that may not.

Sending is the one thing that cannot be repeated without harm: a message whose answer was lost may stand in the chat.
Whether anything has left this machine tells httpx's trace of the request: before its body there is no message.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextvars import ContextVar
from enum import Enum, auto
from typing import Any

import httpx
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.telegram.transport.delivery_tracker import DeliveryTracker

_PATIENCE = 300.0  # seconds in which a connection is tried again
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 3.0
_REPEATS = 2  # of a call that does no harm twice
_HARMLESS_TWICE = ("edit", "answerGuestQuery", "setMessageReaction")
_SIGNS = frozenset({"sendChatAction", "sendMessageDraft"})
"""What fades by itself: no messages, and worth no second try."""


class SendOutcome(Enum):
    """What became of a call."""

    CONFIRMED = auto()
    REFUSED = auto()
    PUT_OFF = auto()
    UNKNOWN = auto()


class _Trace:
    """Follows one request; `left` once its body is on its way, of which `request_started` is told just before."""

    def __init__(self, request_started: Callable[[], None]) -> None:
        self.left = False
        self._leaving = request_started

    async def __call__(self, event: str, info: dict[str, Any]) -> None:
        """One step of the request, as httpcore names it."""
        request = info.get("request")
        # A proxy's CONNECT is a request, too.
        if event.endswith(".send_request_body.started") and getattr(request, "method", b"") != b"CONNECT":
            self._leaving()
            self.left = True


# A context variable can only live in a module; each task has a value of its own.
_TRACE: ContextVar[_Trace | None] = ContextVar("trace", default=None)


async def _follow(request: httpx.Request) -> None:
    trace = _TRACE.get()
    if trace is not None:
        request.extensions["trace"] = trace


class SendRequest(HTTPXRequest):
    """Tells of every message that is sent what became of it, and tries again what is safe to.

    What could not leave this machine is tried again for `patience` seconds, unless the bot stops; edits, answers to
    guests and reactions also when their outcome is unknown. `timeout` is in seconds, too.
    """

    def __init__(self, delivery_tracker: DeliveryTracker, *, timeout: float, patience: float = _PATIENCE) -> None:
        super().__init__(
            connection_pool_size=256,
            read_timeout=timeout,
            write_timeout=timeout,
            connect_timeout=min(timeout, 10),
            pool_timeout=min(timeout, 5),
            media_write_timeout=max(timeout, 20),
            httpx_kwargs={"event_hooks": {"request": [_follow]}},
        )
        self._delivery_tracker = delivery_tracker
        self._patience = patience

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """One call. Raises NetworkError as HTTPXRequest does, and for what is no answer of the Bot API."""
        name = url.rpartition("/")[2] if method == "POST" else ""
        message = name.startswith("send") and name not in _SIGNS
        deadline, pause, repeats = time.monotonic() + self._patience, _FIRST_PAUSE, _REPEATS
        while True:
            trace = _Trace(self._delivery_tracker.request_started if message else lambda: None)
            token = _TRACE.set(trace)
            error: NetworkError | None = None
            code, payload = 0, b""
            try:
                code, payload = await super().do_request(url, method, *args, **kwargs)
                fate = outcome_of(code, payload) if name else SendOutcome.CONFIRMED
                if fate is SendOutcome.UNKNOWN and code < 300:
                    error = NetworkError(f"{name} was answered with something that is not JSON")
            except NetworkError as failure:
                error, fate = failure, SendOutcome.UNKNOWN if trace.left else SendOutcome.PUT_OFF
            except BaseException:
                if message and trace.left:
                    self._delivery_tracker.unknown()
                raise
            finally:
                _TRACE.reset(token)
            if message:
                self._tell(fate)
            again = error is not None and not trace.left and name not in _SIGNS
            if fate is SendOutcome.UNKNOWN and name.startswith(_HARMLESS_TWICE) and repeats:
                again, repeats = True, repeats - 1
            if not again or not self._delivery_tracker.running or time.monotonic() > deadline:
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        if error is not None:
            raise error
        return code, payload

    def _tell(self, fate: SendOutcome) -> None:
        if fate is SendOutcome.CONFIRMED:
            self._delivery_tracker.confirmed()
        elif fate is SendOutcome.UNKNOWN:
            self._delivery_tracker.unknown()
        else:
            self._delivery_tracker.refused(for_now=fate is SendOutcome.PUT_OFF)


def outcome_of(code: int, payload: bytes) -> SendOutcome:
    """What an HTTP answer says of a call.

    Whoever answers with an error of the server's, Telegram or a gateway before it, may have let the call through first.
    """
    if 200 <= code < 300:
        return SendOutcome.CONFIRMED if is_answer(payload) else SendOutcome.UNKNOWN
    if code in (401, 404, 429) or 300 <= code < 400:
        return SendOutcome.PUT_OFF
    return SendOutcome.REFUSED if 400 <= code < 500 else SendOutcome.UNKNOWN


def is_answer(payload: bytes) -> bool:
    """Whether a page is an answer of the Bot API, and not one of a gateway or a hotel's network."""
    try:
        document = json.loads(payload)
    except ValueError:
        return False
    return isinstance(document, dict) and "ok" in document
