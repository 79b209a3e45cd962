"""What the bot holds in memory while it serves: `run` against a Bot API server of our own, asked by many people."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import Bars, Section, number
from tests.bench.versions import Version
from tests.end_to_end.conftest import Library
from tests.soak.server import StopwatchApi
from tests.soak.vitals import family

TOKEN = "123456789:AAbench-token_of-the_measured-bot"
_PATIENCE = 300.0  # seconds that a start, or an answer, may take beside other work


@dataclass(frozen=True, slots=True)
class Resident:
    """MiB of a process and its children: all that is resident, and how much of it is their own rather than pages of
    files, which the system takes back where it needs the room."""

    total: float
    own: float


@dataclass(frozen=True, slots=True)
class Serving:
    """One version while it served. `first` is in seconds from its start to the first answer; then what was resident
    when it had given one and when it had given `answers`."""

    version: str
    first: float
    after_one: Resident
    after_all: Resident
    answers: int


def measure(versions: Sequence[Version], questions: Sequence[str], home: Path) -> tuple[Serving, ...]:
    """Each version by itself, the questions one after the other, each by a person of its own."""
    served = []
    for place, version in enumerate(versions):
        config = home / f"{place}.yaml"
        served.append(asyncio.run(_serve(version, questions, config)))
    return tuple(served)


async def _serve(version: Version, questions: Sequence[str], config: Path) -> Serving:
    async with StopwatchApi(TOKEN) as server:
        server.rate_limits = False
        people = [server.add_user(f"P{n}", language_code="zh-hans", started=True) for n in range(len(questions))]
        Library(version.articles, version.data_dir).configure(config, server)
        process = await asyncio.create_subprocess_exec(
            *(version.python, *version.command, "--config", str(config), "run"),
            cwd=version.directory,
            env={**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        began = time.monotonic()
        try:
            looks = []
            for person, question in zip(people, questions, strict=True):
                asked = await server.put(person, person, question, within=_PATIENCE)
                if asked.landed is None:
                    raise TimeoutError(f"{version.name} has not answered: {question}")
                looks.append((asked.landed - began, resident(process.pid)))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
    return Serving(version.name, looks[0][0], looks[0][1], looks[-1][1], len(looks))


def resident(pid: int) -> Resident:
    """What a process and its children hold now; pages that they share count for each of them."""
    total = files = 0
    for one in family(pid):
        with suppress(OSError):  # it has just ended
            status = Path(f"/proc/{one}/status").read_text("utf-8")
            sizes = {name: int(size) for name, size in re.findall(r"^(\w+):\s*(\d+) kB$", status, re.MULTILINE)}
            total += sizes.get("VmRSS", 0)
            files += sizes.get("RssFile", 0) + sizes.get("RssShmem", 0)
    return Resident(total / 1024, (total - files) / 1024)


def section(served: Sequence[Serving]) -> Section:
    """The versions as a table, with ratios to the first."""
    ours = served[0]
    rows = tuple(
        (
            each.version,
            f"{each.first:.1f}",
            f"{each.after_one.total:.0f} ({each.after_one.own:.0f})",
            f"{each.after_all.total:.0f} ({each.after_all.own:.0f})",
            number(each.after_all.total / ours.after_all.total),
        )
        for each in served
    )
    bars = tuple((each.version, each.after_all.total) for each in served)
    answers = ours.answers
    return Section(
        "Memory while serving",
        ("what", "seconds to the first answer", "MiB after it (own)", f"MiB after {answers} (own)", "over ours"),
        rows,
        ("`run` with its children, against a Bot API server; own: without pages of files, which can be taken back.",),
        (Bars("memory", f"Resident while serving, after {answers} answers", "MiB", bars),),
    )
