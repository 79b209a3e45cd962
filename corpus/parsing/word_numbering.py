"""The numbers that Word counts and never writes down: `3.`, `第二条`, `（一）`, `2.1`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from corpus.parsing.office_package import name
from corpus.parsing.word_styles import Styles
from corpus.parsing.word_xml import child, is_on, value

_PLACE = re.compile(r"%([1-9])")
_DEEPEST = 8
_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "十", "百", "千")
_LEGAL_UNITS = ("", "拾", "佰", "仟")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_SMALL_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a numbered paragraph: the text, empty for a bullet, and how deep the list is nested."""

    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = "%1."
    separator: str = " "
    style: str | None = None
    restarts_after: int | None = None  # the level, from 1, that it begins anew below; None for every higher one
    all_decimal: bool = False
    picture: str = ""


_Levels = dict[int, _Level]


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of one document, which are given in their order."""

    styles: Styles
    _lists: Mapping[str, tuple[str, _Levels]]  # list → what counts it, its levels
    _starts: Mapping[str, Mapping[int, int]]  # list → levels that it begins anew
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: etree._Element | None, styles: Styles) -> Numbering:
        """From the numbering part, None where the document has none."""
        if root is None:
            return cls(styles, {}, {})
        abstract = {element.get(name("w:abstractNumId")) or "": element for element in root.iter(name("w:abstractNum"))}
        lists: dict[str, tuple[str, _Levels]] = {}
        starts: dict[str, dict[int, int]] = {}
        nums = {num.get(name("w:numId")) or "": num for num in root.iter(name("w:num"))}
        for key, num in nums.items():
            counted, levels = _abstract_levels(value(num, "w:abstractNumId") or "", abstract, nums, styles)
            own = {int(o.get(name("w:ilvl")) or 0): o for o in num.iter(name("w:lvlOverride")) if _is_level(o)}
            replaced = {at: _level(lvl) for at, o in own.items() if (lvl := child(o, "w:lvl")) is not None}
            lists[key] = counted, {**levels, **replaced}
            starts[key] = {
                at: start for at, o in own.items() if (start := _integer(value(o, "w:startOverride"))) is not None
            }
        return cls(styles, lists, starts)

    def label(self, paragraph: etree._Element) -> Label | None:
        """What stands before this paragraph, which is counted; None where it is not numbered."""
        properties = child(paragraph, "w:pPr")
        style = value(properties, "w:pStyle") or self.styles.default_paragraph
        key, depth = self._place(child(properties, "w:numPr"), style)
        if key not in self._lists:
            return None
        counted, levels = self._lists[key]
        level = levels.get(depth, _Level())
        self._count(key, counted, levels, depth)
        if level.form == "bullet":
            return Label("", depth)
        text = self._text(counted, levels, level)
        return Label(f"{text}{level.separator}", depth) if text.strip() else None

    def _place(self, properties: etree._Element | None, style: str | None) -> tuple[str, int]:
        key, depth = value(properties, "w:numId"), _integer(value(properties, "w:ilvl"))
        if key is None:
            inherited = self.styles.numbering(style)
            key = inherited[0] or ""
            if depth is None:
                depth = _integer(inherited[1])
            if depth is None and key in self._lists:
                named = self.styles.chain(style)
                depth = next((at for at, level in self._lists[key][1].items() if level.style in named), 0)
        return key, min(depth or 0, _DEEPEST)

    def _count(self, key: str, counted: str, levels: _Levels, depth: int) -> None:
        counts = self._counts.setdefault(counted, {})
        if key not in self._begun:
            self._begun.add(key)
            for at in self._starts[key]:
                counts.pop(at, None)
        first = self._starts[key].get(depth, levels.get(depth, _Level()).start)
        counts[depth] = counts[depth] + 1 if depth in counts else first
        for at in [at for at in counts if at > depth]:
            after = levels.get(at, _Level()).restarts_after
            if after is None or (after and depth < after):
                del counts[at]

    def _text(self, counted: str, levels: _Levels, level: _Level) -> str:
        counts = self._counts[counted]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shown = levels.get(at, _Level())
            return _spelt(counts.get(at, shown.start), "decimal" if level.all_decimal else shown.form, shown.picture)

        return _PLACE.sub(number, level.text)


def _is_level(override: etree._Element) -> bool:
    return _integer(override.get(name("w:ilvl"))) is not None


def _abstract_levels(
    key: str, abstract: Mapping[str, etree._Element], nums: Mapping[str, etree._Element], styles: Styles
) -> tuple[str, _Levels]:
    """The levels of a list, which may lie in the one that a list style means."""
    for _ in range(_DEEPEST):
        root = abstract.get(key)
        link = value(root, "w:numStyleLink")
        if link is None:
            break
        key = value(nums.get(styles.numbering(link)[0] or ""), "w:abstractNumId") or ""
    if root is None:
        return key, {}
    levels = {int(lvl.get(name("w:ilvl")) or 0): _level(lvl) for lvl in root.iter(name("w:lvl")) if _is_level(lvl)}
    return key, levels


def _level(lvl: etree._Element) -> _Level:
    custom = lvl.find(f".//{name('w:numFmt')}[@{name('w:format')}]")
    restart = _integer(value(lvl, "w:lvlRestart"))
    text = value(lvl, "w:lvlText")
    start = _integer(value(lvl, "w:start"))
    return _Level(
        start=1 if start is None else start,
        form=value(lvl, "w:numFmt") or "decimal",
        text="" if text is None else text,
        separator="" if value(lvl, "w:suff") == "nothing" else " ",
        style=value(lvl, "w:pStyle"),
        restarts_after=restart,
        all_decimal=bool(is_on(lvl, "w:isLgl")),
        picture="" if custom is None else (custom.get(name("w:format")) or "").partition(",")[0].strip(),
    )


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 6 else None


def _spelt(number: int, form: str, picture: str = "") -> str:
    if picture.isdecimal():
        return str(number).zfill(len(picture))
    return _FORMS[form](number) if form in _FORMS else str(number)


def _chinese(number: int, digits: str = _DIGITS, units: tuple[str, ...] = _UNITS) -> str:
    if not 0 < number < 10_000:
        return "".join(digits[int(digit)] for digit in str(number))
    text, waits = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if waits and text else "") + digits[digit] + units[place]
            waits = False
        else:
            waits = True
    return text.removeprefix(digits[1]) if number < 20 and number >= 10 and units is _UNITS else text


def _roman(number: int) -> str:
    text = ""
    for worth, letters in (*_ROMAN, *_SMALL_ROMAN):
        times, number = divmod(number, worth)
        text += letters * min(times, _DEEPEST)
    return text


def _letters(number: int) -> str:
    """a … z, then aa, bb … as Word goes on."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, _DEEPEST) if number > 0 else str(number)


def _row(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1] if 0 < number <= len(characters) else str(number)


def _span(first: str, count: int) -> str:
    return "".join(chr(ord(first) + at) for at in range(count))


def _digits(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


_CIRCLED = _span("①", 20) + _span("㉑", 15) + _span("㊱", 15)
_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda number: "",
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedCircle": _row(_CIRCLED),
    "decimalEnclosedCircleChinese": _row(_CIRCLED),
    "decimalEnclosedFullstop": _row(_span("⒈", 20)),
    "decimalEnclosedParen": _row(_span("⑴", 20)),
    "ideographEnclosedCircle": _row(_span("㊀", 10)),
    "ideographTraditional": _row(_STEMS),
    "ideographZodiac": _row(_BRANCHES),
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "taiwaneseDigital": _digits,
    "koreanDigital2": _digits,
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "chineseLegalSimplified": lambda number: _chinese(number, _LEGAL_DIGITS, _LEGAL_UNITS),
    "ideographLegalTraditional": lambda number: _chinese(number, "零壹貳參肆伍陸柒捌玖", _LEGAL_UNITS),
    "japaneseLegal": lambda number: _chinese(number, "零壱弐参四伍六七八九", _LEGAL_UNITS),
}
