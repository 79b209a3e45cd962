"""Numbers and dates as the cells of a workbook show them."""

from __future__ import annotations

import datetime

import pytest

from corpus.parsing.number_formats import Moment, shown_moment, shown_number


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.15, "0%", "15%"),
        (0.085, "0.0%", "8.5%"),
        (0.085, "0.00%", "8.50%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567, "#,##0", "1,234,567"),
        (199, '"¥"#,##0.00', "¥199.00"),
        (199, "[$¥-804]#,##0", "¥199"),
        (-199, '"¥"#,##0;[Red]\\-"¥"#,##0', "-¥199"),
        (-5, "0.0", "-5.0"),
        (-5, "0_);(0)", "(5)"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (199, '0"元/月"', "199元/月"),
        (8.5, '0.0"折"', "8.5折"),
        (8.5, "0.##", "8.5"),
        (8, "0.##", "8"),
        (25000, '0.0,"千"', "25.0千"),
        (3, 'General"人"', "3人"),
        (199, "General", "199"),
        (199.0, "", "199"),
        (0.1 + 0.2, "General", "0.3"),
        (13800000000, "General", "13800000000"),
        (1e20, "General", "1e+20"),
        (123456, "0.00E+00", "123456"),
        (0.5, "# ?/?", "0.5"),
        (7, "@", "7"),
        (7, ";;;", ""),
        (1e300, "0.00", "1e+300"),
        (123456, '0\\.0,"万"', "12.3万"),
        (5550123, "000-0000", "555-0123"),
        (5, "0 0", "0 5"),
    ],
)
def test_numbers(value: float, code: str, text: str) -> None:
    assert shown_number(value, code) == text


MAY_DAY = datetime.date(2026, 5, 1)
MOMENT = datetime.datetime.combine(MAY_DAY, datetime.time(21, 5))


@pytest.mark.parametrize(
    ("moment", "code", "text"),
    [
        (MOMENT, 'yyyy"年"m"月"d"日"', "2026年5月1日"),
        (MOMENT, "yyyy/mm/dd hh:mm", "2026/05/01 21:05"),
        (MOMENT, "yyyy-m-d;@", "2026-5-1"),
        (MOMENT, '[$-804]yyyy"年"m"月";@', "2026年5月"),
        (MOMENT, 'm"月"d"日" 上午/下午h"点"', "5月1日 下午9点"),
        (MOMENT, "yy/m/d aaaa", "26/5/1 星期五"),
        (MOMENT, "mm-dd-yy", "2026-05-01 21:05"),
        (datetime.datetime.combine(MAY_DAY, datetime.time()), "mm-dd-yy", "2026-05-01"),
        (MAY_DAY, "m/d/yyyy", "2026-05-01"),
        (datetime.time(9, 30), "h:mm", "09:30"),
        (datetime.timedelta(hours=26, minutes=5), "[h]:mm", "26:05"),
    ],
)
def test_moments(moment: Moment, code: str, text: str) -> None:
    assert shown_moment(moment, code) == text
