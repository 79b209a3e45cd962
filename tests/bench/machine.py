"""The machine in words, so that figures can be judged by who did not run them."""

from __future__ import annotations

import os
import re
from pathlib import Path


def machine() -> str:
    """Processor, cores, memory, what it computes in, and how many processes wanted a core in the minute before."""
    text = _read("/proc/cpuinfo")
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+) kB", _read("/proc/meminfo"), re.MULTILINE)
    has = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "avx512_vnni") if flag in text]
    size = f"{int(memory[1]) / 2**20:.0f} GiB" if memory else "unknown"
    return (
        f"Processor {name[1] if name else 'unknown'} ({', '.join(has) or 'no vector instructions known'}), "
        f"{os.cpu_count()} cores, memory {size}, load before {os.getloadavg()[0]:.1f}."
    )


def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8", "replace")
    except OSError:
        return ""
