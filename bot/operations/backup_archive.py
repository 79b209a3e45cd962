"""The format of a backup: a zip file with a manifest that names every other member and its SHA-256.

`state.db`, the articles from the chat below `uploads/`, and the calibration with the recipe that it was learnt on.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.articles.article_files import VERSIONS
from bot.errors import BotError
from bot.state.migrations import MIGRATIONS
from embeddings.index import pending_calibration

FORMAT = 1
MANIFEST = "manifest.json"
STATE = "state.db"
CALIBRATION = pending_calibration.WAITING
UPLOADS = "uploads"

_LONGEST_MANIFEST = 64 * 1024**2
_AT_ONCE = 1024**2
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, KeyError),
)


class BackupRefused(BotError):
    """An archive that is not restored, or nothing to make one of; the message says why and what to do."""


class ArchiveDamaged(BackupRefused):
    """The archive is not what was written."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(f"备份 {file} 不能用：{what}。什么都没有改动，请换一份备份")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What an archive says of itself; `migrations` are those that its state has seen."""

    format: int
    created: str
    migrations: tuple[str, ...]
    members: tuple[Member, ...]

    @property
    def articles(self) -> int:
        """How many files the articles from the chat are, earlier versions not counted."""
        below = [member.name.split("/") for member in self.members]
        return sum(parts[0] == UPLOADS and parts[1] != VERSIONS for parts in below)

    @property
    def size(self) -> int:
        """Bytes of all members together."""
        return sum(member.size for member in self.members)


class Writer:
    """Adds members to a new zip file; all bear the moment `created`."""

    def __init__(self, out: zipfile.ZipFile, created: datetime) -> None:
        self._out = out
        self._created = created
        self.members: list[Member] = []

    def add(self, name: str, data: bytes) -> None:
        """A member of these bytes."""
        self.members.append(self._write(name, (data,)))

    def add_file(self, name: str, file: Path) -> None:
        """A member with a file's bytes. Raises OSError."""
        with file.open("rb") as stream:
            self.members.append(self._write(name, iter(lambda: stream.read(_AT_ONCE), b"")))

    def finish(self, migrations: tuple[str, ...]) -> BackupContents:
        """Add the manifest of a state with these migrations."""
        contents = BackupContents(FORMAT, self._created.isoformat(), migrations, tuple(self.members))
        self._write(MANIFEST, (as_json(asdict(contents)),))
        return contents

    def _write(self, name: str, chunks: Iterable[bytes]) -> Member:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise BackupRefused(f"文件名 {name!r} 不是 UTF-8，存不进备份：请先改名") from None
        info = zipfile.ZipInfo(name, self._created.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        digest, size = hashlib.sha256(), 0
        with self._out.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return Member(name, size, digest.hexdigest())


def as_json(document: Mapping[str, Any]) -> bytes:
    """A document as a member of an archive."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")


def unpack(archive: Path, staged: Path) -> BackupContents:
    """Unpack every member below the empty directory `staged`, each checked.

    Raises ArchiveDamaged or BackupRefused: for what no such archive holds, before anything is unpacked.
    """
    strange = ArchiveDamaged(archive, "不是 siyu backup 做的备份，或者已经损坏")
    with _unreadable_is(strange), zipfile.ZipFile(archive) as source:
        contents = _contents(archive, source)
        if contents.size > shutil.disk_usage(staged).free:
            raise BackupRefused(f"备份 {archive} 解开要 {contents.size / 1024**2:.0f} MB，磁盘放不下：请先腾出空间")
        for member in contents.members:
            _unpack_member(archive, source, member, staged / member.name)
    return contents


@contextmanager
def _unreadable_is(damage: ArchiveDamaged) -> Iterator[None]:
    """Raise it for everything that the library raises at a zip file that is none, or no longer."""
    try:
        yield
    except _UNREADABLE:
        raise damage from None
    except OSError as error:
        if error.errno == errno.EINVAL:  # an offset before the file's beginning
            raise damage from None
        raise


def _contents(archive: Path, source: zipfile.ZipFile) -> BackupContents:
    """The manifest, after everything that can be checked without unpacking. Raises what `_unreadable_is` is for."""
    infos = source.infolist()
    if not all(_is_plain(info) for info in infos):
        raise ArchiveDamaged(archive, "里面有链接或别的不是普通文件的东西")
    with source.open(MANIFEST) as stream:
        text = stream.read(_LONGEST_MANIFEST + 1)
    if len(text) > _LONGEST_MANIFEST:
        raise ArchiveDamaged(archive, "清单大得离谱")
    contents = _manifest(archive, text)
    names = [member.name for member in contents.members]
    for name in names:
        if not _belongs(name):
            raise ArchiveDamaged(archive, f"里面的文件名 {name!r} 不该出现在备份里")
    if sorted(info.filename for info in infos) != sorted([MANIFEST, *names]) or len(set(names)) != len(names):
        raise ArchiveDamaged(archive, "里面的文件与清单对不上")
    return contents


def _manifest(archive: Path, text: bytes) -> BackupContents:
    try:
        document = json.loads(text)
        known = document["format"]
        if known != FORMAT:
            raise BackupRefused(
                f"备份 {archive} 是另一种格式（{known!r}），这个版本的程序只认格式 {FORMAT}：请用做备份的那个版本恢复"
            )
        contents = BackupContents(
            format=FORMAT,
            created=datetime.fromisoformat(document["created"]).isoformat(),
            migrations=tuple(map(str, document["migrations"])),
            members=tuple(Member(str(m["name"]), int(m["size"]), str(m["sha256"])) for m in document["members"]),
        )
    except (ValueError, KeyError, TypeError):
        raise ArchiveDamaged(archive, "清单读不了") from None
    refuse_newer(archive, contents.migrations)
    return contents


def refuse_newer(archive: Path, migrations: Iterable[str]) -> None:
    """Raise BackupRefused where a state has seen migrations that this program does not know."""
    unknown = set(migrations) - {step.__name__ for step in MIGRATIONS}
    if unknown:
        raise BackupRefused(
            f"备份 {archive} 来自更新的程序（state.db 有这个版本不认识的改动：{'、'.join(sorted(unknown)[:3])}）："
            "请先升级程序再恢复"
        )


def _is_plain(info: zipfile.ZipInfo) -> bool:
    regular = stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)
    known = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return regular and known and not info.flag_bits & 1


def _belongs(name: str) -> bool:
    """Whether a member may have this name: relative, plain, and one of ours."""
    if name in (STATE, CALIBRATION):
        return True
    root, *below = name.split("/")
    if below[:1] == [VERSIONS]:
        del below[0]
    return root == UPLOADS and bool(below) and all(part and not part.startswith(".") for part in below)


def _unpack_member(archive: Path, source: zipfile.ZipFile, member: Member, target: Path) -> None:
    damaged = ArchiveDamaged(archive, f"{member.name} 已经损坏（与校验和不符）")
    digest, left = hashlib.sha256(), member.size
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        stream = target.open("xb")
    except (FileExistsError, NotADirectoryError):
        raise ArchiveDamaged(archive, f"里面的文件名 {member.name!r} 不该出现在备份里") from None
    with _unreadable_is(damaged), stream, source.open(member.name) as packed:
        while chunk := packed.read(_AT_ONCE):
            left -= len(chunk)
            if left < 0:
                raise damaged
            digest.update(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    if left or digest.hexdigest() != member.sha256:
        raise damaged
