"""What the processor of this machine can compute."""

from __future__ import annotations

from pathlib import Path


def instructions() -> frozenset[str]:
    """The names of its instruction sets as Linux lists them; empty where that is not told."""
    try:
        described = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return frozenset()
    line = next((line for line in described.splitlines() if line.startswith("flags")), "")
    return frozenset(line.partition(":")[2].split())
