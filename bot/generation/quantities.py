"""What a text states in figures: amounts with their units, ranges, dates, times of day, places in an order.

Figures of names (B2C) and idioms (一般, 万一) and the numbers that list items begin with are none. Every pattern is
bounded, so that the time grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.generation import amounts, moments
from bot.generation.facts import Fact
from corpus.characters import fold


def plain(text: str) -> str:
    """A text as figures are looked for: folded, without the numbers that list items and steps begin with."""
    return _ENUMERATOR.sub(_blank, fold(_CIRCLED.sub(" ", text)))


def facts(text: str) -> tuple[Fact, ...]:
    """The figures of a text in order, none inside another."""
    return tuple(_read(plain(text)))


_CIRCLED = re.compile(r"(?:^|(?<=[\s。；;，,：:]))[①-⑳❶-❿⑴-⒛](?=[^\d①-⑳❶-❿⑴-⒛])", re.M)
_ENUMERATOR = re.compile(
    r"^\s*(?:[-*•·]\s*)?(?:步骤\s?)?\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:\)|[.、:]\)?)(?!\d)"
    r"|^\s*第\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?步"
    r"|第\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?[步点条个]?(?=\s?[,、:])",
    re.M,
)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _read(text: str) -> Iterator[Fact]:
    at = 0
    while start := _START.search(text, at):
        at = start.start()
        for reader in _READERS:
            if found := reader(text, at):
                yield from found
                at = max(at + 1, *(fact.end for fact in found))
                break
        else:
            at = token.end() if (token := _NO_FIGURE.match(text, at)) else at + 1


_START = re.compile(r"[¥$€\d零〇一二两三四五六七八九十半几数上翻第百千万周星礼早上中下晚夜凌清傍双过a-z]")
# B2C, 4s, v2.0, 双十一, 三三两两
_NO_FIGURE = re.compile(r"[a-z_][a-z0-9_]*(?:[.-]\d[\d.]*)?|\d+[a-z][a-z0-9]*|双\s?(?:\d+|十[一二])|三三两两")

_READERS = (
    moments.days,
    moments.clock,
    moments.weekday,
    amounts.share,
    amounts.half,
    amounts.vague,
    amounts.ordinal,
    amounts.amounts,
)
