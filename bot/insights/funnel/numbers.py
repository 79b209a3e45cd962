"""Numbers as people write them: 1万, 1.2w, 8k, 一千五, 8%, 三成, 35个点, 268元; exact, as fractions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Unit(StrEnum):
    """What a number says of itself."""

    PLAIN = ""
    SHARE = "%"
    YUAN = "元"
    ORDERS = "单"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text, up to `end`. A share is a share of 1; one given as from-to (`is_range`) has no value."""

    value: Fraction
    unit: Unit
    text: str
    end: int
    is_range: bool = False


_CHINESE = "零〇一二两三四五六七八九十百千万"
_DIGITS = {c: value for value, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_SCALES = {
    "": 1,
    "百": 100,
    "千": 1000,
    "k": 1000,
    "万": 10_000,
    "w": 10_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}

_HALF = "一半"
_NEXT = {("万", "千"), ("千", "百")}

# Longer ones are no number of a shop's; what is left of them is asked about.
_ARABIC = r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,3}(?!\d|,\d)|\d{1,12})(?:\.\d{1,8})?(?!\.?\d)"
_SCALE = r"(?:百万|千万|[百千万亿]|[kw](?![a-z]))"
_REST = r"(?P<rest>\d(?![\d.%成])(?P<named>[千百])?)"
_AMOUNT = rf"(?P<arabic>{_ARABIC})(?:\s?(?P<scale>{_SCALE}){_REST}?)?|(?P<chinese>[{_CHINESE}]+)"
_TENTHS = r"成(?P<more>半|[一二三四五六七八九](?![成单万千百]))?(?![交单了本功])"
_NUMBER = re.compile(
    rf"(?:(?P<of>百分之|千分之)|(?P<currency>¥\s?))?(?:{_AMOUNT})"
    rf"(?P<about>\s?(?:多|来(?=个|人|条|单|元|块)|几|\+|左右|上下)*)"
    rf"(?:\s?(?P<percent>%|个百分点|个点(?![击开进了]))|\s?(?P<tenths>{_TENTHS})|\s?(?P<yuan>元|块钱?|rmb)"
    r"|(?P<orders>单(?!价))|(?:个人|[个次位条笔名篇]|人(?![工力])))?"
)
_RANGE = re.compile(
    rf"(?:{_ARABIC}{_SCALE}?%?\s?[-~–—到至]\s?)+{_ARABIC}\s?{_SCALE}?\s?(?:%|元|块钱?|[个人次位条笔单])?"
)


def number_at(text: str, place: int) -> Number | None:
    """The number that begins at a place of a folded text, None where none does."""
    if found := _RANGE.match(text, place):
        return Number(Fraction(0), Unit.PLAIN, found[0].strip(), found.end(), is_range=True)
    if text.startswith(_HALF, place):
        return Number(Fraction(1, 2), Unit.SHARE, _HALF, place + len(_HALF))
    match = _NUMBER.match(text, place)
    value = _value(match) if match else None
    if match is None or value is None:
        return None
    said = match[0].rstrip()
    return Number(*_in_unit(value, match), said, match.start() + len(said))


def _in_unit(value: Fraction, match: re.Match[str]) -> tuple[Fraction, Unit]:
    if match["of"] or match["percent"]:
        return value / (1000 if match["of"] == "千分之" else 100), Unit.SHARE
    if match["tenths"]:
        return (value + _more(match["more"])) / 10, Unit.SHARE
    return value, Unit.YUAN if match["currency"] or match["yuan"] else Unit.ORDERS if match["orders"] else Unit.PLAIN


def _value(match: re.Match[str]) -> Fraction | None:
    if match["chinese"]:
        return chinese_number(match["chinese"])
    if match["named"] and (match["scale"], match["named"]) not in _NEXT:
        return None
    scale = _SCALES[match["scale"] or ""]
    # 1万2 and 1万2千 are 12000: what follows the scale counts its tenth.
    return Fraction(match["arabic"].replace(",", "")) * scale + Fraction(int(match["rest"] or 0) * scale, 10)


def _more(written: str | None) -> Fraction:
    if written is None:
        return Fraction(0)
    return Fraction(1, 2) if written == "半" else Fraction(_DIGITS[written], 10)


def chinese_number(text: str) -> Fraction | None:
    """What a number in Chinese characters says, None where the characters make none: 一千五 is 1500, 十 is 10."""
    total, section, digit, last = 0, 0, None, 1
    for character in text:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit, last = (total + section + (digit or 0)) * 10_000, 0, None, 10_000
            if not total:
                return None
        else:
            power = _POWERS[character]
            section += (1 if digit is None else digit) * power
            digit, last = None, power
    # 一千五 leaves the hundred unsaid, 一千零五 does not.
    short = digit is not None and last > 10 and "零" not in text[-2:] and "〇" not in text[-2:]
    return Fraction(total + section + (digit or 0) * (last // 10 if short else 1))
