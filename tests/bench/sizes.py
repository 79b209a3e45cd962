"""How a question and the update of one article take longer as the corpus grows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.answering.service import Service
from bot.config import load_settings
from tests.bench.one_size import OneSize
from tests.bench.report import Lines, Section, number
from tests.bench.versions import ROOT

_BYTES = 28_000  # of a passage with its seven windows, these in lists as well, on the disk


class TooLarge(Exception):
    """A size cannot be built or measured here; the message says why."""


def build(source: Path, size: int, home: Path, limit: float) -> Path:
    """A data directory with an index of so many passages, made from the one in `source`; one that is there is taken.

    Raises TooLarge where the disk is too small or it takes longer than `limit` seconds.
    """
    target = home / f"size-{size}"
    if _usable(target, size):
        return target
    shutil.rmtree(target, ignore_errors=True)
    wanted, free = size * _BYTES, shutil.disk_usage(home).free
    if 1.5 * wanted > free:
        raise TooLarge(f"needs {wanted / 2**30:.1f} GiB, of which the disk should have half as much again")
    target.mkdir(parents=True)
    (target / "models").symlink_to((source / "models").resolve(), target_is_directory=True)
    try:
        _python("tests.support.synthetic_corpus", str(source), str(target), str(size), limit=limit)
    except TooLarge:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return target


def _usable(target: Path, size: int) -> bool:
    if not (target / "current").exists():
        return False
    indexer = Service(load_settings(ROOT / "config.yaml", [f"data_dir={target}"])).indexer
    return indexer.why_unservable() is None and indexer.store.manifest().passages > 0.9 * size


def measure(data_dir: Path, questions: Sequence[str], rounds: int, limit: float) -> OneSize:
    """One size in a process of its own. Raises TooLarge where that fails or takes longer than `limit` seconds."""
    file = data_dir / "questions.json"
    file.write_text(json.dumps(list(questions), ensure_ascii=False), encoding="utf-8")
    return OneSize(**json.loads(_python("tests.bench.one_size", str(data_dir), str(file), str(rounds), limit=limit)))


def _python(module: str, *arguments: str, limit: float) -> str:
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise TooLarge(f"took longer than {limit:g} s") from None
    if done.returncode:
        raise TooLarge(f"failed: {done.stderr.strip().rpartition(chr(10))[2]}")
    return done.stdout


def section(found: Sequence[OneSize], skipped: Sequence[str], a_thousand_files: float) -> Section:
    """The sizes as a table, with ratios to the first; `a_thousand_files` is in seconds, see the note."""
    if not found:
        return Section("By corpus size", notes=tuple(skipped))
    first = found[0]
    rows = tuple(
        (
            f"{each.passages:,} / {each.windows:,}".replace(",", " "),
            number(each.p50 / first.p50),
            f"{each.p50:.0f} / {each.p95:.0f}",
            number(each.p50 / each.encoding) if each.encoding else "",
            f"{each.load:.2f}",
            f"{each.first:.2f}",
            f"{each.resident:.0f} ({each.own:.0f})",
            f"{each.disk:.1f}",
            "" if each.recall is None else f"{each.recall:.3f}",
            "" if each.update is None else f"{each.update:.1f}",
        )
        for each in found
    )
    lines = (
        ("question p50", tuple((float(each.passages), each.p50) for each in found)),
        ("question p95", tuple((float(each.passages), each.p95) for each in found)),
        ("load", tuple((float(each.passages), 1000 * each.load) for each in found)),
        ("update of one article", tuple((float(e.passages), 1000 * e.update) for e in found if e.update is not None)),
    )
    return Section(
        "By corpus size",
        (
            "passages / windows",
            "question over the first",
            "p50 / p95 ms",
            "p50 over encoding it",
            "load s",
            "first question s",
            "MiB (own)",
            "GiB on disk",
            "recall of lists",
            "update s",
        ),
        rows,
        (
            "Searching alone: encoding the question, reading and quoting not included. Rows made from the real ones; "
            "real questions. Recall: of the hundred closest vectors, in the worst leg. MiB with both encoders for "
            "questions, without the reader. An update also hashes the other articles' files, which such a corpus "
            f"lacks: {a_thousand_files:.2f} s for a thousand of them here. A small generation is written anew for one "
            "article: see the reindexes.",
            *skipped,
        ),
        (
            Lines(
                "sizes",
                "By corpus size (seven windows a passage)",
                "passages",
                "milliseconds",
                tuple(line for line in lines if line[1]),
            ),
        ),
    )
