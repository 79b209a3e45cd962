"""Whether clauses about the same say the opposite: one of them has an odd number of negations more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from bot.generation.overlap import pairs, share
from corpus.characters import fold

_ABOUT_THE_SAME = 0.7
_WHOLLY_IN = 0.9
"""Shares of the pairs of characters of the claimed clause, and of the held one, from which both are about the same."""

_AS_GOOD = 0.05
_FEWEST = 2  # pairs without which a clause says too little to be compared

# Words in which the same characters negate nothing: 不仅, 不同, 特别, 是不是, a limit (不超过).
_NO_NEGATION = re.compile(
    r"不[仅但同断错妨止只管论过然久少足到便满良等明妙]|不(?:超过|高于|低于|少于|多于|大于|小于|超)|不(?=\d)|差不多|对不起|了不起|不好意思|不得不|不可或缺"
    r"|(?:非|无|莫)不|[特个类级区分性识鉴差告辨派甄离]别|别(?:人|的|名|处|墅|致|称|扭)|非(?:常|要|得|洲|凡)|除非|无(?:论|非|线|忧|数|限|痕|意|印|人|锡)|未(?:来|成年|婚)"
    r"|[未非无][^,，。的]{1,4}的|未满|没(?:收|落|准)|[淹沉埋出吞]没|(.)不\1|是否|能否|可否|要否|与否|有没有|免费|无理由|不知不觉|不远|不动产|不干胶|不锈钢"
)
_NEGATION = re.compile(
    r"不|没有?|无|未|非|别|勿|莫|禁止|严禁|禁|避免|拒绝|杜绝|防止|\bnot\b|n't\b|\bno\b|\bnever\b|\bcannot\b"
)
_MODAL = re.compile(
    r"可以|能够|应当|应该|必须|需要|会|能|可|要|得|该|允许|许|准|建议|请|了|的|地|着|过|都|也|就|还|是|有|被|把|将|去|来|再|一定|千万|绝对|随便|直接|切"
)


def negations(text: str) -> int:
    """How many words of a text negate: one in 不可以, two in 不是不可以, none in 不仅 and 不同."""
    return len(_NEGATION.findall(_NO_NEGATION.sub(" ", fold(text))))


class Denial(NamedTuple):
    """One negation of a text: the two characters behind it, and the first of these that is no modal word's."""

    what: str
    of: str


def denials(text: str) -> tuple[Denial, ...]:
    """What a text negates, negation by negation."""
    folded = _NO_NEGATION.sub(lambda match: " " * len(match[0]), fold(text))
    behind = (folded[match.end() : match.end() + 8] for match in _NEGATION.finditer(folded))
    return tuple(Denial(each[:2], _MODAL.sub("", each)[:1]) for each in behind)


@dataclass(frozen=True)
class Assertion:
    """A piece of a sentence between marks: the pairs of its words without negations and modal words, and how many of
    its words negate. One that `ends_short` is followed by a piece that only it explains (商品卡：不要) and has that."""

    content: frozenset[str]
    negations: int
    ends_short: bool = False

    @classmethod
    def of(cls, text: str) -> Assertion:
        """What this text says."""
        bare = _MODAL.sub("", _NEGATION.sub("", _NO_NEGATION.sub("", fold(text))))
        return cls(pairs(bare), negations(text))

    @property
    def is_short(self) -> bool:
        """Whether it says too little to be understood without what stands before it."""
        return len(self.content) < _FEWEST

    def with_its_end(self, end: Assertion) -> Assertion:
        """This and the short piece behind it."""
        return replace(self + end, ends_short=True)

    def __add__(self, other: Assertion) -> Assertion:
        """Both said in one."""
        return Assertion(self.content | other.content, self.negations + other.negations)


def contradicted(claimed: Assertion, held: Sequence[Sequence[Assertion]]) -> bool:
    """Whether the sentences that are `held` say the opposite of what is claimed.

    They do where all pieces that say most nearly the same have the other parity of negations; two neighbouring pieces
    count as one where that is nearer than any alone.
    """
    single = _best(claimed, [piece for pieces in held for piece in pieces])
    double = _best(claimed, [first + second for pieces in held for first, second in pairwise(pieces)])
    best = double if double and (not single or double[0][0] > single[0][0] + _AS_GOOD) else single
    return bool(best) and all((piece.negations - claimed.negations) % 2 for _, piece in best)


def _best(claimed: Assertion, held: Sequence[Assertion]) -> list[tuple[float, Assertion]]:
    """The pieces about the same that are nearest, each with the share of the claim's words that it has."""
    near = [
        (share(claimed.content, each.content), each)
        for each in held
        if (claimed.ends_short or not each.ends_short) and _about_the_same(claimed, each)
    ]
    top = max((score for score, _ in near), default=0.0)
    return sorted((pair for pair in near if pair[0] >= top - _AS_GOOD), key=lambda pair: -pair[0])


def _about_the_same(claimed: Assertion, held: Assertion) -> bool:
    if claimed.is_short:
        return bool(claimed.content) and claimed.content == held.content
    back = share(held.content, claimed.content) if len(held.content) >= _FEWEST else 0.0
    return share(claimed.content, held.content) >= _ABOUT_THE_SAME or back >= _WHOLLY_IN
