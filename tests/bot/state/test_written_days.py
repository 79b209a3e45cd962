"""What written answers cost, day by day."""

from __future__ import annotations

import datetime
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.state.database import open_state
from bot.state.written_days import WrittenDay, WrittenDays

DAY = datetime.date(2026, 11, 30)


def test_a_day_is_summed_over_restarts(tmp_path: Path) -> None:
    for _ in range(2):
        with closing(open_state(tmp_path)) as database:
            days = WrittenDays(database)
            days.add(DAY, tokens=100, written=1)
            days.add(DAY, tokens=50, fallbacks=1)
            used = days.tokens(DAY)
    assert used == 300
    with closing(open_state(tmp_path)) as database:
        assert WrittenDays(database).since(DAY) == [WrittenDay(DAY, 300, 2, 2)]
        assert WrittenDays(database).since(DAY + datetime.timedelta(days=1)) == []


def test_without_the_file_this_process_still_counts() -> None:
    with closing(sqlite3.connect(":memory:")) as empty:
        days = WrittenDays(empty)
        days.add(DAY, tokens=100)
        assert days.tokens(DAY) == 100
