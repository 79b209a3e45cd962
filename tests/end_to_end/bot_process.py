"""The real bot in a process of its own, so that kill -9, SIGTERM and restarts are what they say.

`python -m tests.end_to_end.bot_process CONFIG [--pages PORT] [--minute SECONDS]` runs it with the fake encoder;
everything else is the product's own. Pages are then fetched from that port of this machine, whatever their host, and a
group's minute is as long as that.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from bot.answering.service import Service
from bot.articles.page_fetcher import Fetcher
from bot.config import load_settings, telegram_token, webhook_secret
from bot.observability.logs import set_up_logging
from bot.telegram.process import run
from bot.telegram.transport.rate_limiter import RateLimiter
from corpus.errors import SiyuError
from embeddings.refusal.confidence import Calibration
from tests.support.fakes import FakeEncoder
from tests.support.patience import patience

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.config import Settings
    from embeddings.models.encoder import Progress
    from tests.end_to_end.server import FakeBotApi

ROOT = Path(__file__).resolve().parents[2]


class ObedientEncoder(FakeEncoder):
    """Does what a text says: `wait1500ms` makes it slow, `breakdown` makes it fail with the token in the error."""

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """As FakeEncoder, text after text, with progress after each."""
        for done, text in enumerate(texts, start=1):
            if wait := re.search(r"wait(\d+)ms", text):
                time.sleep(int(wait[1]) / 1000)
            if "breakdown" in text:
                raise RuntimeError(f"broken on purpose, and careless with {telegram_token()}")
            if progress is not None:
                progress(done, len(texts))
        return super().encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As FakeEncoder, unless a text says otherwise."""
        if wait := re.search(r"wait(\d+)ms", texts[0]):
            time.sleep(int(wait[1]) / 1000)
        if "breakdown" in texts[0]:
            raise RuntimeError(f"broken on purpose, and careless with {telegram_token()}")
        return super().encode_queries(texts)


class FakeService(Service):
    """A Service on the fake encoder, with a calibration that suits it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            settings,
            encoder_factory=ObedientEncoder,
            identity=FakeEncoder.identity,
            calibration=Calibration(bias=-1.2, weights={"excess": 1.0}),
        )


class BotProcess:
    """Starts, stops and kills one bot; `log` is all that it wrote to its standard output and error.

    `command` is what follows `python -m`; by default the bot with the fake encoder. `within` precedes the interpreter.
    """

    def __init__(
        self,
        server: FakeBotApi,
        config: Path,
        *,
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        self.server = server
        self.config = config
        self._command = list(command or ("tests.end_to_end.bot_process", str(config)))
        self._within = tuple(within)
        self._environment = {**os.environ, "TELEGRAM_BOT_TOKEN": server.token, **(environment or {})}
        self._file = config.with_suffix(".log")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        """Everything written so far, over all starts."""
        return self._file.read_text(encoding="utf-8") if self._file.exists() else ""

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.returncode if self._process else None

    async def launch(self) -> Self:
        """Start, without waiting for anything."""
        with self._file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._within,
                sys.executable,
                "-m",
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        return self

    async def start(self, within: float = 180.0) -> Self:
        """Start and wait until it asks for updates."""
        before = self.server.polls
        await self.launch()
        await self.server.wait_for(lambda: self.server.polls > before or self.returncode is not None, within)
        assert self.returncode is None, self.log
        return self

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def exit_code(self, within: float = 30.0) -> int:
        """Wait for the end."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), patience(within))

    async def stop(self, within: float = 30.0) -> int:
        """SIGTERM, and the exit code."""
        if self.returncode is None:
            self.signal(signal.SIGTERM)
        return await self.exit_code(within)

    async def kill(self) -> None:
        """kill -9, if it still runs."""
        if self._process is not None and self.returncode is None:
            self.signal(signal.SIGKILL)
            await self.exit_code()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.kill()


def near(port: int | None) -> Fetcher | None:
    """A fetcher for the pages of a test; None for the real one."""
    if port is None:
        return None

    async def here(host: str, _: int) -> list[str]:
        return ["127.0.0.1"]

    return Fetcher(most=1_000_000, allowed=lambda address: True, ports=frozenset({port}), resolver=here)


def paced(minute: float | None) -> RateLimiter | None:
    """A group's twenty messages in a minute of so many seconds; None for the real one."""
    return RateLimiter(in_group=(20, minute)) if minute else None


def main() -> None:
    """Run the bot as `python -m bot run` does, but for the encoder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--minute", type=float)
    options = parser.parse_args()
    settings = load_settings(options.config)
    token = telegram_token()
    assert token is not None
    set_up_logging(settings.logging.level, (token, webhook_secret() or ""), form=settings.logging.format)
    try:
        rate_limiter = paced(options.minute)
        run(FakeService(settings), token, webhook_secret(), fetcher=near(options.pages), rate_limiter=rate_limiter)
    except SiyuError as error:
        print(f"siyu: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
