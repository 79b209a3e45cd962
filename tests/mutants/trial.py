"""One mutant on trial: a copy of the tree, the fault in it, and the tests of its folder in a forked process.

Forked, since most of a test run is the import of large libraries: cosmic-ray starts an interpreter for every mutant,
and mutmut runs all tests first to learn which of them meet what.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest

from tests.mutants.mutations import Mutation

ROOT = Path(__file__).parents[2]
_COPIED = ("bot", "corpus", "embeddings", "tests", "config.yaml", "pyproject.toml")


class Verdict(Enum):
    """What became of a mutant."""

    CAUGHT = "caught"
    TIMED_OUT = "timed out"  # a loop without an end, say, which counts as caught
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of a core and by the clock that one mutant may take."""

    cpu: int
    clock: float


class Tree:
    """A copy of the product and its tests; made at once, removed by `remove`."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="mutants-"))
        self._writes = 0
        for name in _COPIED:
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
            copied(ROOT / name, self._root / name)

    def try_out(self, mutation: Mutation, limits: Limits) -> Verdict:
        """Run the tests of the fault's folder against it."""
        text = (ROOT / mutation.file).read_text(encoding="utf-8")
        self._write(mutation.file, mutation.source(text))
        try:
            return self.test(mutation.file, limits)
        finally:
            self._write(mutation.file, text)

    def test(self, file: Path, limits: Limits) -> Verdict:
        """Run the tests of a file alone, which mostly tell, and only then all of its folder, until one fails."""
        folder = folder_of_tests(file)
        own = folder / f"test_{file.name}"
        parts = (own, folder) if (ROOT / own).exists() else (folder,)
        verdicts = (self._run(part, limits) for part in parts)
        return next((verdict for verdict in verdicts if verdict is not Verdict.SURVIVED), Verdict.SURVIVED)

    def _run(self, tests: Path, limits: Limits) -> Verdict:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = self._child(tests, limits)
            finally:
                os._exit(code)
        return _await(child, time.monotonic() + limits.clock)

    def remove(self) -> None:
        """Delete the copy."""
        shutil.rmtree(self._root)

    def _write(self, file: Path, text: str) -> None:
        """With a time of its own for each writing, which tells compiled files from outdated ones."""
        self._writes += 1
        (self._root / file).write_text(text, encoding="utf-8")
        os.utime(self._root / file, (1_000_000_000 + self._writes,) * 2)

    def _child(self, tests: Path, limits: Limits) -> int:
        os.setsid()
        self._enter()
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nowhere, standard)
        options = [
            "-x",
            "-m",
            "not model and not telegram",
            "-p",
            "no:cacheprovider",
            "--hypothesis-profile=mutants",
            f"--basetemp={self._root / 'tmp'}",
        ]
        return int(pytest.main([*options, str(tests)]))

    def _enter(self) -> None:
        """Import from here what was imported from the original."""
        os.chdir(self._root)
        sys.path.insert(0, str(self._root))
        for name in [name for name in sys.modules if name.partition(".")[0] in _COPIED]:
            del sys.modules[name]


def folder_of_tests(file: Path) -> Path:
    """The folder of tests that mirrors a file's; the folder above where there is none."""
    folder = Path("tests") / file.parent
    while not any((ROOT / folder).glob("test_*.py")):
        folder = folder.parent
    return folder


def _await(child: int, deadline: float) -> Verdict:
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Verdict.TIMED_OUT
        time.sleep(0.02)
    if os.WIFSIGNALED(status):
        return Verdict.TIMED_OUT if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else Verdict.CAUGHT
    return Verdict.SURVIVED if status == 0 else Verdict.CAUGHT


def preload() -> None:
    """Import, once for all children, what the tests need and the product isn't."""
    import faiss  # noqa: F401
    import numpy  # noqa: F401
    import pydantic  # noqa: F401
    import telegram.ext  # noqa: F401

    gc.freeze()
