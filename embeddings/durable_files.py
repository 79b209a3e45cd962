"""Writes and renames that outlast a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have the disk know a file's content, or what was renamed in a directory.

    Before a rename, so that a power cut cannot leave a whole directory of empty files.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
