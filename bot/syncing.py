"""Renames that outlast a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def sync(directory: Path) -> None:
    """Have the disk know what was renamed in a directory."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
