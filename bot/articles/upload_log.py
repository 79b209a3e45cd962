"""The articles that operators accepted in the chat, and what each took the place of."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.state.database import Database

_COLUMNS = "id, accepted, operator, file, digest, title, url, origin, earlier, earlier_digest, undone"
# An upload stands while it is not taken back and nothing later stands in its place.
_STANDING = (
    "undone IS NULL AND NOT EXISTS (SELECT 1 FROM uploads AS later"
    " WHERE later.earlier = uploads.id AND later.undone IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Upload:
    """One accepted article. `accepted` and `undone` are Unix time in seconds.

    `file` is its name in the store, `digest` what was put there; `origin` the file name or address that it came with.
    `earlier` is the upload that it replaced and `earlier_digest` what of that stood there (None: nothing any more).
    """

    id: int
    accepted: float
    operator: int
    file: str
    digest: str
    title: str
    url: str | None
    origin: str
    earlier: int | None
    earlier_digest: str | None
    undone: float | None


class Uploads:
    """The record of the store. Methods raise sqlite3.Error: without a record nothing could be taken back.

    `clock` counts seconds since 1970.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def record(
        self,
        operator: int,
        *,
        file: str,
        digest: str,
        title: str,
        url: str | None,
        origin: str,
        earlier: Upload | None = None,
        earlier_digest: str | None = None,
    ) -> Upload:
        """Remember that an article was put in the store."""
        row = (self._clock(), operator, file, digest, title, url, origin, earlier and earlier.id, earlier_digest)
        cursor = self._database.execute(
            "INSERT INTO uploads (accepted, operator, file, digest, title, url, origin, earlier, earlier_digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        found = self.find(int(cursor.lastrowid or 0))
        assert found is not None
        return found

    def find(self, upload_id: int) -> Upload | None:
        """An upload by its id."""
        return self._first("id = ?", upload_id)

    def same_article(self, title: str, url: str | None) -> Upload | None:
        """What stands in the store as an earlier version of an article: from the same page, or with the same title.

        Two pages with one title ("常见问题") are two articles.
        """
        if url is not None and (same := self._first(f"{_STANDING} AND url = ?", url)) is not None:
            return same
        return self._first(f"{_STANDING} AND title = ? AND (url IS NULL OR ? IS NULL)", title, url)

    def latest_of(self, operator: int) -> Upload | None:
        """The last article that an operator accepted and that still stands."""
        return self._first(f"{_STANDING} AND operator = ?", operator)

    def take_back(self, upload: Upload) -> None:
        """Remember that an upload was taken back; what it had replaced stands again."""
        self._database.execute("UPDATE uploads SET undone = ? WHERE id = ?", (self._clock(), upload.id))

    def _first(self, where: str, *values: object) -> Upload | None:
        statement = f"SELECT {_COLUMNS} FROM uploads WHERE {where} ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own text
        row = self._database.execute(statement, values).fetchone()
        return Upload(*row) if row else None
