"""Numbers and dates of a workbook as its cells show them, by the codes of their formats (ECMA-376 part 1, 18.8.31)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence

_GENERAL = re.compile(r"general", re.I)
_QUOTED = re.compile(r'"[^"]*"')
_DIGITS_OF_GENERAL = 11
_LONGEST_CODE = 255
_LARGEST = 1e15  # digits beyond are not those that were typed
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|([#0?][#0?,]*(?:\.[#0?]*)?,*|\.[#0?]+)|(.)', re.S
)
_DATE_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|[_*].|(\[h+\]|\[m+\]|\[s+\])|\[[^\]]*\]|(AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+|a+)|(.)', re.I | re.S
)
_WEEKDAYS = "一二三四五六日"
Moment = datetime.datetime | datetime.date | datetime.time | datetime.timedelta


def shown_number(value: float, code: str) -> str:
    """A number as a cell with this format shows it; empty where the format hides it."""
    if code == "General":
        return general_number(value)
    sections = _sections(code)
    section = sections[min(_section(value, len(sections)), len(sections) - 1)]
    if abs(value) >= _LARGEST or (len(sections) == 1 and not section.strip()):
        return general_number(value)
    negative = value < 0 and len(sections) == 1
    return ("-" if negative else "") + _formatted(abs(value), section)


def general_number(value: float) -> str:
    """A number without any format: no more digits than people see, and no exponent where that can be avoided."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < _LARGEST):
        return str(int(value))
    return f"{value:.{_DIGITS_OF_GENERAL - 1}g}"


def shown_moment(moment: Moment, code: str) -> str:
    """A date or time as a cell with this format shows it; in figures where the format is the system's own."""
    code = code[:_LONGEST_CODE].split(";", maxsplit=1)[0]
    if not isinstance(moment, datetime.date) or _is_of_the_system(code):
        return _in_figures(moment, code)
    shown = "".join(_date_parts(moment, code)).strip()
    return shown or _in_figures(moment, code)


def _sections(code: str) -> list[str]:
    """The parts for positive, negative and zero; a semicolon inside quotation marks parts nothing."""
    parts, start, quoted = [], 0, False
    code = code[:_LONGEST_CODE]
    for at, character in enumerate(code):
        if character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            parts.append(code[start:at])
            start = at + 1
    return [*parts, code[start:]][:3]


def _section(value: float, count: int) -> int:
    if value < 0:
        return 1
    return 2 if value == 0 and count > 2 else 0


def _formatted(value: float, section: str) -> str:
    if re.search(r"[Ee][+-]|\?\s*/|/\s*[?\d]", _QUOTED.sub("", section)):  # exponents and fractions
        return general_number(value)
    tokens = list(_TOKEN.finditer(_GENERAL.sub("@", section)))
    value *= 100 if any(token[5] == "%" for token in tokens) else 1
    groups = [token[4] for token in tokens if token[4]]
    digits = iter(_distributed(value, groups) if len(groups) > 1 else [_digits(value, group) for group in groups])
    parts = []
    for token in tokens:
        if token[4]:
            parts.append(next(digits))
        elif token[5] == "@":
            parts.append(general_number(value))
        else:
            parts.append(token[1] or token[2] or token[3] or token[5] or "")
    return "".join(parts).strip()


def _distributed(value: float, groups: Sequence[str]) -> list[str]:
    """A whole number over several groups of places with text between them: `000-0000`, `0\\.0,"万"`."""
    scale = len(groups[-1]) - len(groups[-1].rstrip(","))
    sizes = [sum(character in "#0?" for character in group) for group in groups]
    digits = f"{round(value / 1000**scale):0{sum(sizes)}d}"
    found: list[str] = []
    for size in reversed(sizes[1:]):
        found.insert(0, digits[-size:])
        digits = digits[:-size]
    return [digits, *found]


def _digits(value: float, places: str) -> str:
    scale = len(places) - len(places.rstrip(","))
    whole, _, fraction = places.rstrip(",").partition(".")
    value /= 1000**scale
    needed = len(fraction.rstrip("#?"))
    text = f"{value + 1e-12 * value:{',' if ',' in whole else ''}.{len(fraction)}f}"
    if not fraction:
        return text
    number, _, decimals = text.partition(".")
    decimals = decimals[:needed] + decimals[needed:].rstrip("0")
    return f"{number}.{decimals}" if decimals else number


def _is_of_the_system(code: str) -> bool:
    """Formats that each machine shows in its own way, most of which are the American ones in the file."""
    return code.lower().replace("\\", "") in {"mm-dd-yy", "m/d/yy", "m/d/yyyy", "yyyy-mm-dd h:mm:ss", "m/d/yy h:mm"}


def _in_figures(moment: Moment, code: str) -> str:
    if isinstance(moment, datetime.timedelta):
        minutes = round(moment.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(moment, datetime.time):
        return moment.strftime("%H:%M:%S" if "s" in code.lower() and moment.second else "%H:%M")
    if isinstance(moment, datetime.datetime):
        clock = moment.strftime("%H:%M") if moment.time() != datetime.time() else ""
        return f"{moment.date().isoformat()} {clock}".strip()
    return moment.isoformat()


def _date_parts(moment: datetime.date, code: str) -> Iterator[str]:
    tokens = list(_DATE_TOKEN.finditer(code))
    names = [token[4].lower() if token[4] else "" for token in tokens]
    clock = moment if isinstance(moment, datetime.datetime) else datetime.datetime.combine(moment, datetime.time())
    half = any(name in {"am/pm", "a/p", "上午/下午"} for name in names)
    for at, token in enumerate(tokens):
        name = names[at]
        if not name:
            yield token[1] or token[2] or token[5] or ""
        elif name[0] == "m" and _means_minutes(names, at):
            yield f"{clock.minute:02d}"
        else:
            yield _date_part(clock, name, half)


def _means_minutes(names: list[str], at: int) -> bool:
    before = next((name for name in reversed(names[:at]) if name), "")
    after = next((name for name in names[at + 1 :] if name), "")
    return before[:1] == "h" or after[:1] == "s"


def _date_part(moment: datetime.datetime, name: str, half: bool) -> str:
    if name[0] in "hs上" or "/" in name:
        return _time_part(moment, name, half)
    if name[0] == "y":
        return str(moment.year) if len(name) > 2 else f"{moment.year % 100:02d}"
    if name[0] == "a" or (len(name) > 2 and name[0] == "d"):
        return f"{'星期' if len(name) > 3 else '周'}{_WEEKDAYS[moment.weekday()]}"
    number = moment.month if name[0] == "m" else moment.day
    return f"{number:02d}" if len(name) == 2 else str(number)


def _time_part(moment: datetime.datetime, name: str, half: bool) -> str:
    if name[0] == "s":
        return f"{moment.second:02d}"
    if name[0] != "h":
        return "上午" if moment.hour < 12 else "下午"
    hour = (moment.hour - 1) % 12 + 1 if half else moment.hour
    return f"{hour:02d}" if len(name) == 2 else str(hour)
