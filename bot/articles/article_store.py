"""The directory of articles that came from the chat: put in place at once, and everything taken off is kept."""

from __future__ import annotations

import glob
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.articles.article_files import VERSIONS
from bot.errors import BotError
from corpus.parsing.files import file_digest, note_of
from embeddings.durable_files import write_bytes


class ChangedSince(BotError):
    """The file in the store is not the one that was put there."""

    def __init__(self) -> None:
        super().__init__("这篇文章的文件后来被改过或移走了，没有动它：需要的话请在文章目录里手工处理")


class VersionMissing(BotError):
    """The earlier version that should come back is not there any more."""

    def __init__(self) -> None:
        super().__init__("更早的版本找不到了，没有动现在这一篇：需要的话请重新发一份给我")


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an article: its file's name and the digest of file and note."""

    file: str
    digest: str


class ArticleStore:
    """Articles and their notes (front matter beside the file) in one directory.

    What was replaced or removed stays in `.versions/DIGEST/`, which no reader of articles looks into, the last `keep`
    versions of each file. Methods work on the disk and belong into a thread; they raise OSError.
    """

    def __init__(self, directory: Path, *, keep: int = 5) -> None:
        self.directory = directory
        self._versions = directory / VERSIONS
        self._kept = keep

    def tidy(self) -> None:
        """Remove what writing left behind when it was killed, and versions beyond those that are kept."""
        for left in self.directory.glob(".*.new"):
            left.unlink(missing_ok=True)
        for name in {file.name for file in self._versions.glob("*/*") if file.suffix != ".yaml"}:
            self._prune(name)

    def put(self, source: Path, note: str, name: str, *, instead_of: str | None) -> tuple[Version, Version | None]:
        """Put a copy of a file there under a name, in the place of another; what stands there now, and what stood.

        The other file counts as gone where it is not there. `note` may be empty.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        earlier = self._keep(instead_of) if instead_of is not None else None
        self._place(source, note.encode("utf-8"), name)
        if instead_of is not None and instead_of != name:
            self._remove(instead_of)
        if instead_of is not None:
            self._prune(instead_of)
        return Version(name, file_digest(self.directory / name)), earlier

    def take_back(self, version: Version, earlier: Version | None) -> None:
        """Remove what was put there, or put the earlier version back. Raises ChangedSince or VersionMissing."""
        file = self.directory / version.file
        if not file.is_file() or file_digest(file) != version.digest:
            raise ChangedSince
        if earlier is not None:
            kept = self._versions / earlier.digest / earlier.file
            if not kept.is_file() or file_digest(kept) != earlier.digest:
                raise VersionMissing
        self._keep(version.file)
        if earlier is not None:
            self._place(kept, note_of(kept).read_bytes() if note_of(kept).is_file() else b"", earlier.file)
        if earlier is None or earlier.file != version.file:
            self._remove(version.file)
        self._prune(version.file)

    def _keep(self, name: str) -> Version | None:
        """Copy what stands under a name to the versions; None where there is nothing."""
        file = self.directory / name
        if not file.is_file():
            return None
        version = Version(name, file_digest(file))
        place = self._versions / version.digest
        place.mkdir(parents=True, exist_ok=True)
        for part in (file, note_of(file)):
            if part.is_file():
                shutil.copyfile(part, place / part.name)
        os.utime(place / name)  # the one kept last, even where it was kept before
        return version

    def _prune(self, name: str) -> None:
        """Forget the oldest versions of a file beyond those that are kept."""
        versions = sorted(self._versions.glob(f"*/{glob.escape(name)}"), key=lambda file: file.stat().st_mtime_ns)
        for file in versions[: max(0, len(versions) - self._kept)]:
            file.unlink(missing_ok=True)
            note_of(file).unlink(missing_ok=True)
            with suppress(OSError):  # another file with the same content is kept there
                file.parent.rmdir()

    def _place(self, source: Path, note: bytes, name: str) -> None:
        """The note first: a file is never without what belongs to it."""
        file = self.directory / name
        if note:
            write_bytes(note_of(file), note)
        write_bytes(file, source.read_bytes())
        if not note:
            note_of(file).unlink(missing_ok=True)

    def _remove(self, name: str) -> None:
        file = self.directory / name
        file.unlink(missing_ok=True)
        note_of(file).unlink(missing_ok=True)
