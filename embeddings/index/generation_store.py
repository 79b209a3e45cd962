"""The generations of one data directory: which serves, how one is added, how one goes back.

A generation is built in a directory that no reader looks at, moved into place by one rename, and made the serving
one by one atomic replace of the file `current`: a kill at any moment leaves a complete generation serving.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.durable_files import publish, write_text
from embeddings.errors import IndexBusy, IndexDamaged, IndexMissing, NothingToRollBack
from embeddings.index.generation import MANIFEST, Generation, Manifest, Recipe, load, read_manifest, verify
from embeddings.index.segmentation import Segmenter

_BUILDING = ".building-"


class GenerationStore:
    """The generations below `data_dir`; `keep` earlier ones stay beside the serving one."""

    def __init__(self, data_dir: Path, *, keep: int = 2) -> None:
        self._data_dir = data_dir
        self._directory = data_dir / "generations"
        self._current = data_dir / "current"
        self._keep = keep

    def current_id(self) -> str | None:
        """The id of the serving generation, damaged or not, or None when there is none; one small read."""
        try:
            name = self._current.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        if not name or "/" in name or name.startswith("."):  # which would lead elsewhere
            return None
        return name if (self._directory / name).is_dir() else None

    def ids(self) -> tuple[str, ...]:
        """All complete generations, oldest first."""
        if not self._directory.is_dir():
            return ()
        names = (entry.name for entry in self._directory.iterdir() if not entry.name.startswith("."))
        return tuple(sorted(name for name in names if (self._directory / name / MANIFEST).is_file()))

    def manifest(self, generation_id: str | None = None) -> Manifest:
        """The manifest of a generation, the serving one by default. Raises IndexMissing or IndexDamaged."""
        return read_manifest(self._path(generation_id))

    def load(self, segmenter: Segmenter, generation_id: str | None = None) -> Generation:
        """Load a generation, the serving one by default. Raises IndexMissing or IndexDamaged."""
        return load(self._path(generation_id), segmenter)

    def damage(self, *, every_byte: bool = True) -> IndexDamaged | None:
        """What is wrong with the serving generation's files, of which all are read, or else those whose size or time of
        change is another. Raises IndexMissing."""
        try:
            verify(self._path(None), every_byte=every_byte)
        except IndexDamaged as damage:
            return damage
        return None

    def stand_in(self, recipe: Recipe) -> Manifest | None:
        """The newest whole generation before the serving one that was made by this recipe."""
        for name in self._earlier():
            with suppress(IndexDamaged):
                if read_manifest(self._directory / name).recipe == recipe:
                    return verify(self._directory / name)
        return None

    def directory(self, generation_id: str | None = None) -> Path:
        """Where a generation lies, the serving one by default. Raises IndexMissing."""
        return self._path(generation_id)

    @contextmanager
    def building(self) -> Iterator[tuple[str, Path]]:
        """The exclusive right to build: yields a new id and the directory, not there yet, to write it into.

        What a build leaves behind, by an error or by a kill, is removed now or by the next build. Raises IndexBusy
        while another process builds.
        """
        with self._lock():
            self._clear()
            generation_id = f"{self._moment():%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(3)}"
            directory = self._directory / f"{_BUILDING}{generation_id}"
            try:
                yield generation_id, directory
            finally:
                shutil.rmtree(directory, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what a killed process left; nothing while another one builds."""
        if any(self._directory.glob(f"{_BUILDING}*")):
            with suppress(IndexBusy), self._lock():
                self._clear()

    def _moment(self) -> datetime:
        """Now, or just behind the newest generation where the clock has gone back: ids are in order of time."""
        now = datetime.now(UTC)
        for name in reversed(self.ids()):
            with suppress(ValueError):
                newest = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
                return max(now, newest + timedelta(microseconds=1))
        return now

    def serve(self, generation_id: str, built: Path, *, without: str | None = None) -> None:
        """Move a built directory into place and make it the serving one; called inside `building`.

        `without` names a damaged generation that goes, so that it takes no place among those that are kept.
        """
        publish(built, self._directory / generation_id)
        self._switch(generation_id)
        if without is not None:
            self._remove(without)
        self._prune()

    def roll_back(self, ready: Callable[[str], None] = lambda name: None) -> tuple[str, str]:
        """Serve the newest whole generation before the serving one; returns (from, to).

        `ready` is called with it before the switch; what it raises leaves all as it is, but for IndexDamaged, which
        leads to the one before. Raises NothingToRollBack, IndexBusy.
        """
        with self._lock():
            serving = self.current_id()
            for name in self._earlier():
                with suppress(IndexDamaged):
                    verify(self._directory / name)
                    ready(name)
                    self._switch(name)
                    return serving or "", name
            raise NothingToRollBack

    def _clear(self) -> None:
        """Inside the lock whatever is not in place belongs to nobody any more."""
        for leftover in self._directory.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def _earlier(self) -> list[str]:
        """The generations before the serving one, newest first; none where none serves."""
        serving = self.current_id()
        return [] if serving is None else [name for name in reversed(self.ids()) if name < serving]

    def _path(self, generation_id: str | None) -> Path:
        name = generation_id or self.current_id()
        if name is None:
            raise IndexMissing
        return self._directory / name

    def _switch(self, generation_id: str) -> None:
        write_text(self._current, f"{generation_id}\n")

    def _prune(self) -> None:
        serving, ids = self.current_id(), self.ids()
        others = [name for name in ids if name != serving]
        remains = [entry.name for entry in self._directory.iterdir() if not entry.name.startswith(".")]
        lost = [name for name in remains if name not in ids and name != serving]  # without a manifest good for nothing
        for name in (*others[: max(0, len(others) - self._keep)], *lost):
            self._remove(name)

    def _remove(self, name: str) -> None:
        # The rename takes it out of sight at once: a kill in the middle leaves no half generation.
        gone = self._directory / f"{_BUILDING}{name}"
        with suppress(OSError):
            (self._directory / name).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        try:
            held = FileLock(self._data_dir / ".reindex.lock").acquire(blocking=False)
        except Timeout as error:
            raise IndexBusy from error
        with held:
            yield
