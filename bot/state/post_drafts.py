"""Drafts of channel posts between an operator's question and the press that publishes or drops them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.state.database import Database

_KEPT = 30 * 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post as it would be published: parts of HTML. It is settled once published or dropped."""

    operator: int
    parts: tuple[str, ...]
    settled: bool


class PostDrafts:
    """The drafts of the last 30 days. `clock` counts seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, operator: int, parts: Sequence[str]) -> int:
        """Keep a draft and drop what is too old; its id."""
        now = self._clock()
        self._database.execute("DELETE FROM drafts WHERE created < ?", (now - _KEPT,))
        cursor = self._database.execute(
            "INSERT INTO drafts (created, operator, parts) VALUES (?, ?, ?)", (now, operator, json.dumps(parts))
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def find(self, draft: int) -> PostDraft | None:
        """A draft by its id, None when there never was one or it is too old."""
        row = self._database.execute(
            "SELECT operator, parts, settled FROM drafts WHERE id = ? AND created >= ?",
            (draft, self._clock() - _KEPT),
        ).fetchone()
        return PostDraft(row[0], tuple(json.loads(row[1])), row[2] is not None) if row else None

    def settle(self, draft: int) -> bool:
        """Take a draft off the table; False when that was done before: of two presses one wins."""
        settled = (self._clock(), draft)
        return (
            self._database.execute("UPDATE drafts SET settled = ? WHERE id = ? AND settled IS NULL", settled).rowcount
            == 1
        )

    def reopen(self, draft: int) -> None:
        """Put a draft back that could not be published."""
        self._database.execute("UPDATE drafts SET settled = NULL WHERE id = ?", (draft,))
