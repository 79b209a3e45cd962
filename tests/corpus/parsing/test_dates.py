"""Dates as they are written."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.parsing.dates import date_in_name, parse_date


@pytest.mark.parametrize(
    "written",
    [
        "2021-06-17",
        "2021-06-17T23:59:59Z",
        "2021-06-17 08:00:00 +0800",
        "2021/6/17",
        "2021.06.17",
        "2021年6月17日",
        "2021 年 6 月 17 日 10:00",
        "20210617",
        "Thu, 17 Jun 2021 00:00:00 GMT",
        "17 Jun 2021",
        "June 17, 2021",
        "Jun 17th 2021",
        "发布于 2021-06-17",
        "@June 17, 2021 10:00 AM",
        "20210617083000",
        "1623888000",
        1623888000123,
        20210617,
        datetime.date(2021, 6, 17),
        datetime.datetime(2021, 6, 17, 23, tzinfo=datetime.UTC),
    ],
)
def test_all_of_these_are_the_same_day(written: object) -> None:
    assert parse_date(written) == datetime.date(2021, 6, 17)


def test_a_month_stands_for_its_first_day() -> None:
    assert parse_date("2021-06") == parse_date("2021年6月") == datetime.date(2021, 6, 1)


@pytest.mark.parametrize("written", ["", "昨天", "2021", "2021-13-45", "May", "99 Foo 2021", None, [], 3.5, "1.2.3"])
def test_what_is_no_date(written: object) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "name", ["2026-05-01-rules", "2026-5-1 群规", "2026.05.01_群规", "20260501群规", "2026年5月1日 群规", "2026-05-01"]
)
def test_names_that_begin_with_a_day(name: str) -> None:
    assert date_in_name(name) == datetime.date(2026, 5, 1)


@pytest.mark.parametrize("name", ["群规 2026-05-01", "2026-05 群规", "2026-13-01 a", "202605011 a", "2026 群规", ""])
def test_other_names_have_no_day(name: str) -> None:
    assert date_in_name(name) is None


@given(st.text() | st.integers() | st.none())
def test_never_raises(value: object) -> None:
    parse_date(value)


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2099, 12, 31)))
def test_iso_and_chinese_dates_survive(day: datetime.date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day
