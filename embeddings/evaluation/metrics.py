"""Question sets to metrics: is the right passage found, is the answer on display, is the rest declined."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import QuestionSetInvalid

if TYPE_CHECKING:
    from embeddings.search.retriever import Ranked

ACCEPTED = ("answered", "unsure")
"""The statuses with which material is shown as an answer."""

SURE = "answered"
"""The status that claims to answer."""

CANDIDATES = 20
"""How deep a passage may lie in the summed order and still be a candidate: somewhat deeper than a reader looks."""

LEAD = 200
"""Characters of what is shown first, white space not counted, in which an answer has to begin and end to lead."""

_FOUND = 5
_SUMMED = "fused"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set. Without gold articles it must be declined.

    `gold_parts` are, for a message that asks more than one thing, the gold phrases of each; all are in `gold_phrases`.
    """

    id: str
    kind: str
    text: str
    gold_articles: tuple[str, ...] = ()
    gold_phrases: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    gold_parts: tuple[tuple[str, ...], ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers it."""
        return bool(self.gold_articles)


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved passage, as evaluation needs it."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One quote as a person reads it without unfolding anything, and the passage that it was taken from."""

    text: str
    source: Hit


@dataclass(frozen=True, slots=True)
class Reply:
    """What the system under test said: retrieved passages by rank, what was displayed, the confidence behind it.

    `searched` is the text that was searched for where a conversation had completed the question, else empty. `shown`
    are the quotes that are seen at once, in their order.
    """

    hits: tuple[Hit, ...]
    displayed: str
    status: str
    confidence: float
    milliseconds: float
    searched: str = ""
    shown: tuple[Shown, ...] = ()


class Fault(StrEnum):
    """What went wrong with a question: the first stage, in the order in which an answer is made, that failed it."""

    NOT_A_CANDIDATE = "not_a_candidate"
    RANKED_LOW = "ranked_low"
    WRONGLY_DECLINED = "wrongly_declined"
    SENTENCE_NOT_PICKED = "sentence_not_picked"
    WRONGLY_ANSWERED = "wrongly_answered"


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its reply, judged. Ranks count from 1; None means not among the retrieved.

    `leads` tells whether a gold phrase stands within the first `LEAD` characters shown, `beside_gold` how many of the
    quotes come from passages without gold, `parts_answered` how many of the question's gold parts have a phrase among
    what is shown at once. `leg_ranks` is the best gold passage's rank in the order of each leg alone,
    and of their sum under `fused`; empty where nobody looked (see `leg_ranks`).
    """

    question: Question
    reply: Reply
    article_rank: int | None
    passage_rank: int | None
    displayed: bool
    leads: bool = False
    beside_gold: int = 0
    parts_answered: int = 0
    leg_ranks: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether material was shown as an answer, surely or not."""
        return self.reply.status in ACCEPTED

    @property
    def characters(self) -> int:
        """How many characters of quotes are shown at once."""
        return sum(len(each.text) for each in self.reply.shown)

    @property
    def fault(self) -> Fault | None:
        """What went wrong, None when nothing did.

        A declined question whose passage was not found either counts as a fault of retrieval: declining it was right.
        """
        if not self.question.answerable:
            return Fault.WRONGLY_ANSWERED if self.accepted else None
        if self.accepted and self.displayed:
            return None
        if not _within(self.passage_rank, _FOUND):
            rank = self.leg_ranks.get(_SUMMED)
            candidate = self.passage_rank is not None or _within(rank, CANDIDATES)
            return Fault.RANKED_LOW if candidate else Fault.NOT_A_CANDIDATE
        return Fault.SENTENCE_NOT_PICKED if self.accepted else Fault.WRONGLY_DECLINED


@dataclass(frozen=True, slots=True)
class RetrievalMetrics:
    """Shares between 0 and 1, milliseconds for latency.

    `article_recall` and `passage_recall` map k to recall@k; a passage counts when it is of a gold article and holds a
    gold phrase. `lead_accuracy` is the share of answerable questions with a gold phrase within the first `LEAD`
    characters shown, declined ones counted as misses; `noise` that of the quotes, of answers to those, which come from
    passages without gold; `parts` counts what is asked by messages that ask several things, `parts_answered` is the
    share of it that is answered by what is shown at once; `characters` the median of what such answers show.
    `refusal_f1` is that of "answer it" among all questions; `declined` is the share of questions that must be declined
    which were, by kind, `wrongly_answered` of those that were answered as if sure: what is only shown as close is
    neither.
    """

    answerable: int
    unanswerable: int
    article_recall: Mapping[int, float]
    passage_recall: Mapping[int, float]
    mrr: float
    coverage: float
    lead_accuracy: float
    parts: int
    parts_answered: float
    noise: float
    characters: float
    answered: float
    refusal_precision: float
    refusal_recall: float
    refusal_f1: float
    refusal_auc: float
    declined: Mapping[str, float]
    wrongly_answered: Mapping[str, float]
    latency_p50: float
    latency_p95: float


def read_questions(file: Path) -> tuple[Question, ...]:
    """Questions from JSON Lines. Raises QuestionSetInvalid naming the line."""
    questions = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            questions.append(
                Question(
                    id=str(entry["id"]),
                    kind=entry.get("kind", ""),
                    text=entry["question"],
                    gold_articles=tuple(entry.get("gold_articles", ())),
                    gold_phrases=tuple(entry.get("gold_phrase", ())),
                    context=tuple(entry.get("context", ())),
                    gold_parts=tuple(tuple(part) for part in entry.get("gold_parts", ())),
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionSetInvalid(file, number) from error
    return tuple(questions)


def judge(
    questions: Iterable[Question],
    ask: Callable[[Question], Reply],
    legs: Callable[[Question, Reply], Mapping[str, int | None]] | None = None,
) -> tuple[Judged, ...]:
    """Ask every question and judge the replies; `legs` looks up the leg-wise ranks of an answerable question."""
    judged = []
    for question in questions:
        reply = ask(question)
        judged.append(_judge(question, reply, legs(question, reply) if legs and question.answerable else {}))
    return tuple(judged)


def leg_ranks(question: Question, ranked: Sequence[Ranked]) -> dict[str, int | None]:
    """The best gold passage's rank in each leg alone, and in the order given under `fused`.

    Ranks count among `ranked`; what lies deeper in the sum has none. Passages of equal score share the better rank,
    and a score of nothing is no rank.
    """
    gold = [n for n, hit in enumerate(ranked) if _holds(question, hit.passage.article, hit.passage.text)]
    ranks: dict[str, int | None] = {_SUMMED: min(gold) + 1 if gold else None}
    for leg in ("passage", "window", "lexical", "companion_passage", "companion_window"):
        scores = [float(getattr(hit.legs, leg)) for hit in ranked]
        if not any(scores):  # a leg that this generation does not have
            continue
        best = max((scores[n] for n in gold), default=0.0)
        ranks[leg] = 1 + sum(score > best for score in scores) if best > 0 else None
    return ranks


def leg_recall(judged: Sequence[Judged], depths: Sequence[int] = (1, 3, 5, 10, 20, 50)) -> dict[str, dict[int, float]]:
    """Passage recall at each depth by each leg alone, over the answerable questions whose legs were looked up."""
    looked = [j for j in judged if j.question.answerable and j.leg_ranks]
    legs = dict.fromkeys(leg for j in looked for leg in j.leg_ranks)
    return {
        leg: {k: _share(sum(_within(j.leg_ranks.get(leg), k) for j in looked), len(looked)) for k in depths}
        for leg in legs
    }


def measure_by_kind(judged: Sequence[Judged]) -> dict[str, RetrievalMetrics]:
    """Metrics of each kind of question by itself, in order of appearance."""
    kinds = dict.fromkeys(j.question.kind for j in judged)
    return {kind: measure([j for j in judged if j.question.kind == kind]) for kind in kinds}


def measure(judged: Sequence[Judged]) -> RetrievalMetrics:
    """Metrics over judged questions; shares of nothing are 0."""
    good = [j for j in judged if j.question.answerable]
    bad = [j for j in judged if not j.question.answerable]
    accepted = [j for j in judged if j.accepted]
    right = sum(j.question.answerable for j in accepted)
    precision, recall = _share(right, len(accepted)), _share(right, len(good))
    parts = sum(len(j.question.gold_parts) for j in good)
    kinds = sorted({j.question.kind for j in bad})
    latencies = sorted(j.reply.milliseconds for j in judged)
    return RetrievalMetrics(
        answerable=len(good),
        unanswerable=len(bad),
        article_recall={k: _share(sum(_within(j.article_rank, k) for j in good), len(good)) for k in (1, 3, 5)},
        passage_recall={k: _share(sum(_within(j.passage_rank, k) for j in good), len(good)) for k in (1, 3, 5, 10)},
        mrr=_share(sum(1 / j.passage_rank for j in good if j.passage_rank), len(good)),
        coverage=_share(sum(j.displayed for j in good), len(good)),
        lead_accuracy=_share(sum(j.leads for j in good), len(good)),
        parts=parts,
        parts_answered=_share(sum(j.parts_answered for j in good), parts),
        noise=_share(sum(j.beside_gold for j in good), sum(len(j.reply.shown) for j in good)),
        characters=percentile(sorted(j.characters for j in good if j.reply.shown), 0.50),
        answered=recall,
        refusal_precision=precision,
        refusal_recall=recall,
        refusal_f1=_share(2 * precision * recall, precision + recall),
        refusal_auc=area_under_curve([j.reply.confidence for j in good], [j.reply.confidence for j in bad]),
        declined={kind: _share_of_kind(bad, kind, lambda j: not j.accepted) for kind in kinds},
        wrongly_answered={kind: _share_of_kind(bad, kind, lambda j: j.reply.status == SURE) for kind in kinds},
        latency_p50=percentile(latencies, 0.50),
        latency_p95=percentile(latencies, 0.95),
    )


def area_under_curve(good: Sequence[float], bad: Sequence[float]) -> float:
    """Probability that a good one scores above a bad one, ties counting half (the Mann-Whitney statistic)."""
    wins = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    return _share(wins, len(good) * len(bad))


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of sorted values, 0 for none."""
    return values[max(0, math.ceil(share * len(values)) - 1)] if values else 0.0


def squeeze(text: str) -> str:
    """Text without white space: how gold phrases are compared."""
    return "".join(text.split())


def _judge(question: Question, reply: Reply, ranks: Mapping[str, int | None]) -> Judged:
    articles = list(dict.fromkeys(hit.article for hit in reply.hits))
    article_rank = next((n for n, path in enumerate(articles, 1) if path in question.gold_articles), None)
    found = (n for n, hit in enumerate(reply.hits, 1) if _holds(question, hit.article, hit.text))
    shown = squeeze(reply.displayed)
    at_once = squeeze("".join(each.text for each in reply.shown))
    return Judged(
        question,
        reply,
        article_rank,
        next(found, None),
        displayed=has_phrase(shown, question.gold_phrases),
        leads=has_phrase(at_once[:LEAD], question.gold_phrases),
        beside_gold=sum(not _holds(question, each.source.article, each.source.text) for each in reply.shown),
        parts_answered=sum(has_phrase(at_once, part) for part in question.gold_parts),
        leg_ranks=ranks,
    )


def has_phrase(squeezed: str, phrases: Iterable[str]) -> bool:
    """Whether any of the phrases is in a text without white space."""
    return any(squeeze(phrase) in squeezed for phrase in phrases)


def _holds(question: Question, article: str, text: str) -> bool:
    """Whether a passage is a gold one: of a gold article, with a gold phrase in it."""
    if article not in question.gold_articles:
        return False
    return has_phrase(squeeze(text), question.gold_phrases)


def _within(rank: int | None, k: int) -> bool:
    return rank is not None and rank <= k


def _share_of_kind(judged: Sequence[Judged], kind: str, holds: Callable[[Judged], bool]) -> float:
    of_kind = [j for j in judged if j.question.kind == kind]
    return _share(sum(map(holds, of_kind)), len(of_kind))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
