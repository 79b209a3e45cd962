"""Vectors by the content of their text, so that nothing is encoded twice.

One SQLite file. A vector is found by the encoder's identity, what the text was read as, and the text's SHA-256;
deleting the file loses nothing but time.
"""

from __future__ import annotations

import glob
import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ModelMismatch, VectorCacheError
from embeddings.models.encoder import Encoder

PASSAGE: Final = "passage"
DIGEST_SIZE: Final = hashlib.sha256().digest_size

_SCHEMA_VERSION = 1
_SCHEMA = f"""
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS encoders (
    id INTEGER PRIMARY KEY,
    identity BLOB NOT NULL UNIQUE,
    dimension INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS vectors (
    encoder INTEGER NOT NULL REFERENCES encoders (id),
    kind TEXT NOT NULL,
    text BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (encoder, kind, text)
);
PRAGMA user_version = {_SCHEMA_VERSION};
COMMIT;
"""
_BUSY_SECONDS = 30
_AGAIN = 0.01  # seconds between two attempts where SQLite does not wait by itself
_KEYS_AT_ONCE = 900  # below SQLite's smallest limit of parameters, 999
_UNIT_TOLERANCE = 1e-3
_DAMAGED_SUFFIX = ".damaged-"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

Progress = Callable[[int, int], None]
_T = TypeVar("_T")
logger = logging.getLogger(__name__)


class Cached(NamedTuple):
    """`vectors` (n, dimension) in the order asked for, zero in the rows `missing`; (n, 0) where none is known."""

    vectors: NDArray[np.float32]
    missing: list[int]


class Encoded(NamedTuple):
    """`vectors` (n, dimension) in the order asked for, and how many distinct texts had to be encoded for that."""

    vectors: NDArray[np.float32]
    encoded: int


def text_digest(text: str) -> bytes:
    """SHA-256 of a text, as the cache keys it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class VectorCache:
    """The file, opened for each call and held by none: safe to share between threads and processes.

    A damaged file is set aside under another name, with a warning in the log, and begun anew. What is wrong outside
    the file (a full disk, rights, a lock that is never given back) raises VectorCacheError.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def get_many(self, identity: str, texts: Sequence[str], *, kind: str = PASSAGE) -> Cached:
        """The vectors that are known. Rows that are not whole unit vectors count as missing."""
        nothing = Cached(np.zeros((len(texts), 0), np.float32), list(range(len(texts))))
        if not texts:
            return nothing
        digests = [text_digest(text) for text in texts]

        def read(connection: sqlite3.Connection) -> Cached:
            encoder = connection.execute(
                "SELECT id, dimension FROM encoders WHERE identity = ?", (_identity_digest(identity),)
            ).fetchone()
            if encoder is None:
                return nothing
            found = dict(_select(connection, encoder[0], kind, list(dict.fromkeys(digests))))
            return _arrange(digests, found, encoder[1])

        return self._do(read)

    def put_many(
        self, identity: str, texts: Sequence[str], vectors: NDArray[np.float32], *, kind: str = PASSAGE
    ) -> None:
        """Remember `vectors` (n, dimension), all or none of them. Raises ValueError where the shapes do not fit."""
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ValueError(f"{len(texts)} texts need as many vectors, not an array of shape {vectors.shape}")
        if not texts:
            return
        blobs = [row.tobytes() for row in np.ascontiguousarray(vectors, "<f4")]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            encoder = _encoder_id(connection, identity, vectors.shape[1])
            connection.executemany(
                "INSERT OR REPLACE INTO vectors (encoder, kind, text, vector) VALUES (?, ?, ?, ?)",
                [(encoder, kind, text_digest(text), blob) for text, blob in zip(texts, blobs, strict=True)],
            )
            connection.execute("COMMIT")

        self._do(write)

    def prune(self, identities: Iterable[str], digests: Iterable[bytes]) -> int:
        """Forget all but the texts with these digests under these identities; how many were forgotten."""
        encoders = [(_identity_digest(identity),) for identity in identities]
        texts = [(digest,) for digest in digests]

        def write(connection: sqlite3.Connection) -> int:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TEMP TABLE kept_texts (text BLOB PRIMARY KEY)")
            connection.execute("CREATE TEMP TABLE kept_encoders (identity BLOB PRIMARY KEY)")
            connection.executemany("INSERT OR IGNORE INTO kept_texts VALUES (?)", texts)
            connection.executemany("INSERT OR IGNORE INTO kept_encoders VALUES (?)", encoders)
            forgotten = connection.execute(
                "DELETE FROM vectors WHERE text NOT IN (SELECT text FROM kept_texts) OR encoder NOT IN"
                " (SELECT id FROM encoders WHERE identity IN (SELECT identity FROM kept_encoders))"
            ).rowcount
            connection.execute("DELETE FROM encoders WHERE id NOT IN (SELECT encoder FROM vectors)")
            connection.execute("COMMIT")
            connection.executescript("PRAGMA incremental_vacuum")  # execute would free one page only
            return int(forgotten)

        return self._do(write)

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run `work` on a connection; on a damaged file once more on an empty one."""
        try:
            try:
                with self._connected() as connection:
                    return work(connection)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._set_aside(error)
            with self._connected() as connection:
                return work(connection)
        except (sqlite3.Error, OSError) as error:
            raise VectorCacheError(
                f"向量缓存 {self._file} 无法读写：{error}。请检查磁盘空间、写权限，以及是否有别的进程占用它。"
            ) from error

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                _create(connection)
            elif version != _SCHEMA_VERSION:
                raise _ForeignFile(f"schema version {version} is not {_SCHEMA_VERSION}")
            connection.execute("PRAGMA synchronous = NORMAL")
            yield connection

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        for earlier in self._file.parent.glob(f"{glob.escape(self._file.name)}{_DAMAGED_SUFFIX}*"):
            earlier.unlink(missing_ok=True)  # one is enough to look into
        aside = self._file.with_name(f"{self._file.name}{_DAMAGED_SUFFIX}{time.time_ns()}")
        self._file.replace(aside)
        for suffix in ("-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        logger.warning("向量缓存 %s 已损坏（%s），移到 %s，将重新编码", self._file, error, aside.name)


def encode_cached(
    cache: VectorCache,
    encoder_factory: Callable[[], Encoder],
    identity: str,
    texts: Sequence[str],
    *,
    progress: Progress | None = None,
    batch: int = 256,
) -> Encoded:
    """The passages' vectors, from the cache where they are known.

    The factory is called only when something is missing, so that an unchanged corpus never loads a model. Each
    distinct text is encoded once, longest first; after every `batch` texts the cache is written, which is all that
    a killed process loses. `progress` gets (texts encoded, texts to encode). Raises ModelMismatch where the factory
    gives another encoder than `identity` names.
    """
    known = cache.get_many(identity, texts)
    if not known.missing:
        return Encoded(known.vectors, 0)
    rows: dict[str, list[int]] = {}
    for row in known.missing:
        rows.setdefault(texts[row], []).append(row)
    waiting = sorted(rows, key=len, reverse=True)
    encoder = encoder_factory()
    if encoder.identity != identity:
        raise ModelMismatch(
            f"加载到的模型与预期的不同（预期 {identity}，得到 {encoder.identity}）。模型文件刚刚变过，请再运行一次。"
        )
    vectors = known.vectors
    if len(known.missing) == len(texts):  # nothing was known, perhaps not even how long a vector is
        vectors = np.zeros((len(texts), encoder.dimension), np.float32)
    for start in range(0, len(waiting), batch):
        some = waiting[start : start + batch]
        fresh = encoder.encode_passages(some, progress=_shifted(progress, start, len(waiting)))
        cache.put_many(identity, some, fresh)
        for text, vector in zip(some, fresh, strict=True):
            vectors[rows[text]] = vector
    return Encoded(vectors, len(waiting))


class _ForeignFile(sqlite3.DatabaseError):
    """A database, but not one of this program's."""


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, _ForeignFile):
        return True
    # A table that is not there although the version says so: a file of someone else.
    return (code is not None and code & 0xFF in _DAMAGED) or "no such table" in str(error)


def _create(connection: sqlite3.Connection) -> None:
    """Lay the tables out. Another thread or process may do the same at this moment: SQLite, which waits for locks else,
    refuses at once to change the kind of journal under somebody."""
    patient_until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patient_until:
                raise
            time.sleep(_AGAIN)
        else:
            return


def _identity_digest(identity: str) -> bytes:
    return hashlib.sha256(identity.encode()).digest()


def _encoder_id(connection: sqlite3.Connection, identity: str, dimension: int) -> int:
    """The row of an identity; vectors of another dimension that stand under it are dropped."""
    digest = _identity_digest(identity)
    row = connection.execute("SELECT id, dimension FROM encoders WHERE identity = ?", (digest,)).fetchone()
    if row is not None and row[1] != dimension:
        connection.execute("DELETE FROM vectors WHERE encoder = ?", (row[0],))
        connection.execute("UPDATE encoders SET dimension = ? WHERE id = ?", (dimension, row[0]))
    if row is not None:
        return int(row[0])
    inserted = connection.execute("INSERT INTO encoders (identity, dimension) VALUES (?, ?)", (digest, dimension))
    return int(inserted.lastrowid or 0)


def _select(
    connection: sqlite3.Connection, encoder: int, kind: str, digests: Sequence[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(digests), _KEYS_AT_ONCE):
        some = digests[start : start + _KEYS_AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from connection.execute(
            f"SELECT text, vector FROM vectors WHERE encoder = ? AND kind = ? AND text IN ({marks})",  # noqa: S608
            (encoder, kind, *some),
        )


def _arrange(digests: Sequence[bytes], found: dict[bytes, bytes], dimension: int) -> Cached:
    """Rows in the order of `digests`. A row that is not of length one was damaged on the disk: missing too."""
    vectors = np.zeros((len(digests), dimension), np.float32)
    rows = [row for row, digest in enumerate(digests) if len(found.get(digest, b"")) == 4 * dimension]
    if rows and dimension:
        joined = b"".join(found[digests[row]] for row in rows)
        vectors[rows] = np.frombuffer(joined, "<f4").reshape(len(rows), dimension)
    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.abs(np.linalg.norm(vectors, axis=1) - 1) <= _UNIT_TOLERANCE
    vectors[~whole] = 0
    return Cached(vectors, np.flatnonzero(~whole).tolist())


def _shifted(progress: Progress | None, start: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _of: progress(start + done, total)
