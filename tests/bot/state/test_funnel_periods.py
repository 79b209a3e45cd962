"""Saved periods of merchants' own numbers: their owner's alone, the latest sixty, and part of a backup."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from bot.operations.backup import back_up
from bot.state.database import open_state
from bot.state.funnel_periods import MOST, FunnelPeriods

ANN, BOB = 1, 2


def test_a_period_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    with closing(open_state(tmp_path)) as database:
        periods = FunnelPeriods(database, clock=lambda: 7.0)
        periods.add(ANN, "本月", {"留资": "35", "毛利率": "1/3"})
        (kept,) = periods.of_user(ANN)
        assert (kept.saved, kept.label, dict(kept.numbers)) == (7.0, "本月", {"留资": "35", "毛利率": "1/3"})
        assert periods.of_user(BOB) == ()


def test_only_its_owner_deletes_a_period(tmp_path: Path) -> None:
    with closing(open_state(tmp_path)) as database:
        periods = FunnelPeriods(database)
        periods.add(ANN, "", {})
        (kept,) = periods.of_user(ANN)
        assert not periods.delete(kept.id, BOB)
        assert periods.delete(kept.id, ANN)
        assert not periods.delete(kept.id, ANN)


def test_the_oldest_make_room_and_forgetting_takes_all_of_one_person(tmp_path: Path) -> None:
    with closing(open_state(tmp_path)) as database:
        periods = FunnelPeriods(database)
        periods.add(BOB, "他的", {})
        for number in range(MOST + 2):
            periods.add(ANN, str(number), {})
        assert [period.label for period in periods.of_user(ANN)] == [str(number) for number in range(2, MOST + 2)]
        assert periods.forget_user(ANN) == MOST
        assert periods.of_user(ANN) == ()
        assert len(periods.of_user(BOB)) == 1


def test_a_backup_holds_them(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    with closing(open_state(data)) as database:
        FunnelPeriods(database).add(ANN, "本月", {"留资": "35"})
    back_up(data, tmp_path / "uploads", tmp_path / "backup.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "backup.zip").read_bytes())) as archive:
        copy.write_bytes(archive.read("state.db"))
    with closing(sqlite3.connect(copy)) as database:
        assert [period.label for period in FunnelPeriods(database).of_user(ANN)] == ["本月"]
