"""Sentences of real articles made wrong in one place, by a seeded choice; None where a sentence has no such place."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bot.generation.model import Source

Mutation = Callable[[str, Source, random.Random], str | None]

_MEASURED = "个条天人次元周年件成折种步位"
_NUMBER = re.compile(rf"\d[\d,.]*|[一二两三四五六七八九十百]?[二三四五六七八九](?=[万千百十]?[{_MEASURED}])")
_UNIT = re.compile(r"(?<=\d)\s?(小时|分钟|个月|元|%|天|周(?![岁年])|人(?![民群均])|次|条|倍)")
_OTHER_UNITS = {
    "元": ("人", "次", "天"),
    "%": ("元", "个百分点", "倍"),
    "天": ("个月", "小时", "周"),
    "小时": ("天", "分钟", "个月"),
    "分钟": ("小时", "天"),
    "个月": ("天", "年", "周"),
    "周": ("个月", "天"),
    "人": ("次", "元", "天"),
    "次": ("元", "天", "人"),
    "条": ("元", "人", "天"),
    "倍": ("%", "元"),
}
_FLIPS = {
    "不可以": "可以",
    "不能": "能",
    "不要": "要",
    "不会": "会",
    "不得": "可以",
    "不建议": "建议",
    "不需要": "需要",
    "没有": "有",
    "禁止": "允许",
    "可以": "不可以",
    "应当": "不应当",
    "必须": "不必",
    "需要": "不需要",
    "建议": "不建议",
    "会被": "不会被",
}
_FLIP = re.compile("(?<!有)(?:" + "|".join(sorted(_FLIPS, key=len, reverse=True)) + ")")
_ASKED = re.compile(r"(.)不\1|有没有")
_PLATFORMS = ("小红书", "企业微信", "抖音", "视频号", "淘宝", "快手")
_PLATFORM = re.compile("|".join(_PLATFORMS))
_MARKER = re.compile(r"\s*(?:[-*]\s*)?(?:[（(]\d{1,2}[)）]|\d{1,2}[.、)）])(?!\d)")


def changed_number(text: str, source: Source, chance: random.Random) -> str | None:
    """One digit of one number another one, so that the source nowhere has the number."""
    begins = marker.end() if (marker := _MARKER.match(text)) else 0
    place = _one(_NUMBER, text, chance, begins)
    if place is None:
        return None
    at = chance.choice([at for at in range(*place.span()) if text[at] not in ",."])
    pool = "123456789" if text[at].isdecimal() else "二三四五六七八九"
    new = chance.choice([each for each in pool if each != text[at]])
    changed = text[:at] + new + text[at + 1 :]
    number = changed[place.start() : place.end()].strip(",.")
    there = "\n".join((source.title, *source.headings, source.text))
    return None if re.search(rf"(?<![\d.]){number}(?![\d.])", there) else changed


def changed_unit(text: str, source: Source, chance: random.Random) -> str | None:
    """The unit behind one number another one, of another kind or size."""
    place = _one(_UNIT, text, chance)
    return None if place is None else _put(text, place, 1, chance.choice(_OTHER_UNITS[place[1]]))


def flipped(text: str, source: Source, chance: random.Random) -> str | None:
    """What may be done may not be done, or the other way round."""
    place = _one(_FLIP, text, chance)
    if place and _ASKED.search(text, max(0, place.start() - 1), place.end() + 1):
        return None
    return None if place is None else _put(text, place, 0, _FLIPS[place[0]])


def other_platform(text: str, source: Source, chance: random.Random) -> str | None:
    """What is said of one platform said of another."""
    place = _one(_PLATFORM, text, chance)
    if place is None:
        return None
    other = chance.choice([each for each in _PLATFORMS if each not in text])
    return text.replace(place[0], other)


def number_of_another_sentence(text: str, source: Source, chance: random.Random) -> str | None:
    """A number and its unit out of another sentence of the passage in the place of one with that unit: each of them is
    in the source, but not of this."""
    places = [(match, match[0]) for match in _AMOUNT.finditer(text)]
    others = [
        match
        for sentence in source.sentences
        if sentence != text
        for match in _AMOUNT.finditer(sentence)
        if match[0] not in text
    ]
    fitting = [(place, other) for place, _ in places for other in others if place["unit"] == other["unit"]]
    if not fitting:
        return None
    place, other = chance.choice(fitting)
    return _put(text, place, 0, other[0])


_AMOUNT = re.compile(
    r"(?<![\d.–-])\d+(?:[,.]\d+)*\s?(?P<unit>小时|分钟|个月|万?元|%|天|周(?![岁年])|人(?![民群均])|次|条|倍)"
)


def _one(pattern: re.Pattern[str], text: str, chance: random.Random, begins: int = 0) -> re.Match[str] | None:
    places = list(pattern.finditer(text, begins))
    return chance.choice(places) if places else None


def _put(text: str, place: re.Match[str], group: int, new: str) -> str:
    return text[: place.start(group)] + new + text[place.end(group) :]
