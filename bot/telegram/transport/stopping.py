"""The end of receiving, whenever it is asked for."""

from __future__ import annotations

import asyncio

from telegram.ext import Application

_AGAIN = 0.05  # seconds until it is looked again whether the application has started


def stop(application: Application, *, started: bool = False) -> None:  # type: ignore[type-arg]
    """Make `run_polling` or `run_webhook` end; on the event loop, at any time. `started` is for this function alone.

    python-telegram-bot runs its loop anew for each step of the start. What ends the loop beside the end of a step is
    lost, and an exception there makes the next step fail: so it has to run for good first.
    """
    loop = asyncio.get_running_loop()
    if started:
        loop.call_soon(application.stop_running)
        return
    if not application.running:
        application.stop_running()  # the only effect: the start ends before the first poll if it has not come to that
    loop.call_later(_AGAIN, lambda: stop(application, started=application.running))
