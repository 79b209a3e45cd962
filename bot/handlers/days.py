"""How many days back a command looks."""

from __future__ import annotations

from collections.abc import Sequence

MOST_DAYS = 366


def days_asked(arguments: Sequence[str] | None, default: int) -> int | None:
    """The number behind a command, the default where there is none, None where it is no number from 1 to MOST_DAYS."""
    if not arguments:
        return default
    text = arguments[0]
    days = int(text) if text.isdecimal() and len(text) <= 4 else 0
    return days if len(arguments) == 1 and 1 <= days <= MOST_DAYS else None
