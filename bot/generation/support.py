"""Whether a figure of one text is held by a figure of another.

Nothing is added up, rounded or converted, but for the fixed factors of one kind of unit: a day is 24 hours, a month is
not 30 days.
"""

from __future__ import annotations

from bot.generation import units
from bot.generation.facts import Amount, Bound, Day, Fact

_NEAR = 20  # a rounded number is at most a twentieth off


def holds(held: Fact, claimed: Fact) -> bool:
    """Whether what is `held` says as much as what is `claimed`: the same figure, or the claim less exactly."""
    match claimed, held:
        case Day(), Day():
            return _holds_day(held, claimed)
        case Amount(), Amount():
            return _holds_amount(held, claimed)
        case Day(), Amount():
            return claimed.month is claimed.day is None and _is_year(held, claimed)
        case Amount(), Day():
            return held.month is held.day is None and _is_year(claimed, held)
    return False


def same_kind(first: Fact, second: Fact) -> bool:
    """Whether two figures measure the same kind of thing, whatever their values."""
    if isinstance(first, Day) or isinstance(second, Day):
        return isinstance(first, Day) and isinstance(second, Day)
    return first.kind == second.kind or units.compatible(first.kind, second.kind)


def same_number(first: Fact, second: Fact) -> bool:
    """Whether two figures are the same number of different things."""
    if isinstance(first, Day) or isinstance(second, Day) or first.kind == second.kind:
        return False
    return _characters(first) == _characters(second) != ""


def _characters(amount: Amount) -> str:
    return "".join(each for each in amount.written if each in "0123456789.一二两三四五六七八九十百千万亿")


def _holds_day(held: Day, claimed: Day) -> bool:
    """A date is held by one that is as exact or more exact, and an impossible one by none."""
    parts = zip((claimed.year, claimed.month, claimed.day), (held.year, held.month, held.day), strict=True)
    return claimed.possible and all(part is None or part == other for part, other in parts)


def _is_year(amount: Amount, day: Day) -> bool:
    return amount.kind == units.BARE and amount.low == amount.high == day.year


def _holds_amount(held: Amount, claimed: Amount) -> bool:
    return _comparable(held, claimed) and not _opposed(held.bound, claimed.bound) and _within(held, claimed)


def _comparable(held: Amount, claimed: Amount) -> bool:
    if held.kind == units.BARE and claimed.kind != units.BARE:
        return False  # a number of something unknown says nothing about that kind of thing
    if claimed.kind == units.BARE:
        return held.kind not in (units.PERCENT, units.POINTS, units.RATIO, units.CLOCK, units.DISCOUNT)
    if claimed.kind == units.ORDINAL:
        return held.kind.startswith(units.ORDINAL)
    return units.compatible(held.kind, claimed.kind)


def _opposed(first: Bound, second: Bound) -> bool:
    return {first, second} == {Bound.AT_MOST, Bound.AT_LEAST}


def _within(held: Amount, claimed: Amount) -> bool:
    if Bound.WITHIN in (held.bound, claimed.bound):
        return _within_ends(held, claimed)
    if (claimed.low, claimed.high) == (held.low, held.high):
        return True
    if claimed.low != claimed.high:
        return False
    if held.low != held.high:
        return (claimed.bound is Bound.AT_MOST and claimed.low == held.high) or (
            claimed.bound is Bound.AT_LEAST and claimed.low == held.low
        )
    return claimed.bound is Bound.ABOUT and _rounds(claimed, held)


def _within_ends(held: Amount, claimed: Amount) -> bool:
    """几百 and 一万多: held by the same, by a number that lies inside, and where 超过 says it as well."""
    if held.bound is claimed.bound:
        return (held.low, held.high) == (claimed.low, claimed.high)
    vague, other = (held, claimed) if held.bound is Bound.WITHIN else (claimed, held)
    if other.bound is Bound.AT_LEAST and other.low == vague.low:
        return True
    return claimed is vague and vague.low <= other.low <= other.high < vague.high


def _rounds(claimed: Amount, held: Amount) -> bool:
    near = abs(claimed.low - held.low) * _NEAR <= held.low
    return near and _digits(claimed) < _digits(held)


def _digits(amount: Amount) -> int:
    """How many digits of a number tell something: 4 of 4987, 1 of 5000, 99 of a third."""
    number = amount.low
    for _ in range(12):
        if number.denominator == 1:
            return len(str(number.numerator).rstrip("0"))
        number *= 10
    return 99
