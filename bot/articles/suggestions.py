"""What people who are no operators would like the bot to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.state.database import Database

_DAY = 86_400.0
_KEPT = 180 * _DAY
_COLUMNS = "id, made, user_id, name, text, url, state"


class State(StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    TAKEN = "taken"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion: who, what, and the first address in it. `made` is Unix time in seconds."""

    id: int
    made: float
    user: int
    name: str
    text: str
    url: str | None
    state: State


class TooMany(Exception):
    """More suggestions than one person may make in a day, or than anybody will ever read."""


class Suggestions:
    """The suggestions of the last half year; methods raise sqlite3.Error. `clock` counts seconds since 1970."""

    def __init__(
        self,
        database: Database,
        *,
        a_day: int = 5,
        most_open: int = 500,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._a_day = a_day
        self._most_open = most_open
        self._clock = clock

    def add(self, user: int, name: str, text: str, url: str | None) -> Suggestion:
        """Keep a suggestion. Raises TooMany."""
        now = self._clock()
        self._database.execute("DELETE FROM suggestions WHERE made < ?", (now - _KEPT,))
        recent = self._count("user_id = ? AND made > ?", user, now - _DAY)
        if recent >= self._a_day or self.open_count() >= self._most_open:
            raise TooMany
        cursor = self._database.execute(
            "INSERT INTO suggestions (made, user_id, name, text, url, state) VALUES (?, ?, ?, ?, ?, ?)",
            (now, user, name, text, url, State.OPEN.value),
        )
        return Suggestion(int(cursor.lastrowid or 0), now, user, name, text, url, State.OPEN)

    def find(self, suggestion_id: int) -> Suggestion | None:
        """A suggestion by its id."""
        found = self._select("id = ?", suggestion_id, most=1)
        return found[0] if found else None

    def open_count(self) -> int:
        """How many nobody has settled yet."""
        return self._count("state = ?", State.OPEN.value)

    def oldest_open(self, most: int) -> tuple[Suggestion, ...]:
        """The open ones that have waited longest."""
        return self._select("state = ?", State.OPEN.value, most=most)

    def settle(self, suggestion_id: int, state: State, operator: int) -> bool:
        """An operator takes or drops an open suggestion; whether it was still open."""
        values = (state.value, self._clock(), operator, suggestion_id, State.OPEN.value)
        statement = "UPDATE suggestions SET state = ?, settled = ?, settled_by = ? WHERE id = ? AND state = ?"
        return self._database.execute(statement, values).rowcount == 1

    def count_of(self, user: int) -> int:
        """How many of a person's are kept, settled or not."""
        return self._count("user_id = ?", user)

    def forget_user(self, user: int) -> int:
        """Delete what a person suggested; how many suggestions that were."""
        return self._database.execute("DELETE FROM suggestions WHERE user_id = ?", (user,)).rowcount

    def _count(self, where: str, *values: object) -> int:
        statement = f"SELECT count(*) FROM suggestions WHERE {where}"  # noqa: S608 - our own text
        return int(self._database.execute(statement, values).fetchone()[0])

    def _select(self, where: str, *values: object, most: int) -> tuple[Suggestion, ...]:
        statement = f"SELECT {_COLUMNS} FROM suggestions WHERE {where} ORDER BY id LIMIT ?"  # noqa: S608 - our own text
        rows = self._database.execute(statement, (*values, most))
        return tuple(
            Suggestion(number, made, user, name, text, url, State(state))
            for number, made, user, name, text, url, state in rows
        )
