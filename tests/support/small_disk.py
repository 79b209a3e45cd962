"""A disk so small that a test can fill it: a real file system, so that what runs there meets a real ENOSPC."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MOUNT = 'mount -t tmpfs -o size="$1" siyu-small-disk "$2" && echo ready && while read -r how; do\n'
_MOUNT += 'mount -o remount,"$how",size="$1" siyu-small-disk "$2" && echo done || echo failed; done'


class NoSmallDisk(Exception):
    """This machine lets nobody mount one, root or not; the message says why."""


class SmallDisk:
    """A mounted file system of a few megabytes in a mount namespace of its own.

    A process that is started with `enter` before its command finds it at `path`; others see the same files at `seen`,
    which is good for plain reading and writing (SQLite follows links its own way, and not through there).
    """

    def __init__(self, path: Path, keeper: subprocess.Popen[str]) -> None:
        self.path = path
        self.seen = Path(f"/proc/{keeper.pid}/root{path}")
        user_and_mounts = ("--user", "--mount", "--preserve-credentials", f"--wd={Path.cwd()}")
        self.enter = ("nsenter", f"--target={keeper.pid}", *user_and_mounts)
        self._keeper = keeper

    def fill(self, leave: int = 0) -> Path:
        """Take all room but `leave` bytes; deleting the returned file gives it back."""
        ballast = self.seen / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
        if leave:
            with ballast.open("r+b") as file:
                file.truncate(max(0, ballast.stat().st_size - leave))
        return ballast

    def remount(self, how: str) -> None:
        """`ro` or `rw`."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(f"{how}\n")
        self._keeper.stdin.flush()
        assert self._keeper.stdout.readline() == "done\n"


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount one over the empty directory `at`, for root and for anybody who may make user namespaces.

    Raises NoSmallDisk.
    """
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _MOUNT, "sh", f"{megabytes}m", str(at)]
    try:
        keeper = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    except OSError as error:
        raise NoSmallDisk(str(error)) from None
    with keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        assert keeper.stderr is not None
        if keeper.stdout.readline() != "ready\n":
            raise NoSmallDisk(keeper.stderr.read().strip())
        try:
            yield SmallDisk(at, keeper)
        finally:
            keeper.stdin.close()
