"""Who works in a data directory: locks that end with the process that holds them."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import BotError


class BotRuns(BotError):
    """Something is to be done that must not be done beside a running bot."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"有机器人正在用 {data_dir} 运行（或另一个恢复正在进行）：请先停掉它，再恢复")


def run_lock(data_dir: Path, name: str) -> Path:
    """The file that a process locks while it runs there."""
    return data_dir / f".run-{name}.lock"


@contextmanager
def nobody_runs(data_dir: Path) -> Iterator[None]:
    """Hold the lock of every bot that has run there, and one's own. Raises BotRuns where one of them is held."""
    mine = run_lock(data_dir, "restore")
    with ExitStack() as held:
        for file in {mine, *data_dir.glob(run_lock(data_dir, "*").name)}:
            try:
                held.enter_context(FileLock(file, blocking=False))
            except Timeout:
                raise BotRuns(data_dir) from None
        yield


def is_held(file: Path) -> bool:
    """Whether a process holds a lock, asked without the right to write that holding it takes: by anybody's doctor."""
    try:
        with file.open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
