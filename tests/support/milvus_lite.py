"""A Milvus server in a process of its own (milvus-lite), to be killed, frozen and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.patience import patience


@dataclass(slots=True)
class MilvusProcess:
    """A server on `port`; what it holds lies in `data_dir` and outlives it."""

    data_dir: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers; nothing where it runs."""
        if self._process is not None:
            return
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(self.data_dir)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + patience(30)
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("milvus-lite did not start")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It is there and does nothing (SIGSTOP), until the block ends."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @contextmanager
    def half_started(self) -> Iterator[None]:
        """In the block its port takes connections, and nobody answers them yet; before, it is killed."""
        self.kill()
        with socket.socket() as port:
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port.bind(("127.0.0.1", self.port))
            port.listen(64)
            yield

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def milvus(directory: Path) -> Iterator[MilvusProcess]:
    """A server that runs, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = MilvusProcess(directory, port)
    try:
        process.start()
        yield process
    finally:
        process.kill()
