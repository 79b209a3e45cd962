"""Amounts, parts, ranges, round figures and places in an order at a place of a text.

Each reader is given a folded text and a place, and answers with the figures that begin exactly there, or with none.
"""

from __future__ import annotations

import re
from fractions import Fraction

from bot.generation import numerals, units
from bot.generation.facts import Amount, Bound, Fact
from bot.generation.moments import TAKEN, TO
from bot.generation.numerals import MAGNITUDE, NUMBER
from bot.generation.units import UNIT, Unit

_PART = re.compile(
    rf"(?P<whole>百|千|万|{NUMBER})分之(?P<part>{NUMBER})"
    r"|(?P<half>一半|半数|过半)(?!天|年|个|小|时|以)|(?P<times>翻了?(?:一?倍|一?番|(?P<twice>[两二]番)))"
    r"|(?P<a>\d{1,3})\s?[/⁄]\s?(?P<b>\d{1,3})(?![\d/])"
    rf"|(?P<left>\d{{1,4}})\s?[:比]\s?(?P<right>\d{{1,4}})(?!\d|:)"
)


def share(text: str, at: int) -> tuple[Fact, ...]:
    """Parts of a whole and proportions: 百分之五, 三分之一, 1/3, 一半, 翻倍, 1:3."""
    match = _PART.match(text, at)
    if match is None or TAKEN.search(text, max(0, at - 1), at):
        return ()
    kind, number = _share_of(match)
    if number is None:
        return ()
    end, bound = match.end(), Bound.AT_LEAST if match["half"] == "过半" else _bound(text, at, match.end())
    return (Amount(match[0], at, end, kind, number, number, bound),)


def _share_of(match: re.Match[str]) -> tuple[str, Fraction | None]:
    if match["times"]:
        return units.TIMES, Fraction(4 if match["twice"] else 2)
    if match["half"]:
        return units.PERCENT, Fraction(50)
    if match["left"]:
        return units.RATIO, _divided(Fraction(match["left"]), Fraction(match["right"]))
    if match["a"]:
        part, whole = Fraction(match["a"]), Fraction(match["b"])
        return units.PERCENT, _divided(part * 100, whole) if part < whole else None
    bases = {"百": Fraction(100), "千": Fraction(1000), "万": Fraction(10_000)}
    whole_ = bases.get(match["whole"]) or numerals.value(match["whole"])
    part_ = numerals.value(match["part"])
    return units.PERCENT, None if part_ is None or whole_ is None else _divided(part_ * 100, whole_)


def _divided(number: Fraction, by: Fraction) -> Fraction | None:
    return number / by if by else None


_HALF = re.compile(r"半\s?(个月|个季度|个小时|小时|个钟头|分钟|天|日|年)")


def half(text: str, at: int) -> tuple[Fact, ...]:
    """半年, 半小时."""
    match = _HALF.match(text, at)
    if match is None or text[max(0, at - 1) : at] in ("上", "下", "前", "后"):
        return ()
    return (_amount(text, at, match.end(), Fraction(1, 2), Fraction(1, 2), units.unit(match[1])),)


_LARGE = r"(?P<size>[十百千]?[万亿]|[十百千])"
_ROUND = re.compile(
    rf"(?P<tens>[二三四五六七八九])?(?P<teens>十)几|(?:(?P<some>几|数|好几)|(?P<over>上)){_LARGE}|(?P<few>几)(?={UNIT.pattern})"
)


def vague(text: str, at: int) -> tuple[Fact, ...]:
    """Figures that only tell the size: 几百, 上万, 十几天, 几个."""
    match = _ROUND.match(text, at)
    if match is None:
        return ()
    found = UNIT.match(text, match.end())
    factor = numerals.magnitude(match["size"] or "") * (units.unit(found[1]).factor if found else 1)
    kind, end = (units.unit(found[1]).kind, found.end()) if found else (units.BARE, match.end())
    low, high, bound = factor, factor * 10, Bound.WITHIN
    if match["teens"]:
        low = 10 * int(numerals.value(match["tens"] or "一") or 1) * factor
        high = low + 10 * factor
    elif match["over"]:
        high, bound = low, Bound.AT_LEAST
    return (Amount(text[at:end], at, end, kind, Fraction(low), Fraction(high), bound, weak=bool(match["few"])),)


_PLACE = re.compile(
    rf"(?!第三方|第[一二]时间|第[一二]手|第一线)第\s?(?P<number>{NUMBER})(?P<unit>{UNIT.pattern}|\s?季度)?|(?P<quarter>[一二三四])季度"
)


def ordinal(text: str, at: int) -> tuple[Fact, ...]:
    """A place in an order: 第 3 次, 三季度."""
    match = _PLACE.match(text, at)
    number = None if match is None else numerals.value(match["number"] or match["quarter"])
    if match is None or number is None:
        return ()
    written = "季度" if match["quarter"] else (match["unit"] or "").strip()
    named = Unit(written) if written in ("", "季度") else units.unit(written)
    kind = units.ORDINAL + named.kind + (f"×{named.factor}" if named.factor != 1 else "")
    weak = number == 1 and (named.kind in units.MEASURE_WORDS - {"条", "款"} or not written)
    return (Amount(match[0], at, match.end(), kind, number, number, weak=weak),)


# ── Amounts ───────────────────────────────────────────────────────────────────────────────────────────────────────

_CURRENCY = {"¥": Unit("元"), "$": Unit("美元"), "€": Unit("欧元")}
_AMOUNT = re.compile(
    rf"(?P<sign>[¥$€])?\s?(?P<low>{NUMBER})(?P<more>\s?[多余来几])?(?P<unit>{UNIT.pattern})?(?P<half>半)?(?P<longer>多)?"
)
_RANGE_END = re.compile(rf"{TO}[¥$€]?\s?(?P<high>{NUMBER})(?P<unit>{UNIT.pattern})?")
_PAIR = re.compile(r"(十)?([一二两三四五六七八九])([二三四五六七八九])((?:十|百|千)?[万亿]?)")
_MEASURED = re.compile(r"[^\d]*[百千万亿十][^\d]*")


def amounts(text: str, at: int) -> tuple[Fact, ...]:
    """A number with its unit, or a range of them."""
    match = _AMOUNT.match(text, at)
    if match is None or _in_a_name(text, at, match.end()):
        return ()
    low = numerals.value(match["low"])
    if low is None:
        return _pair(text, match)
    until = None if match["more"] or match["half"] else _RANGE_END.match(text, match.end())
    if until and (found := _range(text, match, until, low)):
        return found
    kind = _unit(match["sign"], match["unit"])
    if not kind.kind and not _stands_alone(match["low"]):
        return ()
    if kind.kind == units.DISCOUNT and low > 10:
        low /= 10
    if match["half"] and kind.kind in (units.MONTHS, units.SECONDS):
        low += Fraction(1, 2)
    more = match["more"] or match["longer"]
    if more and more.strip() in ("多", "余", "几"):
        step = kind.factor if match["longer"] else _step(low) * kind.factor
        low *= kind.factor
        return (Amount(match[0], at, match.end(), kind.kind, low, low + step, Bound.WITHIN),)
    return (_amount(text, at, match.end(), low, low, kind, written=match["low"]),)


def _in_a_name(text: str, start: int, end: int) -> bool:
    """Whether Latin letters or further digits touch the number, so that it belongs to a name or a code."""
    return re.search(r"[a-z0-9_]", text[max(0, start - 1) : start]) is not None or (
        re.match(r"[a-z0-9_]", text[end : end + 1]) is not None and text[end - 1].isascii() and text[end - 1].isalnum()
    )


def _stands_alone(written: str) -> bool:
    """Whether a number without a unit is one: 一 alone is mostly part of another word, 三十 and 5 are not."""
    return written[0].isdecimal() or (
        len(written) > 1 and written != "十一" and _MEASURED.fullmatch(written) is not None
    )


def _range(text: str, first: re.Match[str], until: re.Match[str], low: Fraction) -> tuple[Fact, ...]:
    high = numerals.value(until["high"])
    if high is None or _in_a_name(text, first.start(), until.end()):
        return ()
    last = _unit(first["sign"], until["unit"])
    kind = _unit(first["sign"], first["unit"]) if first["unit"] else last
    if not last.kind:
        last = kind
    shared = re.search(rf"{MAGNITUDE}$", until["high"])
    if shared and not re.search(rf"{MAGNITUDE}$", first["low"]) and not first["unit"]:
        factor = numerals.magnitude(shared[0].strip())
        low = low * factor if low < high / factor else low
    if kind.kind != last.kind or low * kind.factor >= high * last.factor:
        return ()
    start, end = first.start(), until.end()
    bound = _bound(text, start, end)
    return (Amount(text[start:end], start, end, kind.kind, low * kind.factor, high * last.factor, bound),)


def _pair(text: str, match: re.Match[str]) -> tuple[Fact, ...]:
    """三五天, 两三万元, 十七八个; 八五折 is 8.5."""
    pair = _PAIR.fullmatch(match["low"])
    if pair is None:
        return ()
    first, second = (int(numerals.value(each) or 0) for each in (pair[2], pair[3]))
    kind, start, end = _unit(None, match["unit"]), match.start(), match.end()
    if kind.kind == units.DISCOUNT:
        number = Fraction(first * 10 + second, 10)
        return (_amount(text, start, end, number, number, kind),)
    if not (second == first + 1 or (first, second) == (3, 5)) or not (kind.kind or pair[4]):
        return ()
    factor, base = numerals.magnitude(pair[4]) * kind.factor, 10 if pair[1] else 0
    bound = _bound(text, start, end)
    return (Amount(match[0], start, end, kind.kind, (base + first) * factor, (base + second) * factor, bound),)


def _amount(text: str, start: int, end: int, low: Fraction, high: Fraction, kind: Unit, written: str = "") -> Amount:
    weak = written == "一" and kind.kind in units.MEASURE_WORDS and not _COUNTS.search(text, max(0, start - 2), start)
    bound = _bound(text, start, end)
    return Amount(text[start:end], start, end, kind.kind, low * kind.factor, high * kind.factor, bound, weak)


_COUNTS = re.compile(r"[每限只仅满超]\s?$|最[多少]")


def _unit(sign: str | None, written: str | None) -> Unit:
    if written and written.strip():
        return units.unit(written.strip())
    return _CURRENCY[sign] if sign else Unit(units.BARE)


def _step(number: Fraction) -> Fraction:
    """The place of a number's last digit that is not 0: 10 000 of 10 000, 10 of 120."""
    step = Fraction(1)
    while number and number % (step * 10) == 0:
        step *= 10
    return step


_NOT = r"(?:不|未|没有?|别|勿|禁止|不要|不得|不能|不会|不宜|不应|不可)\s?"
_BEFORE = re.compile(
    rf"(?:(?P<most>最多|至多|最高|最长|{_NOT}(?:超过|高于|多于|大于|超出|超)|不到|不足|少于|低于|小于|上限|封顶|[<≤])"
    rf"|(?P<least>最少|至少|最低|起码|{_NOT}(?:少于|低于|小于)|超过|高于|多于|大于|超出|突破|满|逾|下限|[>≥])"
    r"|(?P<about>大约|大概|接近|将近|差不多|约|近))[^,，。;；、!?\d]{0,4}$"
)
_BEHIND = re.compile(
    r"\s?(?:(?P<most>以内|之内|内(?!容|部|测|行)|以下|封顶|为限|为上限)|(?P<least>以上|及以上|起步|起跳|起(?!来|步|诉|草|名|码)|开外|\+)"
    r"|(?P<about>左右|上下|前后))"
)


def _bound(text: str, start: int, end: int) -> Bound:
    found = _BEHIND.match(text, end) or _BEFORE.search(text, max(0, start - 10), start)
    return Bound.EXACT if found is None else _BOUNDS[found.lastgroup or ""]


_BOUNDS = {"most": Bound.AT_MOST, "least": Bound.AT_LEAST, "about": Bound.ABOUT}
