"""What the targets over updates share: a bot without a network, and an event loop to run it on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from tests.fuzz.target import Check
from tests.support.offline import Offline

STRANGER, OPERATOR, GROUP = 21, 7, -100_123


def updating(stack: ExitStack, handle: Callable[[Offline, bytes], Awaitable[object]]) -> Check:
    """A check that hands a bot an update; whatever a handler lets out is a finding."""
    from tests.support.offline import offline

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    runner = stack.enter_context(asyncio.Runner())
    opened = offline(
        folder,
        (f"telegram.admins=[{OPERATOR}]", "telegram.channels=[-1001]", "telegram.limits.per_user_per_minute=0"),
    )
    bot = runner.run(opened.__aenter__())
    stack.callback(lambda: runner.run(opened.__aexit__(None, None, None)))

    def check(data: bytes) -> None:
        runner.run(asyncio.wait_for(_handled(data), 120))

    async def _handled(data: bytes) -> None:
        bot.errors.clear()
        bot.recorder.calls.clear()
        await handle(bot, data)
        if bot.errors:
            raise bot.errors[0]

    return check
