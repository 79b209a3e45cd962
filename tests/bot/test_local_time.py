"""Days and hours of the configured zone, whatever the machine's own is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.local_time import LocalTime

EVENING = datetime(2026, 8, 8, 18, 30, tzinfo=UTC)


@pytest.fixture(autouse=True, params=["Pacific/Honolulu", "Pacific/Kiritimati"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in a zone of its own."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "day", "minute"),
    [
        ("Asia/Shanghai", 9, "2026-08-09 02:30"),
        ("UTC", 8, "2026-08-08 18:30"),
        ("America/Chicago", 8, "2026-08-08 13:30"),
    ],
)
def test_the_zone_alone_decides(zone: str, day: int, minute: str) -> None:
    local_time = LocalTime(ZoneInfo(zone), lambda: EVENING)
    assert local_time.today() == local_time.day(EVENING.timestamp()) == date(2026, 8, day)
    assert local_time.minute(EVENING) == minute


def test_today_is_now() -> None:
    now = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    assert LocalTime(ZoneInfo("Asia/Shanghai")).today() in (now, datetime.now(ZoneInfo("Asia/Shanghai")).date())
