"""Fifty people in their own chats ask the real bot, wait for the answer, think, and ask again.

Then all of them ask in the same second. A scripted language model writes their answers, and fails now and then in the
ways that pass. Everything else is the product's own: `python -m bot run` with the default model
over the starter articles, in a process of its own, against a Bot API server that refuses what Telegram would.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.answering.service import Service
from bot.config import load_settings
from tests.conftest import share
from tests.end_to_end.bot_process import ROOT, BotProcess
from tests.end_to_end.conftest import Library
from tests.soak.loop_monitor import Stall, longest, read
from tests.soak.server import Question, StopwatchApi
from tests.soak.vitals import Growth, Sample, growth, watch
from tests.support.scripted_model import ScriptedModel, copying

TOKEN = "123456789:AAsoak-token_of-the_soaked-bot"
EVALUATION = ROOT / "tests" / "evaluation"
LATE = 30.0  # seconds after which an answer counts as late
PATIENCE = 300.0  # seconds after which a question counts as unanswered, however busy the machine
_START = 300.0  # seconds that loading the model may take beside other work
_GROUPS = 5
_IN_GROUP = 0.06  # of all questions; a group takes twenty messages a minute
_FOLLOW_UPS = 0.15
_LOOK_EVERY = 2.0  # seconds, or oftener where it does not last long
_ERROR = re.compile(r"^\S+ \S+ (?:ERROR|CRITICAL) |^Traceback ", re.MULTILINE)
_WARNING = re.compile(r"^\S+ \S+ WARNING ", re.MULTILINE)

Progress = Callable[[float], None]  # the share that is done


@dataclass(frozen=True, slots=True)
class Plan:
    """How many ask for how long. Seconds; `think` is from an answer to the next question, at least and at most, and
    `writing` how long a language model may take for an answer, 0 where there is none."""

    people: int = 50
    seconds: float = 45.0
    warm_up: float = 15.0
    think: tuple[float, float] = (3.0, 8.0)
    bursts: int = 3
    seed: int = 1
    writing: float = 0.0


@dataclass(frozen=True, slots=True)
class Latency:
    """From the handing over of an update to the landing of its answer, in seconds."""

    count: int
    p50: float
    p95: float
    worst: float

    @classmethod
    def of(cls, questions: Sequence[Question]) -> Latency:
        """Of the questions that were answered."""
        taken = sorted(seconds for question in questions if (seconds := question.seconds) is not None)
        if not taken:
            return cls(0, 0.0, 0.0, 0.0)
        return cls(len(taken), taken[len(taken) // 2], taken[min(len(taken) - 1, int(len(taken) * 0.95))], taken[-1])


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was measured. `late` counts answers that took longer than LATE, `doubled` the questions, those of bursts
    included, that have two; `refusals` counts messages that the server refused as too fast; `queue` are the most
    questions that were in work or waited; `processor` is in seconds a question, `waited` how many seconds the bot stood
    ready without a processor for each that it had one; `errors` are the log's own lines; `stall` is the longest of the
    event loop, bursts included.
    """

    plan: Plan
    asked: int
    unanswered: int
    late: int
    doubled: int
    per_second: float
    latency: Latency
    burst: Latency
    burst_unanswered: int
    queue: int
    burst_queue: int
    refusals: int
    processor: float
    waited: float
    memory: Growth
    threads: Growth
    files: Growth
    warnings: int
    errors: tuple[str, ...] = field(default=())
    stall: Stall = field(default=Stall(0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Lines:
    """What people ask: questions, and dialogues of which each line follows the one before."""

    questions: tuple[str, ...]
    dialogues: tuple[tuple[str, ...], ...]

    @classmethod
    def load(cls) -> Lines:
        """From the question sets, answerable or not."""
        names = ("development", "short_development", "merchant", "development_unanswerable")
        questions = [record["question"] for name in names for record in _records(EVALUATION / f"{name}.jsonl")]
        dialogues = [
            (*record["context"], record["question"]) for record in _records(EVALUATION / "dialogues_development.jsonl")
        ]
        return cls(tuple(questions), tuple(dialogues))


class Crowd:
    """The people and groups of one server."""

    def __init__(self, server: StopwatchApi, plan: Plan, lines: Lines) -> None:
        self._server = server
        self._plan = plan
        self._lines = lines
        self._random = random.Random(plan.seed)
        self._people = [server.add_user(f"P{n}", language_code="zh-hans", started=True) for n in range(plan.people)]
        self._groups = [
            server.add_chat("supergroup", f"G{n}", members=self._people, bot="administrator") for n in range(_GROUPS)
        ]
        self.asked: list[Question] = []

    async def greet(self) -> None:
        """One question, so that what is loaded late is loaded."""
        await self._server.put(self._people[0], self._people[0], self._lines.questions[0], within=180.0)

    async def live(self, until: float) -> None:
        """Everybody asks, waits and thinks until then."""
        await asyncio.gather(
            *(self._live(person, random.Random(self._random.random()), until) for person in self._people)
        )

    async def burst(self) -> list[Question]:
        """Everybody asks at once."""
        chosen = self._random.sample(self._lines.questions, len(self._people))
        return await asyncio.gather(
            *(self._server.put(p, p, text, within=PATIENCE) for p, text in zip(self._people, chosen, strict=True))
        )

    async def _live(self, person: int, dice: random.Random, until: float) -> None:
        await asyncio.sleep(dice.uniform(0, self._plan.think[1]))
        while time.monotonic() < until:
            for text in self._next(dice):
                place, said = person, text
                if dice.random() < _IN_GROUP:
                    place, said = dice.choice(self._groups), f"/ask@{self._server.me['username']} {text}"
                self.asked.append(await self._server.put(place, person, said, within=PATIENCE))
                await asyncio.sleep(dice.uniform(*self._plan.think))
                if time.monotonic() >= until:
                    return

    def _next(self, dice: random.Random) -> tuple[str, ...]:
        if dice.random() < _FOLLOW_UPS:
            return dice.choice(self._lines.dialogues)
        return (dice.choice(self._lines.questions),)


async def run(
    plan: Plan, home: Path, library: Library, progress: Progress, *, command: Sequence[str] = ()
) -> LoadReport:
    """Soak a bot over a library (see `prepare`), which is not changed; `home` takes what the run writes.

    `command` replaces the bot that is started, for the tests of this module.
    """
    port = _free_port()
    async with StopwatchApi(TOKEN) as server, failing_now_and_then(plan.seed) as model:
        config = configure(home, library, server, port, llm_of(model, plan.writing))
        stalls = home / "stalls.jsonl"
        arguments = [*command, str(config)] if command else ["bot", "--config", str(config), "run"]
        process = BotProcess(server, config, command=["tests.soak.loop_monitor", str(stalls), *arguments])
        try:
            await process.start(within=_START)
            report = await _measure(plan, server, process, port, stalls, progress)
            await process.stop()
        finally:
            await process.kill()
    return report


async def _measure(
    plan: Plan, server: StopwatchApi, process: BotProcess, port: int, stalls: Path, progress: Progress
) -> LoadReport:
    crowd, samples, queue = Crowd(server, plan, Lines.load()), list[Sample](), list[tuple[float, int]]()
    await crowd.greet()
    began = time.monotonic()
    warm, end = began + plan.warm_up, began + plan.warm_up + plan.seconds
    watches = (
        asyncio.create_task(watch(process.pid, min(_LOOK_EVERY, plan.seconds / 5), samples.append)),
        asyncio.create_task(_watch_queue(port, queue)),
        asyncio.create_task(_tell(began, end, progress)),
    )
    try:
        await crowd.live(end)
        asked = [question for question in crowd.asked if question.asked >= warm]
        steady = [sample for sample in samples if sample.at >= warm]
        calm = len(queue)
        bursts: list[Question] = []
        for _ in range(plan.bursts):
            bursts += await crowd.burst()
            await asyncio.sleep(2.0)
        await server.wait_idle(PATIENCE)  # a second answer would come now at the latest
    finally:
        for task in watches:
            task.cancel()
    log = process.log
    used = steady[-1].processor - steady[0].processor if steady else 0.0
    return LoadReport(
        plan=plan,
        asked=len(asked),
        unanswered=sum(question.landed is None for question in asked),
        late=sum((question.seconds or 0.0) > LATE for question in asked),
        doubled=server.doubled,
        per_second=len(asked) / plan.seconds,
        latency=Latency.of(asked),
        burst=Latency.of(bursts),
        burst_unanswered=sum(question.landed is None for question in bursts),
        queue=max((size for at, size in queue[:calm] if at >= warm), default=0),
        burst_queue=max((size for _, size in queue[calm:]), default=0),
        refusals=server.refusals,
        processor=used / max(1, len(asked)),
        waited=(steady[-1].waited - steady[0].waited) / max(used, 1e-9) if steady else 0.0,
        memory=growth([sample.rss for sample in steady]),
        threads=growth([sample.threads for sample in steady]),
        files=growth([sample.files for sample in steady]),
        warnings=len(_WARNING.findall(log)),
        errors=tuple(line for line in log.splitlines() if _ERROR.match(line)),
        stall=longest(read(stalls, since=warm)),
    )


def prepare(config: Path, home: Path) -> Library:
    """The starter articles with an index that is up to date: that of a configuration, as `make ask` makes it, or where
    SIYU_TEST_MODELS is set one below `home`, by the models and vectors that tests keep there."""
    articles = ROOT / "corpus" / "articles"
    chosen = [f"corpus.articles={articles}"]
    if kept := os.environ.get("SIYU_TEST_MODELS"):
        data = home / "starter"
        data.mkdir()
        share(data, Path(kept).resolve())
        chosen.append(f"data_dir={data}")
    settings = load_settings(config, chosen)
    Service(settings).reindex()
    return Library(articles, settings.data_dir)


_PASSING = (
    "bytewise odd-chunks slow stall stall-in-the-middle keep-alive drip reset unfinished bad-json html flood 500"
    " 429-soon error-in-the-middle risk-qwen only-thinking"
).split()
_WELL = 40  # as often as any of those


def failing_now_and_then(seed: int) -> ScriptedModel:
    """A language model that mostly writes, and else fails in a way that nobody has to mend: those would have it left
    alone for most of the time."""
    dice = random.Random(seed)
    return ScriptedModel(copying, scenario=lambda: dice.choice((*_PASSING, *("ok",) * _WELL)))


def llm_of(model: ScriptedModel, writing: float) -> dict[str, object]:
    """The settings of a model that may take so many seconds; none where it may take none."""
    if not writing:
        return {}
    budgets = {"daily_tokens": 0, "per_user_per_day": 0, "concurrency": 16}
    return {"llm": {"base_url": model.base_url, "model": "m", "timeout_s": writing, **budgets}}


def configure(
    home: Path, library: Library, server: StopwatchApi, port: int, answering: Mapping[str, object] | None = None
) -> Path:
    """A configuration for a bot with a data directory of its own, whose index is a copy of the library's."""
    data, kept = home / "data", library.data_dir
    data.mkdir(parents=True)
    if (kept / "models").is_dir():
        (data / "models").symlink_to((kept / "models").resolve(), target_is_directory=True)
    shutil.copytree(kept / "generations", data / "generations")
    shutil.copyfile(kept / "current", data / "current")
    # A person of this crowd asks up to twenty questions a minute, which is the product's own limit.
    limits = {"per_user_per_minute": 60}
    own = Library(library.articles, data)
    return own.configure(
        home / "config.yaml",
        server,
        monitoring={"port": port},
        telegram={"limits": limits},
        answering=dict(answering or {}),
    )


async def _watch_queue(port: int, seen: list[tuple[float, int]]) -> None:
    """How many questions are in work or wait, every fifth of a second."""
    async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
        while True:
            with suppress(httpx.HTTPError):
                page = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
                match = re.search(r"^siyu_queue (\S+)$", page, re.MULTILINE)
                seen.append((time.monotonic(), int(float(match[1])) if match else 0))
            await asyncio.sleep(0.2)


async def _tell(began: float, end: float, progress: Progress) -> None:
    while (now := time.monotonic()) < end:
        progress((now - began) / (end - began))
        await asyncio.sleep(1.0)
    progress(1.0)


def _records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
