"""Dates as people and programs write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

_NUMERIC = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})(?!\d)|月|$)")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{4}|\d{6})?(?!\d)")
_TIME_STAMP = re.compile(r"^(1\d{9})(?:\d{3})?(?:\.\d+)?$")
_CHINA = timezone(timedelta(hours=8))
_NAMED = re.compile(
    r"^_?((?:19|20)\d\d)(?:(?P<mark>[-_.])(\d{1,2})(?P=mark)(\d{1,2})(?!\d)|(\d\d)(\d\d)(?!\d)|年(\d{1,2})月(\d{1,2})日)"
)
_WEEKDAY = r"^(?:[a-z]{3,9},?\s+)?"
_YEAR = r"((?:19|20)\d\d)\b"
_DAY_FIRST = re.compile(rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?\s+([a-z]{{3,9}})\.?,?\s+{_YEAR}", re.I)
_MONTH_FIRST = re.compile(rf"{_WEEKDAY}([a-z]{{3,9}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}", re.I)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(value: object) -> date | None:
    """The calendar day that a front matter value names, as written there (no time zone is applied).

    Reads dates, ISO 8601, RFC 822, `2021年6月17日`, `2021/6/17`, `20210617`, `2021-06` (its first day) and
    `June 17, 2021`, and the seconds or milliseconds of programs as a day in China; None for anything else.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str | int):
        return None
    text = str(value).strip().lstrip("@")[:64]
    if stamp := _TIME_STAMP.match(text):
        return datetime.fromtimestamp(int(stamp[1]), _CHINA).date()
    return _numeric(text) or _english(text)


def date_in_name(stem: str) -> date | None:
    """The day that a file's name begins with, as Jekyll and diaries have it: `2026-05-01-群规`, `20260501 会议`."""
    match = _NAMED.match(stem)
    return _day(match[1], match[3] or match[5] or match[7], match[4] or match[6] or match[8]) if match else None


def _numeric(text: str) -> date | None:
    match = _COMPACT.search(text) or _NUMERIC.search(text)
    return _day(match[1], match[2], match[3] or "1") if match else None


def _english(text: str) -> date | None:
    """RFC 822 and American spelling."""
    if match := _DAY_FIRST.match(text):
        day, month, year = match.groups()
    elif match := _MONTH_FIRST.match(text):
        month, day, year = match.groups()
    else:
        return None
    known = month[:3].lower() in _MONTHS
    return _day(year, _MONTHS.index(month[:3].lower()) + 1, day) if known else None


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None
