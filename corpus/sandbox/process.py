"""How the process is started in which untrusted files are parsed: its command line and its environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import corpus

MEMORY = 1024**3
"""Bytes of address space that parsing a file may take where nothing else is said."""

_ROOT = Path(corpus.__file__).parents[1]
# What a Python process needs to find itself. The token and every other secret stay out of it.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


def command(*, seconds: int, memory: int) -> tuple[str, ...]:
    """Program and arguments of `corpus.sandbox.child`; what is to be parsed is told on its standard input."""
    return (sys.executable, "-P", "-m", "corpus.sandbox.child", str(seconds), str(memory))


def environment() -> dict[str, str]:
    """The variables that the process is given, all others left out."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": str(_ROOT)}
