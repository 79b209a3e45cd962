"""`make bench`: timings as ratios within one run, since machines are shared and noisy.

Everything runs in one process, one after the other; each figure is the median of several takes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.evaluation.metrics import read_questions

ROOT = Path(__file__).parents[1]


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def median(call: Callable[[], object], takes: int) -> float:
    """Median wall time of several calls."""
    return statistics.median(seconds(call) for _ in range(takes))


def main() -> None:
    """Measure and print; the last column compares with the line that it names."""
    with tempfile.TemporaryDirectory() as directory:
        service = Service(load_settings(ROOT / "config.yaml", [f"data_dir={directory}"]))
        first = seconds(service.reindex)
        full = seconds(lambda: service.reindex(full=True))
        unchanged = median(service.reindex, 5)
        service.refresh()
        questions = [question.text for question in read_questions(ROOT / "tests/evaluation/development.jsonl")][:100]
        for question in questions[:5]:
            service.ask(question)
        asked = sorted(seconds(lambda question=question: service.ask(question)) for question in questions)  # type: ignore[misc]
        encoder = service.encoder()
        encoded = statistics.median(seconds(lambda question=q: encoder.encode_queries([question])) for q in questions)  # type: ignore[misc]
    start = [sys.executable, "-c", "pass"]
    python = median(lambda: subprocess.run(start, check=True, cwd=ROOT), 5)
    command = [sys.executable, "-m", "bot", "--help"]
    help_page = median(lambda: subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL), 5)
    table = Table("what", "seconds", "ratio")
    table.add_row("reindex from nothing", f"{first:.1f}", "")
    table.add_row("reindex --full, vectors cached", f"{full:.1f}", f"{full / first:.3f} of the first")
    table.add_row("reindex, nothing changed", f"{unchanged:.3f}", f"{unchanged / first:.5f} of the first")
    p50, p95 = asked[len(asked) // 2], asked[int(len(asked) * 0.95)]
    table.add_row("question p50", f"{p50:.3f}", f"{p50 / encoded:.2f} of encoding it once")
    table.add_row("question p95", f"{p95:.3f}", f"{p95 / p50:.2f} of p50")
    table.add_row("--help", f"{help_page:.3f}", f"{help_page / python:.1f} of starting Python")
    Console().print(table)


if __name__ == "__main__":
    main()
