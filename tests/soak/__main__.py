"""`make soak`: load, burst, faults and kills in one run, with a report and an exit code.

Takes under three minutes by default, `make soak MINUTES=10 FAULTS=1000` as long as it says. Where
SIYU_TEST_MODELS is set, the models and vectors that tests keep there are used and nothing is encoded anew.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tests.end_to_end.bot_process import ROOT
from tests.end_to_end.conftest import Library
from tests.soak.load import Plan, prepare
from tests.soak.load import run as run_load
from tests.soak.parts import FAULTS, KILLS, Part
from tests.soak.report import Machine, Section, load_sections, missed, write

_SHORT = 0.75  # minutes
_WRITING = 1.0  # seconds


def main() -> None:
    """Run all parts; exit 1 where a bar is missed."""
    options = _options()
    machine, console = Machine.here(), Console(stderr=True)
    with Progress(console=console) as progress, tempfile.TemporaryDirectory() as home:
        library = prepare(options.config, Path(home))
        sections = [
            *_load(options, Path(home) / "load", library, progress),
            _part(FAULTS, options.faults, options.seed, progress),
            _part(KILLS, options.kills, options.seed, progress),
        ]
    markdown, _ = write(options.out, machine, sections)
    print(markdown.read_text(encoding="utf-8"))
    sys.exit(1 if missed(sections) else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=_SHORT, help="of steady load, warm-up not counted")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--faults", type=int, default=30, help="0 for none")
    parser.add_argument("--kills", type=int, default=30, help="0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--config", type=Path, default=ROOT / "config.yaml")
    parser.add_argument("--out", type=Path, default=ROOT / "soak-report")
    return parser.parse_args()


def _load(options: argparse.Namespace, home: Path, library: Library, progress: Progress) -> tuple[Section, Section]:
    seconds = 60 * options.minutes
    # What the libraries keep for the shapes that they have seen is had after a minute.
    warm_up = min(60.0, max(15.0, seconds / 5))
    plan = Plan(options.people, seconds, warm_up, seed=options.seed, writing=_WRITING)
    task = progress.add_task("Load", total=1.0)
    report = asyncio.run(run_load(plan, home, library, lambda share: progress.update(task, completed=share)))
    return load_sections(report)


def _part(part: Part, count: int, seed: int, progress: Progress) -> Section:
    task = progress.add_task(part.title, total=count)
    return part.run(count, seed, lambda done: progress.update(task, completed=done))


if __name__ == "__main__":
    main()
