"""kill -9 at seeded moments of a reindex: `python -m tests.soak.kills --moments 30 --seed 1`.

The real command line reindexes a small corpus that has changed, and is killed at, or a little after, one of its
dealings with files. Those are counted, so that a busy machine is killed at the same places. After each kill: what
serves is whole and answers, `status` tells the truth, nothing half-built is seen, the next reindex goes through, and no
leftovers pile up.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.config import load_settings
from bot.terminal.plain_text import plain_text
from embeddings.errors import IndexDamaged
from embeddings.index.generation import verify
from tests.embeddings.helpers import ARTICLES, write_articles
from tests.support.fake_cli import COUNT, DIE, PACE, REAL, PacedService

ROOT = Path(__file__).resolve().parents[2]
KEEP = 2
QUESTION = "一个人能加多少客户"
_ANSWER = "五千名"


@dataclass(frozen=True, slots=True)
class KillReport:
    """What a run of kills met.

    `killed` processes ended by the signal, `done` had ended before it came; of the killed ones `switched` had already
    put the new generation in place. `slowest` is the longest time in seconds that the reindex after a kill took.
    `faults` tells in words what was not as it should be, with the number of its moment.
    """

    moments: int
    seed: int
    killed: int
    done: int
    switched: int
    slowest: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shop:
    """A corpus and its data directory; `model` empty means the fake encoder, else `embeddings.model`."""

    home: Path
    model: str

    @property
    def data(self) -> Path:
        return self.home / "data"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.support.fake_cli", "--config", str(self.home / "config.yaml"), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, PACE: "0.2", **({REAL: "1"} if self.model else {}), **more}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def prepare(self) -> None:
        """The first index of all."""
        if not self.model:
            PacedService(load_settings(self.home / "config.yaml")).reindex()
        elif (built := self.run("reindex")).returncode != 0:
            raise RuntimeError(built.stderr)

    def ask(self) -> tuple[str, str]:
        """The generation that answers, and what it says."""
        if not self.model:
            answer = PacedService(load_settings(self.home / "config.yaml")).ask(QUESTION)
            return answer.generation, plain_text(answer)
        told = json.loads(self.run("ask", QUESTION, "--json").stdout or "{}")
        return told.get("generation", ""), told.get("answer", "")

    def change(self, number: int) -> None:
        text = f"{ARTICLES['fugou.md']}\n第{number}次改动：这句话每次都不同，好让索引真的要重建一遍。\n"
        (self.home / "articles" / "fugou.md").write_text(text, encoding="utf-8")

    def serving(self) -> str:
        return (self.data / "current").read_text(encoding="utf-8").strip()


def run(moments: int, seed: int, progress: Callable[[int], None], *, model: str = "") -> KillReport:
    """Kill so many reindexes; `progress` gets how many are done. `model` runs a real encoder instead of the fake one.

    The first moments of a process, in which it only imports, are spared.
    """
    draw = random.Random(seed)
    killed = done = switched = 0
    slowest, faults = 0.0, list[str]()
    with tempfile.TemporaryDirectory(prefix="siyu-kills-") as place:
        shop = _shop(Path(place), model)
        dealings = _dealings_of_a_reindex(shop)
        for moment in range(moments):
            before = shop.serving()
            shop.change(moment)
            if _killed(shop, draw.randint(1, dealings), draw.choice((0.0, draw.uniform(0.0, 0.2)))):
                killed += 1
                switched += shop.serving() != before
            else:
                done += 1
            found = _after_a_kill(shop, before)
            began = time.monotonic()
            found += _after_a_reindex(shop)
            slowest = max(slowest, time.monotonic() - began)
            faults += [f"moment {moment}: {fault}" for fault in found]
            progress(moment + 1)
    return KillReport(moments, seed, killed, done, switched, round(slowest, 1), tuple(faults))


def _shop(home: Path, model: str) -> _Shop:
    write_articles(home / "articles")
    lines = ["corpus: {articles: articles}", "data_dir: data", f"index: {{keep: {KEEP}}}"]
    if model:
        lines.append(f"embeddings: {{model: {json.dumps(model)}, companion: none}}")
    (home / "config.yaml").write_text("\n".join(lines), encoding="utf-8")
    return _Shop(home, model)


def _dealings_of_a_reindex(shop: _Shop) -> int:
    """How often one deals with files that changes a little; there are two generations afterwards."""
    shop.prepare()
    shop.change(-1)
    told = shop.home / "count"
    if (built := shop.run("reindex", **{COUNT: str(told)})).returncode != 0:
        raise RuntimeError(built.stderr)
    return int(told.read_text(encoding="utf-8"))


def _killed(shop: _Shop, at: int, after: float) -> bool:
    """Run a reindex that is killed; whether it still ran then."""
    return shop.run("reindex", **{DIE: f"{at} {after}"}).returncode == -signal.SIGKILL


def _after_a_kill(shop: _Shop, before: str) -> list[str]:
    """What is wrong before anything else has run."""
    faults = []
    serving = shop.serving()
    if serving < before:
        faults.append(f"{serving} serves, which is older than {before}")
    for generation in _generations(shop.data):
        try:
            verify(generation)
        except IndexDamaged as damage:
            faults.append(str(damage))
    told = json.loads(shop.run("status", "--json").stdout or "{}")
    expected = "ready" if serving != before else "changed"
    if (told.get("state"), told.get("generation"), told.get("damaged")) != (expected, serving, None):
        faults.append(f"status says {told}")
    by, said = shop.ask()
    if by != serving or _ANSWER not in said:
        faults.append(f"{by} answered {said}")
    return faults


def _after_a_reindex(shop: _Shop) -> list[str]:
    """What is wrong after the next reindex."""
    faults = []
    built = shop.run("reindex", "--json")
    if built.returncode != 0:
        return [f"the next reindex failed: {built.stderr}"]
    if json.loads(built.stdout)["generation"] != shop.serving():
        faults.append("the next reindex does not serve")
    left = [entry.name for entry in (shop.data / "generations").iterdir() if entry.name.startswith(".")]
    if left:
        faults.append(f"left behind: {left}")
    if (kept := len(_generations(shop.data))) > KEEP + 1:
        faults.append(f"{kept} generations are kept")
    names = {entry.name for entry in shop.data.iterdir()}
    if strange := names - {"generations", "current", "vectors.db", "vectors.db-wal", "vectors.db-shm", ".reindex.lock"}:
        faults.append(f"left behind: {strange}")
    with closing(sqlite3.connect(shop.data / "vectors.db")) as vectors:
        (said,) = vectors.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        faults.append(f"vector cache: {said}")
    return faults


def _generations(data: Path) -> list[Path]:
    return [entry for entry in (data / "generations").iterdir() if not entry.name.startswith(".")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 1 where there are faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="", help="a real model (`default`, or a directory) instead of the fake one")
    options = parser.parse_args(arguments)
    report = run(options.moments, options.seed, lambda count: print(count, end=" ", flush=True), model=options.model)
    print(f"\n{report}")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
