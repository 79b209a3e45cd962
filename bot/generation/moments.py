"""Dates, times of day and days of the week at a place of a text.

Each reader is given a folded text and a place, and answers with the figures that begin exactly there, or with none.
"""

from __future__ import annotations

import re
from fractions import Fraction

from bot.generation import numerals, units
from bot.generation.facts import Amount, Day, Fact
from bot.generation.units import UNIT

TO = r"\s?(?:[-–—−~]{1,2}|至|到)\s?"
_YEAR = r"(?:(?:19|20)\d\d|[一二][零〇九][零〇一二三四五六七八九]{2})"
_MONTH = r"(?:\d{1,2}|十?[一二三四五六七八九]|十)"
_DAY = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEARS = re.compile(rf"(?P<y>{_YEAR})\s?年?{TO}(?P<y2>{_YEAR})(?!\d|-\d)\s?年?")
_DATE = re.compile(
    rf"(?P<y>(?:19|20)\d\d)(?P<mark>[-/.])(?P<m>\d{{1,2}})(?:(?P=mark)(?P<d>\d{{1,2}}))?(?![\d%]|[-/.]\d)"
    rf"|(?:(?P<y_>{_YEAR}|\d\d(?=\s?年\s?\d{{1,2}}\s?月))\s?年\s?)?(?P<m_>{_MONTH})\s?月(?!龄)份?"
    rf"(?:\s?(?P<d_>{_DAY})(?:\s?[日号]?{TO}(?P<d2>{_DAY}))?\s?[日号])?"
    rf"|(?P<y__>{_YEAR})\s?年"
)
_MONTHS = re.compile(rf"(?P<m>{_MONTH}){TO}(?P<m2>{_MONTH})\s?月(?!龄)份?")
_DAY_ONLY = re.compile(rf"(?P<d>{_DAY})\s?号|(?<=月)\s?(?P<d_>{_DAY})\s?日")


def days(text: str, at: int) -> tuple[Fact, ...]:
    """A date, both of two (5 月 1–7 日), or the years or months of a range."""
    if years := _YEARS.match(text, at):
        return tuple(_day(years, year=years[name]) for name in ("y", "y2"))
    if (months := _MONTHS.match(text, at)) and not TAKEN.search(text, max(0, at - 1), at):
        return tuple(_day(months, month=months[name]) for name in ("m", "m2"))
    if match := _DATE.match(text, at):
        year, month = match["y"] or match["y_"] or match["y__"], match["m"] or match["m_"]
        if match["mark"] and match["d"] is None and not 1 <= int(month) <= 12:
            return ()
        days = [day for day in (match["d"] or match["d_"], match["d2"]) if day]
        return tuple(_day(match, year, month, day) for day in days or [None])
    if (match := _DAY_ONLY.match(text, at)) and not TAKEN.search(text, max(0, at - 1), at):
        return (_day(match, day=match["d"] or match["d_"]),)
    return ()


TAKEN = re.compile(r"[\d.]")


def _day(match: re.Match[str], year: str | None = None, month: str | None = None, day: str | None = None) -> Day:
    full = None if year is None else _whole(year)
    if full is not None and full < 100:
        full += 2000
    return Day(
        match[0],
        match.start(),
        match.end(),
        full,
        None if month is None else _whole(month),
        None if day is None else _whole(day),
    )


def _whole(written: str) -> int:
    found = numerals.digits(written) if len(written) == 4 and not written.isdecimal() else numerals.value(written)
    return int(found or 0)


_PERIOD = r"早上|早晨|清晨|凌晨|上午|中午|下午|傍晚|晚上|夜里|[早晚]"
_HOUR = r"\d{1,2}|[一二两三四五六七八九]|十[一二]?|二十[一二三四]?"
_MINUTES = r"(?:\d{1,2}|[一二三四五]?十[一二三四五六七八九]?)\s?分"
_TIME = re.compile(
    rf"(?:(?P<period>{_PERIOD})\s?的?\s?)?(?P<hour>{_HOUR})"
    rf"(?::(?P<digits>\d\d)(?!\d)|\s?(?P<mark>点)(?P<spelt>半|\s?{_MINUTES})?|(?={TO}\d{{1,2}}(?::\d\d|\s?点(?!\d))))"
)
# What tells 8 点 from eight points, where no part of the day does.
_SURE = re.compile(r"钟|整|前|后|左右|之间|开|发|上班|下班|以前|以后")


def clock(text: str, at: int) -> tuple[Fact, ...]:
    """A time of day or a span between two: 20:00, 晚上 8 点半, 7–9 点."""
    first = None if TAKEN.search(text, max(0, at - 1), at) else _TIME.match(text, at)
    low = _minutes(first) if first else None
    if first is None or low is None:
        return ()
    to = _BETWEEN.match(text, first.end())
    last = _TIME.match(text, to.end()) if to else None
    high = _minutes(last, first["period"]) if last and (last["digits"] or last["mark"]) else None
    told = first["digits"] or first["period"] or first["spelt"] or _SURE.match(text, first.end()) or high is not None
    if not told or (high is None and not (first["digits"] or first["mark"])):
        return ()
    end = first.end() if last is None or high is None else last.end()
    return (Amount(text[at:end], at, end, units.CLOCK, Fraction(low), Fraction(low if high is None else high)),)


_BETWEEN = re.compile(TO)
_TURNS = {"下": 11, "傍": 11, "晚": 12, "夜": 12, "中": 9}
"""The last hour that counts from noon, by the part of the day."""


def _minutes(time: re.Match[str], period: str | None = None) -> int | None:
    """Minutes after midnight; None for no time of day. `period` is the part of the day where the time names none."""
    hours, spelt = int(numerals.value(time["hour"]) or 0), time["spelt"] or ""
    minutes = 30 if spelt == "半" else int(numerals.value(time["digits"] or spelt.strip(" 分") or "零") or 0)
    named = (time["period"] or period or "")[:2]
    if hours <= _TURNS.get(named[:1], -1):
        hours += 12
    return hours * 60 + minutes if hours <= 24 and minutes < 60 else None


_WEEKDAY = re.compile(rf"(?:周|星期|礼拜)([一二三四五六日天])(?!{UNIT.pattern}|[更年])")


def weekday(text: str, at: int) -> tuple[Fact, ...]:
    """A day of the week; none in 每周一次."""
    match = _WEEKDAY.match(text, at)
    if match is None:
        return ()
    number = Fraction(min("一二三四五六日天".index(match[1]) + 1, 7))
    return (Amount(match[0], at, match.end(), units.WEEKDAY, number, number),)
