"""A backup back into a data directory: all of it is checked before anything is changed."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.articles.article_files import articles_on, is_regular
from bot.operations.backup_archive import (
    CALIBRATION,
    STATE,
    UPLOADS,
    ArchiveDamaged,
    BackupContents,
    BackupRefused,
    refuse_newer,
    unpack,
)
from bot.operations.run_locks import nobody_runs
from bot.state.database import sound
from embeddings.durable_files import sync, written_aside
from embeddings.index import pending_calibration
from embeddings.index.pending_calibration import CalibrationWithRecipe

_ASIDE = "before-restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did; `aside` are the places of what stood there before."""

    contents: BackupContents
    aside: tuple[Path, ...]


def restore(archive: Path, data_dir: Path, uploads: Path, *, force: bool = False) -> Restored:
    """Check the whole archive, then put its files in place; with `force` what stands there is kept aside.

    Raises ArchiveDamaged or BackupRefused before anything is changed, BotRuns while a bot runs there, OSError.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with nobody_runs(data_dir), tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir) as scratch:
        staged = Path(scratch)
        contents = unpack(archive, staged)
        _check_state(archive, staged / STATE)
        learnt = _staged_calibration(archive, staged / CALIBRATION)
        leaving = _leaving(uploads, {member.name: member.sha256 for member in contents.members})
        _refuse_to_replace(data_dir, uploads, leaving, force=force)
        moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        aside = []
        if leaving:
            aside.append(uploads / f".{_ASIDE}-{moment}")
            _move(uploads, leaving, aside[0])
        _place_uploads(staged / UPLOADS, uploads)
        if learnt is not None:
            pending_calibration.hand_over(data_dir, learnt)
        # The state last: until it is there, the same restore can simply be made once more.
        if _state_files(data_dir):
            aside.append(data_dir / f"{STATE}.{_ASIDE}-{moment}")
            _set_state_aside(data_dir, aside[-1])
        if (staged / STATE).is_file():
            (staged / STATE).replace(data_dir / STATE)
        sync(data_dir)
    return Restored(contents, tuple(aside))


def _check_state(archive: Path, state: Path) -> None:
    if not state.is_file():
        return
    try:
        with closing(sqlite3.connect(f"{state.absolute().as_uri()}?mode=ro", uri=True)) as database:
            migrations = sound(database)
    except sqlite3.Error:
        raise ArchiveDamaged(archive, f"里面的 {STATE} 已经损坏") from None
    refuse_newer(archive, migrations)


def _staged_calibration(archive: Path, file: Path) -> CalibrationWithRecipe | None:
    if not file.is_file():
        return None
    learnt = CalibrationWithRecipe.of(file.read_bytes())
    if learnt is None:
        raise BackupRefused(f"备份 {archive} 里的校准是另一个版本的程序做的：请用做备份的那个版本恢复")
    return learnt


def _leaving(uploads: Path, arriving: Mapping[str, str]) -> list[str]:
    """What stands among the articles from the chat and will not be there, or not so, afterwards.

    `arriving` maps names of members to their SHA-256.
    """
    return [
        name
        for name, file in articles_on(uploads)
        if not is_regular(file) or _digest(file) != arriving.get(f"{UPLOADS}/{name}")
    ]


def _refuse_to_replace(data_dir: Path, uploads: Path, leaving: Sequence[str], *, force: bool) -> None:
    if force:
        return
    if files := _state_files(data_dir):
        raise BackupRefused(f"{files[0]} 已经存在：确定要换掉它就加 --force，原来的会改名留在旁边")
    if leaving:
        raise BackupRefused(
            f"{uploads} 里有备份以外的文章（{len(leaving)} 个文件，例如 {leaving[0]}）："
            "确定要换掉就加 --force，原来的会移到旁边的隐藏目录"
        )


def _move(uploads: Path, names: Sequence[str], aside: Path) -> None:
    for name in names:
        target = aside / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (uploads / name).rename(target)
        with suppress(OSError):  # an empty folder may stand where a file arrives
            (uploads / name).parent.rmdir()


def _place_uploads(staged: Path, uploads: Path) -> None:
    """File after file, each whole or not at all."""
    for file in sorted(file for file in staged.rglob("*") if file.is_file()):
        target = uploads / file.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source, written_aside(target) as stream:
            shutil.copyfileobj(source, stream)
        file.unlink()


def _state_files(data_dir: Path) -> list[Path]:
    files = (data_dir / f"{STATE}{suffix}" for suffix in ("", "-wal", "-shm"))
    return [file for file in files if file.exists()]


def _set_state_aside(data_dir: Path, aside: Path) -> None:
    """The old database under another name; what its log holds goes into it first, as far as it can be read."""
    if (data_dir / STATE).is_file():
        with suppress(sqlite3.Error), closing(sqlite3.connect(data_dir / STATE, timeout=2)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    # The log before the database: it must never lie beside another one, which would take it for its own.
    for file in reversed(_state_files(data_dir)):
        file.replace(aside.with_name(aside.name + file.name.removeprefix(STATE)))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
