"""`python -m tests.mutants [--count 200] [--seed 1] [--jobs 2] [FOLDER ...]`: the share of faults that tests notice.

Ends with 1 where less than 0.85 of them are caught. Each survivor is printed as a diff: a missing test, or needless
code.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from multiprocessing import get_context
from pathlib import Path

from tests.mutants.mutations import Mutation, mutations
from tests.mutants.trial import ROOT, Limits, Tree, Verdict, folder_of_tests, preload

BAR = 0.85
FOLDERS = ("bot/answering", "bot/state", "embeddings/search", "embeddings/refusal", "corpus/parsing")
_UNLIMITED = Limits(cpu=600, clock=1200)

_tree: list[Tree] = []  # one to each process of the pool, put there by its initialiser


def main() -> None:
    """Draw, try out, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    drawn = _draw(options.folders, options.count, options.seed)
    preload()
    limits = _measure(drawn)
    verdicts = Counter(_tell(verdict, mutation) for mutation, verdict in _try_out(drawn, limits, options.jobs))
    share = 1 - verdicts[Verdict.SURVIVED] / len(drawn)
    told = ", ".join(f"{verdict.value} {verdicts[verdict]}" for verdict in Verdict)
    print(f"{len(drawn)} mutants, seed {options.seed}: {told}; {share:.3f} of them noticed, {BAR} wanted")
    sys.exit(share < BAR)


def _draw(folders: Sequence[str], count: int, seed: int) -> list[Mutation]:
    files = [file.relative_to(ROOT) for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    known = [each for file in files for each in mutations(file, (ROOT / file).read_text(encoding="utf-8"))]
    return random.Random(seed).sample(known, min(count, len(known)))


def _measure(drawn: Iterable[Mutation]) -> dict[Path, Limits]:
    """How long the tests of each folder take without a fault, several times over; they must pass."""
    tree, limits = Tree(), dict[Path, Limits]()
    for mutation in drawn:
        if (folder := folder_of_tests(mutation.file)) in limits:
            continue
        began, before = time.monotonic(), os.times()
        if tree.test(mutation.file, _UNLIMITED) is not Verdict.SURVIVED:
            sys.exit(f"the tests in {folder} fail without any fault: mend them first")
        cpu = sum(os.times()[2:4]) - sum(before[2:4])
        limits[folder] = Limits(cpu=int(4 * cpu) + 10, clock=10 * (time.monotonic() - began) + 30)
    tree.remove()
    return limits


def _try_out(drawn: list[Mutation], limits: dict[Path, Limits], jobs: int) -> Iterable[tuple[Mutation, Verdict]]:
    tasks = [(mutation, limits[folder_of_tests(mutation.file)]) for mutation in drawn]
    with get_context("fork").Pool(jobs, initializer=lambda: _tree.append(Tree())) as pool:
        yield from pool.imap_unordered(_one, tasks)
        pool.map(_end, range(jobs), chunksize=1)


def _one(task: tuple[Mutation, Limits]) -> tuple[Mutation, Verdict]:
    return task[0], _tree[0].try_out(*task)


def _end(_: int) -> None:
    if _tree:
        _tree.pop().remove()


def _tell(verdict: Verdict, mutation: Mutation) -> Verdict:
    print(verdict.value[0], end="", file=sys.stderr, flush=True)
    if verdict is not Verdict.CAUGHT:
        text = (ROOT / mutation.file).read_text(encoding="utf-8")
        print(f"\n-- {verdict.value}\n{mutation.diff(text)}\n", flush=True)
    return verdict


if __name__ == "__main__":
    main()
