"""Answered, unsure or refused: what a search tells of its success, together with what the passages found hold.

Refusing a question that the articles answer and answering one that they do not both cost a merchant more than the
closest passage shown as no more than that. So the wording of a question alone never refuses it, an answer needs a
sentence about the subject that is asked about, and everything between is shown as close.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.answering.asked.reading import Asked, QuestionReader
from bot.answering.asked.subject import SubjectFit
from bot.model import Status
from embeddings.refusal.confidence import Calibration, RefusalDecision, Signals
from embeddings.search.retriever import Ranked

_LOOKED_AT = 5
"""Passages, by rank, in which the subject is looked for."""


SURELY_ORDERS = 0.9
"""Probability from which a message is taken for an order to the bot, which no article answers."""

_LIKELY_ORDERS = 0.75
"""Probability from which what may be an order is not shown what is only close."""


_NEAR = 1.1
"""Excess of the best window from which something is near a question that names no term of the trade."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a question, how sure that is, and the platforms that it names and no passage found is about.

    `near` tells whether what was found has to do with the question at all.
    """

    status: Status
    confidence: float
    uncovered: tuple[str, ...] = ()
    near: bool = True


def decide(
    calibration: Calibration,
    signals: Signals,
    ranked: Sequence[Ranked],
    asked: Asked | None = None,
    reader: QuestionReader | None = None,
    *,
    covered: Collection[str] = (),
) -> Decision:
    """The decision on a question from the signals of its search and the passages found.

    Without a reader nothing is known of its subject, and the signals alone decide. `covered` are the platforms that
    articles are about, see `uncovered`.
    """
    confidence = calibration.confidence(signals)
    low = min(confidence, _below(calibration.unsure_at))
    if asked is not None and reader is not None and (foreign := uncovered(asked, ranked, reader, covered)):
        return Decision(Status.REFUSED, low, foreign)
    if signals.orders >= SURELY_ORDERS:
        return Decision(Status.REFUSED, low, near=False)
    if calibration.outcome(confidence) is RefusalDecision.ANSWERED:
        return Decision(Status.ANSWERED, confidence)
    if signals.orders >= _LIKELY_ORDERS:
        return Decision(Status.REFUSED, low, near=False)
    # What the wording tells against a question that the passages fit well makes it unsure, never refused.
    unworded = calibration.confidence(without_wording(signals))
    close = calibration.outcome(confidence) is RefusalDecision.UNSURE or unworded >= calibration.answer_at
    near = bool(signals.terms) or signals.excess >= _NEAR
    if close and near:
        return Decision(Status.UNSURE, max(confidence, calibration.unsure_at))
    return Decision(Status.REFUSED, low, near=near)


def without_wording(signals: Signals) -> Signals:
    """The signals without what the wording of the question tells against it."""
    return replace(signals, covered=max(0.0, signals.covered))


def uncovered(
    asked: Asked, ranked: Sequence[Ranked], reader: QuestionReader, covered: Collection[str] = ()
) -> tuple[str, ...]:
    """The platforms that a question names where none of the best passages does and most are about others.

    What nothing says of a platform that articles are about may hold there as well, so of one of the `covered` all
    passages have to be about others. Empty where any fits.
    """
    said, best = asked.subject.said, ranked[:_LOOKED_AT]
    texts = [hit.passage.below(hit.article.title) for hit in best]
    if not best or not said or any(reader.subjects.is_named(name, texts) for name in said):
        return ()
    others = _fits(asked, best, reader).count(SubjectFit.OTHER)
    enough = others == len(best) if not set(said).isdisjoint(covered) else 2 * others > len(best)
    return said if enough else ()


def assumed(asked: Asked, ranked: Sequence[Ranked], reader: QuestionReader) -> str | None:
    """The platform that a question leaves unsaid and is answered for; None where nothing found is about another one."""
    if asked.subject.assumed is None:
        return None
    others = SubjectFit.OTHER in _fits(asked, ranked[:_LOOKED_AT], reader)
    return asked.subject.assumed if others else None


def _fits(asked: Asked, ranked: Sequence[Ranked], reader: QuestionReader) -> list[SubjectFit]:
    return [
        reader.subjects.fit(asked.subject, hit.passage.text, hit.passage.headings, hit.article.title) for hit in ranked
    ]


def _below(point: float) -> float:
    return point * 0.99
