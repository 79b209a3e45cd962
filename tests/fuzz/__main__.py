"""`python -m tests.fuzz [--minutes 1] [--engine ...] [TARGET ...]`: fuzz each target, save and report what fails.

Each target and engine has a process of its own: one that crashes or hangs outside of Python is a finding, and its
input is known, since it was written down before it was tried. Half of the time goes to hypothesis and half to atheris
where that is installed, else all to hypothesis. The exit code is 1 where something was found.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.hypothetical import Explorer, Finding, keep
from tests.fuzz.target import FOUND, NAMES, target

ENGINES = ("hypothesis", "atheris")

_HANGS = 60  # seconds of the clock, for what never comes back to Python; `bounded` looks after the rest
_MEMORY = 4 * 1024**3
_PATIENCE = 300.0  # seconds that a process may need to start and to shrink what it has found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one engine did with one target."""

    executions: int
    findings: tuple[str, ...]


def main() -> int:
    """Fuzz, and print a line a target and engine."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of: {' '.join(NAMES)}; all by default")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target")
    parser.add_argument("--engine", choices=ENGINES, help="only this one")
    parser.add_argument("--seed", type=int, help="of hypothesis; another one each time by default")
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)  # the file for the current input, in a child
    options = parser.parse_args()
    if unknown := set(options.targets) - set(NAMES):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    seed = int(time.time()) if options.seed is None else options.seed
    if options.here:
        return _in_this_process(options.targets[0], 60 * options.minutes, seed, options.here)
    engines = [options.engine] if options.engine else [engine for engine in ENGINES if find_spec(engine)]
    failed = False
    for name in options.targets or NAMES:
        for engine in engines:
            outcome = (_hypothesis if engine == "hypothesis" else _atheris)(
                name, 60 * options.minutes / len(engines), seed
            )
            failed |= bool(outcome.findings)
            print(
                f"{name:12} {engine:10} {outcome.executions:9d} executions, {len(outcome.findings)} findings",
                flush=True,
            )
            for finding in outcome.findings:
                print(f"    {finding}", flush=True)
    return int(failed)


def _in_this_process(name: str, seconds: float, seed: int, current: Path) -> int:
    """Explore one target; what came of it as JSON on standard output."""
    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    chosen = target(name)
    with ExitStack() as stack, current.open("wb", buffering=0) as file:

        def note(data: bytes) -> None:
            file.seek(0)
            file.truncate()
            file.write(data)

        explorer = Explorer(chosen, chosen.prepare(stack), note)
        explorer.explore(seconds, seed)
    found = [f"{finding.error} ({_name(finding.file)})" for finding in explorer.findings]
    print(json.dumps(asdict(Outcome(explorer.executions, tuple(found)))))
    return 0


def _hypothesis(name: str, seconds: float, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        current = Path(folder, "current")
        minutes = str(seconds / 60)
        command = [
            sys.executable,
            "-m",
            "tests.fuzz",
            name,
            "--minutes",
            minutes,
            "--seed",
            str(seed),
            "--here",
            str(current),
        ]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, timeout=seconds + _PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return Outcome(0, (_lost(name, current, "hangs"),))
        if done.returncode:
            return Outcome(0, (_lost(name, current, f"ends the process ({done.returncode})"),))
        said = json.loads(done.stdout.splitlines()[-1])
        return Outcome(said["executions"], tuple(said["findings"]))


def _lost(name: str, current: Path, what: str) -> str:
    file = keep(name, current.read_bytes() if current.exists() else b"")
    return str(Finding(what, file).error) + f" ({_name(file)})"


def _atheris(name: str, seconds: float, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        artifacts = Path(folder, "found")
        artifacts.mkdir()
        limits = [
            f"-max_total_time={int(seconds)}",
            f"-timeout={_HANGS}",
            f"-seed={seed % 2**31}",
            "-rss_limit_mb=4096",
        ]
        command = [
            sys.executable, "-m", "tests.fuzz.guided", name, str(Path(folder, "corpus")),
            *limits, f"-artifact_prefix={artifacts}/", "-max_len=4096", "-print_final_stats=1",
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=seconds + _PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return Outcome(0, ("hangs, and its input is not known",))
        count = re.findall(r"stat::number_of_executed_units: (\d+)|Done (\d+) runs", done.stderr)
        executions = max((int(number) for pair in count for number in pair if number), default=0)
        said = re.search(r"Uncaught Python exception.*?\n([\w.]+(?:: .*)?)\n|ERROR: libFuzzer: (.*)", done.stderr, re.S)
        error = next((part for part in said.groups() if part), "")[:300] if said else done.stderr[-300:]
        kept = [
            keep(name, file.read_bytes()) for file in sorted(artifacts.iterdir()) if not file.name.startswith("slow-")
        ]
        if not kept and done.returncode:
            return Outcome(executions, (f"ended with {done.returncode}: {error}",))
        return Outcome(executions, tuple(f"{error} ({_name(file)})" for file in kept))


def _name(file: Path) -> str:
    return file.relative_to(FOUND.parents[2]).as_posix()


if __name__ == "__main__":
    sys.exit(main())
