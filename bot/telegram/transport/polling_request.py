"""Asking for updates, and not giving up on it silently."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.telegram.transport.send_request import is_answer


class PollingRequest(HTTPXRequest):
    """Makes "no such token", and pages that are no answer, errors like any other of the network's: tried again.

    python-telegram-bot ends its polling for good on a 401 or 404 and leaves a process that runs and hears nothing. A
    gateway that restarts answers 404 for a moment; a token that was withdrawn is named in the log again and again.

    Each request waits for `room` first: what the bot cannot take in stays with Telegram.
    """

    def __init__(self, *, room: Callable[[], Awaitable[None]]) -> None:
        super().__init__(connection_pool_size=1)
        self._room = room

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """One request. Raises NetworkError for 401 and 404 as well, and for what is not JSON."""
        await self._room()
        code, payload = await super().do_request(*args, **kwargs)
        if code in (401, 404):
            raise NetworkError(f"getUpdates was answered with {code}: is the token still valid?")
        if code == 200 and not is_answer(payload):
            raise NetworkError("getUpdates was answered with something that is not JSON")
        return code, payload
