"""Days and hours as people read them: in one time zone, which the configuration names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The calendar of one time zone; `now` tells the time, for tests another one."""

    zone: tzinfo
    now: Callable[[], datetime] = _now

    def today(self) -> date:
        """The day that it is there."""
        return self.now().astimezone(self.zone).date()

    def day(self, moment: float) -> date:
        """The day there at a Unix time."""
        return datetime.fromtimestamp(moment, self.zone).date()

    def minute(self, moment: datetime) -> str:
        """What a clock there showed at a moment that knows its own zone: `2026-08-08 20:54`."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"
