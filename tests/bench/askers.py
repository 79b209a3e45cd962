"""How many answers a second there are, and how long each takes, where several people ask at once.

Everybody asks again as soon as the answer is there, through the queue that stands between the bot's event loop and the
thread that answers; the loop is watched meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.answer_queue import AnswerQueue
from bot.answering.service import Service
from embeddings.evaluation.metrics import percentile
from tests.bench.report import Lines, Section, number
from tests.bench.turns import Turns, by_turns
from tests.soak.loop_monitor import LoopMonitor, Stall, longest


@dataclass(frozen=True, slots=True)
class Crowds:
    """By how many ask at once, round by round: answers a second, and the 50th and 95th percentile of seconds from
    asking to the answer. `stall` is the longest for which the loop computed without looking at its timers."""

    throughput: Turns
    p50: Turns
    p95: Turns
    stall: dict[str, Stall]


@dataclass(frozen=True, slots=True)
class _Round:
    throughput: float
    p50: float
    p95: float
    stall: Stall


def measure(service: Service, questions: Sequence[str], askers: Sequence[int], rounds: int) -> Crowds:
    """Each number of askers puts all the questions together, by turns."""
    done: dict[str, list[_Round]] = {str(count): [] for count in askers}

    def ask(count: int) -> float:
        done[str(count)].append(asyncio.run(_crowd(service, questions, count)))
        return done[str(count)][-1].throughput

    def way(count: int) -> tuple[str, int]:
        return str(count), count

    throughput = by_turns({name: (lambda n=n: ask(n)) for name, n in map(way, askers)}, rounds)  # type: ignore[misc]
    return Crowds(
        throughput,
        Turns({name: tuple(each.p50 for each in found) for name, found in done.items()}),
        Turns({name: tuple(each.p95 for each in found) for name, found in done.items()}),
        {name: longest(each.stall for each in found) for name, found in done.items()},
    )


async def _crowd(service: Service, questions: Sequence[str], count: int) -> _Round:
    stalls: list[Stall] = []
    queue = AnswerQueue(service)
    await queue.open()
    LoopMonitor(asyncio.get_running_loop(), stalls.append)
    left, taken = iter(questions), list[float]()
    began = time.perf_counter()
    await asyncio.gather(*(_asker(queue, left, taken) for _ in range(count)))
    lasted = time.perf_counter() - began
    queue.close()
    taken.sort()
    return _Round(len(taken) / lasted, percentile(taken, 0.50), percentile(taken, 0.95), longest(stalls))


async def _asker(queue: AnswerQueue, left: Iterator[str], taken: list[float]) -> None:
    for question in left:  # one iterator for all: whoever is free takes the next
        asked = time.perf_counter()
        await queue.ask(question)
        taken.append(time.perf_counter() - asked)


def section(crowds: Crowds) -> Section:
    """The crowds as a table; ratios are to the first."""
    names = list(crowds.throughput.figures)
    rows = tuple(
        (
            name,
            number(crowds.throughput.ratio(name, names[0])),
            number(crowds.throughput.median(name)),
            f"{1000 * crowds.p50.median(name):.0f} / {1000 * crowds.p95.median(name):.0f}",
            number(crowds.p95.ratio(name, names[0])),
            f"{1000 * crowds.stall[name].computed:.0f}",
        )
        for name in names
    )
    lines = tuple(
        (label, tuple((float(name), 1000 * turns.median(name)) for name in names))
        for label, turns in (("p50", crowds.p50), ("p95", crowds.p95))
    )
    first = f"over {names[0]} asker" + ("" if names[0] == "1" else "s")
    return Section(
        "Askers at once",
        ("askers", f"answers/s {first}", "answers/s", "p50 / p95 ms", f"p95 {first}", "longest stall of the loop, ms"),
        rows,
        (
            "Whole answers, reading included, through the answer queue; everybody asks again at once. Stalls shorter "
            f"than 20 ms count as none. Rounds: {len(crowds.throughput.figures[names[0]])}.",
        ),
        (
            Lines(
                "askers", "From asking to the answer, by how many ask at once", "askers at once", "milliseconds", lines
            ),
        ),
    )
