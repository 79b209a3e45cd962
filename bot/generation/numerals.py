"""Numbers as Chinese texts write them: in digits, in characters, in both."""

from __future__ import annotations

import re
from fractions import Fraction

_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_MAGNITUDES = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_LARGE = 10_000
_WRITTEN = "零〇一二两三四五六七八九"

ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,20}(?:\.\d{1,10})?"
HAN = rf"[{_WRITTEN}十][{_WRITTEN}十百千万亿]{{0,20}}(?:点[{_WRITTEN}]{{1,6}}(?=\s?[百千万亿倍折成%个元]))?"
MAGNITUDE = r"\s?(?:[十百千]?[万亿]|[百千](?!万|亿)|[wk](?![a-z0-9]))"
NUMBER = rf"(?:(?:{ARABIC})(?:{MAGNITUDE})?|{HAN}(?:(?<=[{_WRITTEN}])[百千万亿]+)?)"
"""A number in a text that `fold` went over: 5,000 · 1.5w · 3 千万 · 一万五 · 三点五万."""

_NUMBER = re.compile(rf"({ARABIC})\s?([十百千万亿wk]*)")


def value(written: str) -> Fraction | None:
    """What a number means that matches `NUMBER`; None where the characters make no number (二三四, 万一)."""
    if match := _NUMBER.fullmatch(written):
        return Fraction(match[1].replace(",", "")) * magnitude(match[2])
    whole, _, decimals = written.partition("点")
    if not decimals:
        return _of_characters(whole)
    digits, tail = re.fullmatch(rf"([{_WRITTEN}]*)([百千万亿]*)", decimals).groups()  # type: ignore[union-attr]
    units = _of_characters(whole)
    return None if units is None else (units + Fraction(f"0.{_spelt(digits)}")) * magnitude(tail)


def magnitude(characters: str) -> int:
    """The factor that 万, 千万, w and the like stand for; 1 for nothing."""
    factor = 1
    for character in characters:
        factor *= _MAGNITUDES[character]
    return factor


def digits(written: str) -> Fraction | None:
    """A number that is spelt digit by digit, as years are: 二〇二五; None for anything else."""
    return Fraction(_spelt(written)) if written and all(each in _DIGITS for each in written) else None


def _spelt(written: str) -> str:
    return "".join(str(_DIGITS[each]) for each in written)


def _of_characters(written: str) -> Fraction | None:
    """一万五千 → 15000, 一万五 → 15000, 一百零五 → 105, 十二 → 12."""
    total = section = 0
    digit: int | None = None
    last = 1  # the magnitude before the digit at hand
    for character in written:
        if character in _DIGITS:
            if digit:
                return digits(written) if len(written) > 2 else None
            digit = _DIGITS[character]
            last = 1 if digit == 0 else last
            continue
        factor = _MAGNITUDES[character]
        if factor >= _LARGE:
            total = (
                (total + section + (digit or 0)) * factor
                if factor > _LARGE
                else total + (section + (digit or 0)) * factor
            )
            section = 0
        else:
            section += (1 if digit is None else digit) * factor
        digit, last = None, factor
    left = 0 if digit is None else digit * (last // 10 if last > 10 else 1)
    return Fraction(total + section + left)
