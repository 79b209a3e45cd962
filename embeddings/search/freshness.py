"""Dates decide between passages about the same thing: the newer stands before the older it supersedes.

There is no age that counts by itself. A passage moves only ahead of one from an older article that says the same or the
contrary, and only where the subject ages: platform rules within months, methods and cases not at all.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.index.records import ArticleRecord
from embeddings.index.window_similarity import WindowSimilarityStats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

COMPARED = 10
"""How many hits from the top are looked at."""

# Found on the contradicting pairs in tests/evaluation/freshness; on real articles, which name no topic, the second bar
# changes 3 % of the orders and no recall. Both are in standard deviations, so that they may hold for other encoders.
_ALIKE_RULES = 3.8
_ALIKE_OTHERS = 4.4
_ANSWERS = 0.5
# A passage supersedes another only if hardly any of the hits is more like that one.
_MARGIN = 0.5
# What an expired passage counts against one about the same thing that has not expired.
_EXPIRED = 0.1

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)(?!\s*[万亿元块个人条单家粉字])")
_SHORT_YEAR = re.compile(r"(?<![\d.了过做近满])(1[5-9]|[2-4]\d)\s*年(?!前|来|以|内|后|里|的?(?:经验|时间|店))")
_PAST = re.compile(
    r"当时|那时|那会儿?|那阵|当年|当初|往年|去年|前年|前几年|早几年|早些年|早年|从前|历史上"
    r"|(?:老|旧|以前|之前|过去|原来|原先)的?(?:规则|规定|规矩|政策|版本|版|标准|要求|办法|费率|价格|价钱|口径|说法)"
    r"|(?:^|[，,。？?！!\s])(?:以前|之前|过去|原来|原先)|以前(?:是|能|可以|怎么|要|收|有|不|都|会|最|多少)"
    r"|\b(?:used to|back (?:in|then)|formerly|previously|in the past|last year|old (?:rules?|policy|version))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FreshnessPolicy:
    """Which subjects age, and how fast.

    `rules` and `evergreen` are words looked for in an article's topic, or in its tags and title where it has none.
    Half-lives are in days: so much older, and a passage counts half against one about the same thing; 0 for never.
    An article of a rules topic is outdated after `aged_after` days.
    """

    rules: tuple[str, ...] = (
        "规则",
        "规定",
        "新规",
        "费用",
        "费率",
        "收费",
        "限额",
        "法律",
        "小红书获客",
        "微信与企业微信",
    )
    evergreen: tuple[str, ...] = ("方法", "案例", "复盘", "心得")
    rules_half_life: int = 120
    other_half_life: int = 720
    aged_after: int = 365


@dataclass(frozen=True, slots=True)
class Dated:
    """One hit as freshness sees it.

    `answers` is by how many standard deviations its best window's cosine with the question exceeds what unrelated
    questions get; `windows` are its windows' unit vectors, (windows, dimension); `names` are the terms of the question
    that it or its title mentions, `known` those that its article mentions anywhere.
    """

    article: ArticleRecord
    score: float
    answers: float
    windows: Vectors
    names: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


class Freshness:
    """Knows how articles age. `today` tells the day where the merchants are."""

    def __init__(self, policy: FreshnessPolicy | None = None, *, today: Callable[[], datetime.date]) -> None:
        self._policy = policy or FreshnessPolicy()
        self._today = today

    def is_rules(self, article: ArticleRecord) -> bool:
        """Whether an article's subject is one of those that age fast."""
        return self._marked(article, self._policy.rules) and not self._marked(article, self._policy.evergreen)

    def is_expired(self, article: ArticleRecord) -> bool:
        """Whether the day that its front matter names has passed."""
        return article.expires is not None and article.expires < self._today()

    def is_outdated(self, article: ArticleRecord) -> bool:
        """Whether an article is outdated: expired, or about rules and from longer ago than `aged_after` days."""
        day = dated(article)
        if self.is_expired(article) or day is None:
            return self.is_expired(article)
        return self.is_rules(article) and (self._today() - day).days > self._policy.aged_after

    def asks_for_past(self, question: str) -> bool:
        """Whether a question names a past year or asks how it was: then the older passages are the right ones."""
        return bool(self.past_years(question)) or _PAST.search(question) is not None

    def past_years(self, question: str) -> frozenset[int]:
        """The past years that a question names."""
        years = [int(year) for year in _YEAR.findall(question)]
        years += [2000 + int(year) for year in _SHORT_YEAR.findall(question)]
        return frozenset(year for year in years if year < self._today().year)

    def may_matter(self, articles: Sequence[ArticleRecord]) -> bool:
        """Whether dates could change an order at all: quick, so that the rest is only paid for where needed."""
        expired = {self.is_expired(article) for article in articles}
        days = {dated(article) for article in articles if self._half_life(article)} - {None}
        return len(expired) > 1 or len(days) > 1

    def order(
        self, hits: Sequence[Dated], stats: WindowSimilarityStats, years: frozenset[int] = frozenset()
    ) -> tuple[int, ...]:
        """The hits' numbers in their new order: each before the first one that it supersedes.

        Hits come best first; those that supersede none keep their order. Where a question names past `years`, a
        passage supersedes another about the same thing by being of such a year.
        """
        alike = self._alike(hits, stats)

        def goes_before(new: int, old: int) -> bool:
            if years:
                return self._of_the_year(hits, new, old, alike, years)
            return self._supersedes(hits, new, old, alike)

        order: list[int] = []
        for new in range(len(hits)):
            place = next((at for at, old in enumerate(order) if goes_before(new, old)), len(order))
            order.insert(place, new)
        return tuple(order)

    def _of_the_year(self, hits: Sequence[Dated], new: int, old: int, alike: Vectors, years: frozenset[int]) -> bool:
        wanted, other = dated(hits[new].article), dated(hits[old].article)
        if wanted is None or other is None or wanted.year not in years or other.year in years:
            return False
        return self._as_alike(hits, new, old, alike)

    def _supersedes(self, hits: Sequence[Dated], new: int, old: int, alike: Vectors) -> bool:
        newer, older = hits[new], hits[old]
        worth = self._worth(newer.article, older.article)
        if worth >= 1 or newer.score <= worth * older.score or not newer.known >= older.names:
            return False
        return self._as_alike(hits, new, old, alike)

    def _as_alike(self, hits: Sequence[Dated], new: int, old: int, alike: Vectors) -> bool:
        """Whether two hits are about the same thing, and hardly any other is more like the one in front."""
        bar = _ALIKE_RULES if self.is_rules(hits[old].article) else _ALIKE_OTHERS
        return bool(alike[old, new] >= max(bar, alike[old].max() - _MARGIN))

    def _worth(self, newer: ArticleRecord, older: ArticleRecord) -> float:
        """What the older counts against the newer if both are about the same thing; 1 and up where age is no reason."""
        if self.is_expired(newer) != self.is_expired(older):
            return _EXPIRED if self.is_expired(older) else 1.0
        first, second = dated(older), dated(newer)
        half_life = self._half_life(older) if self._half_life(newer) else 0
        if first is None or second is None or not half_life:
            return 1.0
        return float(0.5 ** ((second - first).days / half_life))

    def _half_life(self, article: ArticleRecord) -> int:
        """In days, 0 for never."""
        if self.is_rules(article):
            return self._policy.rules_half_life
        return 0 if self._marked(article, self._policy.evergreen) else self._policy.other_half_life

    def _alike(self, hits: Sequence[Dated], stats: WindowSimilarityStats) -> Vectors:
        """How far hit j says what hit i says and answers the question: (hits, hits), minus infinity within an article.

        The closest two windows of both, in standard deviations above any two, and j's own closeness to the question.
        """
        alike = np.full((len(hits), len(hits)), -np.inf, dtype=np.float32)
        for i, one in enumerate(hits):
            for j, other in enumerate(hits):
                if one.article.path != other.article.path and len(one.windows) and len(other.windows):
                    closest = float((one.windows @ other.windows.T).max())
                    alike[i, j] = (closest - stats.mean) / stats.spread + _ANSWERS * other.answers
        return alike

    def _marked(self, article: ArticleRecord, words: Sequence[str]) -> bool:
        where = article.topic or " ".join((article.title, *article.tags))
        return any(word in where for word in words)


def dated(article: ArticleRecord) -> datetime.date | None:
    """The day an article speaks of: its last update where it names one."""
    return article.updated or article.date
