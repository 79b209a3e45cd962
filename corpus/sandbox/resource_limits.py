"""Limits that a process sets itself before it touches what strangers wrote."""

from __future__ import annotations

import resource
from contextlib import suppress


def limit(what: int, most: int, *, hard: bool = True) -> None:
    """Set one of the system's limits of this process for good, or, not `hard`, so that it can be set again."""
    with suppress(ValueError, OSError):  # not every system has every limit, and time is limited from outside as well
        ceiling = most if hard else resource.getrlimit(what)[1]
        resource.setrlimit(what, (most, ceiling))
