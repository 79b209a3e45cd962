"""Which files this process holds open, as /proc tells."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def open_files(folder: Path) -> set[str]:
    """The names of the open files in a folder; a deleted one ends in ` (deleted)`."""
    found: set[str] = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            file = link.readlink()
            if file.parent == folder:
                found.add(file.name)
    return found
