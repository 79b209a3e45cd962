"""What is fuzzed: a function over bytes, and what good inputs for it are made of."""

from __future__ import annotations

import importlib
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

NAMES = (
    "questions",
    "html",
    "markdown",
    "docx",
    "pdf",
    "xlsx",
    "csv",
    "epub",
    "frontmatter",
    "encodings",
    "cleaning",
    "pages",
    "language",
    "print",
    "glossary",
    "config",
    "rendering",
    "buttons",
    "links",
    "addresses",
)
"""The modules of `tests.fuzz.targets`, each with its `TARGET`."""

FOUND = Path(__file__).parent / "found"
"""Inputs that once failed, `found/TARGET/DIGEST`; each is tried again by the tests."""

LONGEST = 5.0
"""Seconds of the processor that one input may take; more is a finding as an exception is."""

Check = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """`prepare` imports what is fuzzed and returns the check, which raises whatever is a finding, and nothing else.

    What `prepare` opens, the stack closes: keep it as long as the check.
    `seeds` are whole good inputs, `tokens` pieces of them that an engine would hardly come upon.
    """

    name: str
    prepare: Callable[[ExitStack], Check]
    seeds: tuple[bytes, ...]
    tokens: tuple[bytes, ...]


class TooSlow(Exception):
    """An input took longer than `LONGEST`."""


def target(name: str) -> Target:
    """One of `NAMES`."""
    found: Target = importlib.import_module(f"tests.fuzz.targets.{name}").TARGET
    return found


def saved(name: str) -> tuple[Path, ...]:
    """The inputs that once failed for a target."""
    return tuple(sorted(file for file in (FOUND / name).glob("*") if file.is_file()))


@contextmanager
def bounded(seconds: float = LONGEST) -> Iterator[None]:
    """Raises TooSlow for a block that takes longer, in seconds of the processor: a busy machine is no finding.

    In the main thread, and as soon as Python itself runs again.
    """

    def stop(number: int = 0, frame: FrameType | None = None) -> None:
        raise TooSlow(f"more than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    started = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if time.process_time() - started > seconds:
        stop()  # an error is lost where it meets a callback of the interpreter's, of the garbage collector say
