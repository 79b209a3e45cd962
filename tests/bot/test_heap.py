"""Arenas of the C library's malloc that threads share."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from bot.heap import ARENAS

_THREADS = """
import ctypes, sys, threading
from bot.heap import share_arenas

if sys.argv[1] == "shared":
    share_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
together = threading.Barrier(8)

def work():
    together.wait()  # all at once, so that none takes over what another has left
    library.malloc(50_000)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
stream = library.fopen(b"/dev/stdout", b"w")
library.malloc_info(0, ctypes.c_void_p(stream))
library.fflush(ctypes.c_void_p(stream))
"""


def arenas(how: str) -> int:
    """How many there are after eight threads have allocated at once."""
    done = subprocess.run([sys.executable, "-c", _THREADS, how], check=True, capture_output=True, text=True)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="another C library than glibc")
def test_threads_share_few() -> None:
    assert arenas("as usual") > ARENAS
    assert arenas("shared") <= ARENAS
