"""Every unit of the best passages, by how well it would lead an answer.

Search scores find the passage; which of its units answers is told by its sentences' scores, by where it stands, and by
whether it holds the kind of thing that is asked for, of the subject that is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from bot.answering.asked.reading import Asked, Fit, QuestionReader
from bot.answering.asked.subject import SubjectFit
from bot.answering.units import Unit, UnitKind, units
from corpus.model import Span
from embeddings.search.retriever import Ranked

# Sections that warn or tell a story: right when that is asked for, beside the point when a rule or a way is.
_ASIDE = re.compile(r"坑|误区|误解|误会|传言|传闻|流传|案例|故事|例子|常见(?:错误|问题)|踩雷|真的假的")
_ASKS_ASIDE = re.compile(r"坑|误区|错误|传言|传闻|听说|真的|案例|故事|例子|怎么做的|怎么玩|注意|别踩|避")
# What is only said, and mostly there to be contradicted.
_HEARSAY = re.compile(r"(?:网上|坊间|也)?(?:有(?:说法|人(?:称|说|认为))|网传|据传|传言)")
# What a text begins with that goes on from the one above.
_GOES_ON = re.compile(
    r"所以|因此|因而|于是|但|不过|然而|而(?!今|已)|另外|此外|同时|其次|再次|最后|第[二三四五六七八九十][，,、点：]|反之|否则"
    r"|也就是说|换句话说|比如|例如|那么|它|他们|她|其[他实中]|该|上述|以上|还有|或者|尤其|特别是|相反|接着|然后|这(?!里|次|几年)"
)
# A line that only points to other articles.
_POINTER = re.compile(r"\s*(?:相关|延伸阅读|另见|参见|更多|推荐阅读)(?:阅读|文章|内容|资料)?[：:]")


class Wanted(Protocol):
    """What a question's words are looked for with."""

    def covered(self, texts: Sequence[str]) -> float:
        """Share of the question's terms, weighted by rarity, that the texts together contain: 0 to 1."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a question when its answer is put together: what it asks, who reads texts for that, and what its
    words are looked for with. Of what is None nothing is known, and all texts fit alike."""

    asked: Asked | None = None
    reader: QuestionReader | None = None
    wanted: Wanted | None = None

    def fit(self, text: str, headings: Sequence[str], title: str) -> Fit:
        """How a text below these headings fits."""
        if self.asked is None or self.reader is None:
            return Fit(SubjectFit.UNSAID, 0.5)
        return self.reader.fit(self.asked, text, headings, title)

    def named(self, text: str, headings: Sequence[str], title: str) -> float:
        """The share of the question's terms of the trade that a text below these headings names."""
        if self.asked is None or self.reader is None:
            return 1.0
        return self.reader.named(self.asked, text, headings, title)

    def is_beside(self, headings: Sequence[str], text: str = "") -> bool:
        """Whether a section warns or tells stories, or a text begins with hearsay, and none of that is asked for."""
        asks = self.asked is not None and _ASKS_ASIDE.search(self.asked.text) is not None
        return not asks and (any(map(_ASIDE.search, headings[-1:])) or _HEARSAY.match(text) is not None)


_READ = 0.4
"""What the log-odds of a reader count beside the features below."""

_READ_APART = 4.0
"""Log-odds below the best text's from which it does not matter how much worse a text is, or that it was not read."""


class Features(NamedTuple):
    """What tells how well a unit would lead.

    `passage` is its passage's score below the best one's, `sentence` its best sentence's below the best of all, `words`
    the share of the question's words that it holds, `terms` that of its terms of the trade that it or what stands
    above it names, `aspect` how far it holds the kind of thing asked for; the others are 1 or 0: of the first passage,
    with its passage's best sentence, first below its heading, of the same subject, of another, hearsay or in a section
    that warns or tells stories, a list, a table, not to be read without what is above.
    """

    passage: float
    first: float
    sentence: float
    best: float
    opens: float
    words: float
    terms: float
    aspect: float
    same: float
    other: float
    aside: float
    list: float
    table: float
    depends: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit of a ranked passage; `place` is the passage's, from 0. The higher the `score` the better it would lead."""

    hit: Ranked
    place: int
    unit: Unit
    fit: Fit
    score: float

    def cut(self, span: Span) -> str:
        """That range of its passage's text."""
        return self.hit.passage.text[span.start : span.end]


WEIGHTS = Features(
    passage=0.6,
    first=0.3,
    sentence=0.3,
    best=0.9,
    opens=1.2,
    words=0.5,
    terms=1.5,
    aspect=0.9,
    same=0.5,
    other=-1.0,
    aside=-1.2,
    list=-0.3,
    table=-0.4,
    depends=-1.0,
)
"""Listwise logistic regression on `tests/evaluation/development.jsonl`, rounded; the last, that of terms and
those of other subjects and asides are set by hand, for there too few of these are among the questions."""


def candidates(ranked: Sequence[Ranked], question: Question) -> tuple[Candidate, ...]:
    """All units of the passages in their order; those that only point to other articles are left out."""
    found = [
        (place, hit, unit)
        for place, hit in enumerate(ranked)
        for unit in units(hit.passage)
        if not _POINTER.match(hit.passage.text, unit.span.start)
    ]
    top = max((best_sentence(hit, unit.span) for _, hit, unit in found), default=0.0)
    best = max((hit.score for hit in ranked), default=0.0)
    return _read(tuple(_candidate(place, hit, unit, question, best, top) for place, hit, unit in found))


def _read(found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The same with what a reader told of them, where one has read any."""
    odds = [next((odds for span, odds in each.hit.read if span == each.unit.span), None) for each in found]
    best = max((each for each in odds if each is not None), default=None)
    if best is None:
        return found
    below = [-_READ_APART if each is None else max(each - best, -_READ_APART) for each in odds]
    return tuple(replace(each, score=each.score + _READ * less) for each, less in zip(found, below, strict=True))


def _candidate(place: int, hit: Ranked, unit: Unit, question: Question, best: float, top: float) -> Candidate:
    text = hit.passage.text[unit.span.start : unit.span.end]
    fit = question.fit(text, unit.headings, hit.article.title)
    sentence = best_sentence(hit, unit.span)
    features = Features(
        passage=hit.score - best,
        first=float(place == 0),
        sentence=sentence - top,
        best=float(sentence == max(hit.sentences)),
        opens=float(unit.opens),
        words=question.wanted.covered([text]) if question.wanted else 0.0,
        terms=question.named(text, unit.headings, hit.article.title),
        aspect=fit.aspect,
        same=float(fit.subject is SubjectFit.SAME),
        other=float(fit.subject is SubjectFit.OTHER),
        aside=float(question.is_beside(unit.headings, text)),
        list=float(unit.kind is UnitKind.LIST),
        table=float(unit.kind is UnitKind.TABLE),
        depends=float(unit.goes_on or depends(text)),
    )
    score = sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
    return Candidate(hit, place, unit, fit, score)


def depends(text: str) -> bool:
    """Whether a text cannot be read without the one above it."""
    return _GOES_ON.match(text) is not None


def best_sentence(hit: Ranked, span: Span) -> float:
    """The score of the best sentence in a range of a passage's text."""
    inside = (
        score
        for score, each in zip(hit.sentences, hit.passage.sentences, strict=True)
        if span.start <= each.start and each.end <= span.end
    )
    return max(inside, default=float("-inf"))
