"""Articles that wait for an operator's yes: files below `data_dir/drafts`, for a day, and never many."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from bot.articles.text_overlap import Neighbour
from embeddings.durable_files import write_json

logger = logging.getLogger(__name__)

KEPT = 86_400.0  # seconds
_MOST = 50
_ID = re.compile(r"[0-9a-f]{16}")
_ABOUT = ".json"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an operator is shown of a draft before the yes; everything that came with the file is plain data.

    `day` is ISO text or None; `origin` is the file's name or the page's address as it came; `known` names an article
    with the same text, which makes the draft useless; `replaces` the one whose place it takes; `namesake` tells that
    another of the same title stays beside it; `warnings` say what of the file could not be read.
    """

    title: str
    origin: str
    day: str | None
    author: str | None
    url: str | None
    passages: int
    characters: int
    boilerplate: int
    other_encoding: bool
    expired: bool
    lacking: str | None
    known: str | None
    replaces: str | None
    namesake: bool
    near: tuple[Neighbour, ...]
    warnings: tuple[str, ...] = ()

    @property
    def acceptable(self) -> bool:
        """Whether there is an article in it that the bot does not have yet."""
        return self.lacking is None and self.known is None


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """One draft. `note` is the front matter to stand beside the file, `made` is Unix time in seconds."""

    id: str
    operator: int
    made: float
    suffix: str
    digest: str
    note: str
    preview: Preview

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """From what `asdict` gave. Raises TypeError or KeyError for anything else."""
        preview = document["preview"]
        near = tuple(Neighbour(**neighbour) for neighbour in preview["near"])
        warnings = tuple(preview.get("warnings", ()))  # drafts of earlier programs have none
        return cls(**{**document, "preview": Preview(**{**preview, "near": near, "warnings": warnings})})


class UploadDrafts:
    """The drafts of all operators. Methods work on the disk and belong into a thread; they raise OSError.

    `clock` counts seconds since 1970.
    """

    def __init__(self, directory: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._directory = directory
        self._clock = clock

    def stage(self, data: bytes, suffix: str) -> Path:
        """Write bytes to a file of their own to be looked into; what is too old or too much goes."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self.prune()
        file = self._directory / f"{secrets.token_hex(8)}{suffix}"
        file.write_bytes(data)
        self._date(file)
        return file

    def keep(self, file: Path, operator: int, note: str, preview: Preview) -> UploadDraft:
        """Make a draft of a file that was laid down."""
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        draft = UploadDraft(file.stem, operator, self._clock(), file.suffix, digest, note, preview)
        about = self._directory / f"{draft.id}{_ABOUT}"
        write_json(about, asdict(draft))
        self._date(about)
        return draft

    def _date(self, file: Path) -> None:
        """By the clock that `prune` goes by, which may not be the disk's."""
        os.utime(file, (self._clock(), self._clock()))

    def find(self, draft_id: str, operator: int) -> UploadDraft | None:
        """An operator's draft, None where there is none, or no longer, or somebody has tampered with it."""
        if not _ID.fullmatch(draft_id):
            return None
        try:
            draft = UploadDraft.from_document(
                json.loads((self._directory / f"{draft_id}{_ABOUT}").read_text(encoding="utf-8"))
            )
            digest = hashlib.sha256(self.file(draft).read_bytes()).hexdigest()
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            logger.warning("draft %s cannot be read", draft_id)
            return None
        fresh = draft.made > self._clock() - KEPT
        return draft if fresh and draft.operator == operator and draft.digest == digest else None

    def file(self, draft: UploadDraft) -> Path:
        """Where a draft's bytes lie."""
        return self._directory / f"{draft.id}{draft.suffix}"

    def drop(self, draft_id: str) -> None:
        """Forget a draft, or a file that was laid down and became none."""
        for file in self._directory.glob(f"{draft_id}.*"):
            file.unlink(missing_ok=True)

    def prune(self) -> None:
        """Drop what is older than a day, and the oldest where there are too many."""
        if not self._directory.is_dir():
            return
        ages = {file: file.stat().st_mtime for file in self._directory.iterdir() if file.is_file()}
        newest: dict[str, float] = {}
        for file, age in ages.items():
            newest[file.stem] = max(age, newest.get(file.stem, 0.0))
        order = sorted(newest, key=lambda stem: newest[stem], reverse=True)
        for place, stem in enumerate(order):
            if place >= _MOST - 1 or newest[stem] <= self._clock() - KEPT:
                self.drop(stem)
