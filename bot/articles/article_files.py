"""What lies in the directory of articles from the chat, as far as it is told from the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

VERSIONS = ".versions"
"""The folder, in that directory, of earlier versions."""


def articles_on(directory: Path) -> Iterator[tuple[str, Path]]:
    """Articles, notes and earlier versions with their POSIX paths below it, links among them but not followed.

    Everything else that is hidden is passed over, as it is by the reader of articles.
    """
    for folder, folders, names in os.walk(directory):
        here = Path(folder)
        seen = [name for name in folders if not name.startswith(".") or (name == VERSIONS and here == directory)]
        links = [name for name in seen if (here / name).is_symlink()]
        folders[:] = sorted(name for name in seen if name not in links)
        for name in sorted((*names, *links)):
            if name in links or not name.startswith("."):
                yield (here / name).relative_to(directory).as_posix(), here / name


def is_regular(file: Path) -> bool:
    """Whether it is a file of its own, no link and nothing else."""
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except OSError:
        return False
