"""The watch over article files: quiet for a period, then one reindex; failures told once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bot.answering.service import Service
from bot.indexing.file_watcher import ChangeDetector, FileWatcher, Seen, Snapshot, snapshot
from bot.indexing.reindex_job import ReindexJob
from corpus.model import FileWarning, Skipped
from embeddings.index.changes import ChangeCounts as Counts
from embeddings.index.indexer import Summary

EVERY = 0.02


def seen(*sizes: int) -> Snapshot:
    return tuple(Seen(f"{place}.md", size, 0, 0) for place, size in enumerate(sizes))


def test_a_change_is_due_when_it_stays_as_it_is_for_one_look() -> None:
    changes = ChangeDetector(seen(1))
    assert not changes.due(seen(1))
    assert not changes.due(seen(2))
    assert not changes.due(seen(3))
    assert changes.due(seen(3))
    changes.settle(seen(3))
    assert not changes.due(seen(3))


def test_what_changes_back_is_no_change() -> None:
    changes = ChangeDetector(seen(1))
    assert not changes.due(seen(2))
    assert not changes.due(seen(1))
    assert not changes.due(seen(1))


def test_without_anything_settled_the_first_quiet_look_is_due() -> None:
    changes = ChangeDetector(None)
    assert not changes.due(seen(1))
    assert changes.due(seen(1))


def test_what_failed_is_due_again_after_more_and_more_looks() -> None:
    changes = ChangeDetector(seen(1))
    gaps = []
    for _ in range(6):
        changes.fail(seen(1))
        gaps.append(next(look for look in range(1, 100) if changes.due(seen(1))))
    assert gaps == [4, 8, 16, 32, 64, 64]
    changes.fail(seen(1))
    assert not changes.due(seen(2))
    assert changes.due(seen(2))
    changes.settle(seen(2))
    assert not any(changes.due(seen(2)) for _ in range(100))


def test_a_snapshot_tells_names_sizes_and_times(tmp_path: Path) -> None:
    article = tmp_path / "a.md"
    article.write_text("一", encoding="utf-8")
    first = snapshot([tmp_path])
    assert first == snapshot([tmp_path])
    article.write_text("二", encoding="utf-8")
    os.utime(article, (1, 1))
    second = snapshot([tmp_path])
    assert second != first
    (tmp_path / "note.tmp").write_text("no article", encoding="utf-8")
    assert snapshot([tmp_path]) == second
    article.rename(tmp_path / "b.md")
    assert snapshot([tmp_path]) != second


def test_a_folder_that_is_gone_is_a_state_like_any_other(tmp_path: Path) -> None:
    assert isinstance(snapshot([tmp_path / "gone"]), str)


class FakeIndexer:
    """Reindexes by doing what the test says next; by default nothing."""

    def __init__(self) -> None:
        self.script: list[Callable[[], Summary]] = []
        self.runs = 0
        self.outdated = False
        self.store = SimpleNamespace(
            manifest=lambda: SimpleNamespace(
                skipped=(Skipped("old.md", "坏"),), warnings=(FileWarning("old.pdf", "缺页"),)
            )
        )

    def unseen_files(self) -> bool:
        return self.outdated


class Corpus:
    """Where the articles are, and how often that was asked: once for each look."""

    def __init__(self, folder: Path) -> None:
        self.looks = 0
        self._folder = folder

    @property
    def articles(self) -> tuple[Path, ...]:
        self.looks += 1
        return (self._folder,)


class Scene:
    """A watcher over a folder, with what it tells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = Corpus(folder)
        self.indexer = FakeIndexer()
        self.failures: list[str] = []
        self.skipped: list[str] = []
        self.warned: list[str] = []
        self.service = cast(
            "Service",
            SimpleNamespace(
                indexer=self.indexer,
                reindex=self._reindex,
                settings=SimpleNamespace(corpus=self.corpus),
            ),
        )
        self.reindex_job = ReindexJob(self.service)
        self.watcher = FileWatcher(
            self.service,
            self.reindex_job,
            every=EVERY,
            failed=self._note_failure,
            skipped=self._note_skipped,
            warned=self._note_warned,
        )

    def _reindex(self, *, progress: Any) -> Summary:
        self.indexer.runs += 1
        return self.indexer.script.pop(0)() if self.indexer.script else summary()

    async def _note_failure(self, error: Exception) -> None:
        self.failures.append(str(error))

    async def _note_skipped(self, files: Sequence[Skipped]) -> None:
        self.skipped += [skipped.path for skipped in files]

    async def _note_warned(self, files: Sequence[FileWarning]) -> None:
        self.warned += [warning.path for warning in files]

    def write(self, text: str) -> None:
        (self.folder / "a.md").write_text(text, encoding="utf-8")

    async def looked(self, times: int) -> None:
        """Until it has looked so often from now on, the look that is under way not counted."""
        before = self.corpus.looks
        await self.until(lambda: self.corpus.looks > before + times)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - what is waited for knows nothing of the loop
                await asyncio.sleep(EVERY)

    async def close(self) -> None:
        await self.watcher.close()
        self.reindex_job.close()


def summary(*skipped: Skipped) -> Summary:
    none = Counts(0, 0, 0, 0)
    return Summary("g", none, none, 0, 0, 0, 0, skipped, 0.1, switched=True)


def fail(error: Exception) -> Callable[[], Summary]:
    def raise_it() -> Summary:
        raise error

    return raise_it


async def test_nothing_runs_while_nothing_changes_and_one_change_runs_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.write("一")
    scene.watcher.start()
    await scene.looked(6)
    assert scene.indexer.runs == 0
    scene.write("二二")
    await scene.until(lambda: scene.indexer.runs == 1)
    await scene.looked(6)
    await scene.close()
    assert scene.indexer.runs == 1
    assert scene.failures == scene.skipped == []


async def test_what_changed_while_nobody_watched_is_indexed(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.indexer.outdated = True
    scene.watcher.start()
    await scene.until(lambda: scene.indexer.runs == 1)
    await scene.close()


async def test_a_failure_is_told_once_tried_again_and_told_anew_when_it_is_another(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    full = OSError(28, "disk full")
    scene.indexer.script = [fail(full), fail(full), fail(ValueError("ours")), summary, fail(full)]
    scene.watcher.start()
    await scene.looked(1)
    scene.write("一")
    await scene.until(lambda: scene.indexer.runs == 4)
    scene.write("二二")
    await scene.until(lambda: len(scene.failures) == 3)
    await scene.close()
    assert scene.failures == [str(full), "ours", str(full)]


async def test_only_newly_skipped_files_are_told(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.indexer.script = [lambda: summary(Skipped("old.md", "坏"), Skipped("new.md", "坏"))]
    scene.watcher.start()
    await scene.looked(1)
    scene.write("一")
    await scene.until(lambda: scene.skipped != [])
    await scene.close()
    assert scene.skipped == ["new.md"]


async def test_only_new_warnings_are_told(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.indexer.script = [
        lambda: replace(summary(), warnings=(FileWarning("old.pdf", "缺页"), FileWarning("new.pdf", "缺页")))
    ]
    scene.watcher.start()
    await scene.looked(1)
    scene.write("一")
    await scene.until(lambda: scene.warned != [])
    await scene.close()
    assert scene.warned == ["new.pdf"]
    assert scene.skipped == []


async def test_an_operators_run_is_waited_for(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    allowlist = asyncio.Event()
    loop = asyncio.get_running_loop()
    scene.indexer.script = [lambda: asyncio.run_coroutine_threadsafe(_after(allowlist), loop).result()]
    scene.watcher.start()
    await scene.looked(1)
    _, work = scene.reindex_job.start("Olga")
    scene.write("一")
    await scene.looked(8)
    assert scene.indexer.runs == 1
    allowlist.set()
    await work
    await scene.until(lambda: scene.indexer.runs == 2)
    await scene.close()


async def _after(allowlist: asyncio.Event) -> Summary:
    await allowlist.wait()
    return summary()


async def test_closing_twice_or_before_the_start_is_fine(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.watcher.close()
    await scene.close()
