"""One question to one answer: small talk, conversation, retrieval, refusal, extraction, in this order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.curated.matching import CuratedMatcher
from bot.answering.extraction import extract
from bot.answering.followup_detection import Dependence, depends_on_context
from bot.answering.followups import complete
from bot.answering.message_text import clean, is_small_talk, language
from bot.model import Answer, Citation, PassageHit, Quote, Status, Topic
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import Term
from embeddings.refusal.confidence import Calibration
from embeddings.search.freshness import Freshness
from embeddings.search.retriever import Ranked, Retrieved, Retriever

GLOSSARY = "glossary.yaml"

_BEST = 3
_ABOUT = 0.15
"""Share of a message's terms, by rarity, that the best passages for its completed form contain."""


@dataclass(frozen=True, slots=True)
class AnswerStyle:
    """How many quotes of together how many characters an answer has."""

    quotes: int = 5
    length: int = 800
    near_topics: int = 3


class Answerer:
    """Answers from one generation, without any LLM. One question at a time."""

    def __init__(
        self,
        retriever: Retriever,
        calibration: Calibration,
        style: AnswerStyle | None = None,
        *,
        glossary: Glossary | None = None,
        freshness: Freshness | None = None,
        curated: CuratedMatcher | None = None,
    ) -> None:
        self._retriever = retriever
        self._calibration = calibration
        self._style = style or AnswerStyle()
        self._glossary = glossary
        self._freshness = freshness
        self._curated = curated

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to a question as a person typed it, after the questions `history` of that person, oldest first."""
        started = time.perf_counter()
        asked = clean(question)
        if is_small_talk(asked):
            return self._build(asked, Status.SMALLTALK, None, 0.0, started)
        understood, found = self._search(asked, history)
        confidence = self._calibration.confidence(found.signals)
        answer = self._build(asked, self._outcome(found), found, confidence, started)
        if understood != asked:
            answer = replace(answer, understood=understood)
        elif answer.status is Status.REFUSED and self._is_incomplete(asked):
            answer = replace(answer, incomplete=True)
        if self._curated and (pinned := self._curated.match(understood)):
            return self._curated.pin(pinned, answer)
        term = self._glossary.define(understood) if self._glossary else None
        return answer if term is None else define(term, answer)

    def _search(self, asked: str, history: Sequence[str]) -> tuple[str, Retrieved]:
        """What a message asks in its conversation, and what was found for that.

        Where the form of the message does not settle whether it depends on the conversation, it is taken as typed if
        that is answered, and completed if only that is.
        """
        if not history or self._glossary is None:
            return asked, self._retriever.retrieve(asked)
        lexical = self._retriever.generation.lexical
        completed = complete(asked, [clean(earlier) for earlier in history], self._glossary, lexical)
        if completed.link in (Dependence.NONE, Dependence.CERTAIN):
            return completed.text, self._retriever.retrieve(completed.text)
        as_typed = self._retriever.retrieve(asked)
        if self._outcome(as_typed) is Status.ANSWERED:
            return asked, as_typed
        in_context = self._retriever.retrieve(completed.text)
        best = [hit.passage.text for hit in in_context.ranked[:_BEST]]
        # The earlier question alone may be answered: without a word that points back, what is found must be about
        # the message as well.
        fits = completed.link is Dependence.LIKELY or lexical.coverage(asked, best) >= _ABOUT
        pinned = self._curated and self._curated.match(completed.text)
        if fits and (pinned or self._outcome(in_context) is Status.ANSWERED):
            return completed.text, in_context
        return asked, as_typed

    def _is_incomplete(self, asked: str) -> bool:
        """Whether a question cannot be read without an earlier one."""
        lexical = self._retriever.generation.lexical
        return self._glossary is not None and depends_on_context(asked, self._glossary, lexical) is Dependence.CERTAIN

    def _outcome(self, found: Retrieved) -> Status:
        return Status(self._calibration.outcome(self._calibration.confidence(found.signals)).value)

    def _build(
        self, question: str, status: Status, found: Retrieved | None, confidence: float, started: float
    ) -> Answer:
        ranked = found.ranked if found else ()
        style = self._style
        quoted = status in (Status.ANSWERED, Status.UNSURE)
        chosen = extract(ranked if quoted else (), quotes=style.quotes, length=style.length)
        topics = near_topics(ranked, style.near_topics) if status is Status.REFUSED else ()
        return Answer(
            question=question,
            status=status,
            language=language(question),
            confidence=round(confidence, 4),
            quotes=chosen.quotes,
            sources=tuple(cite(hit, n) for n, hit in enumerate(chosen.passages, start=1)),
            passages=tuple(
                PassageHit(hit.passage.article, hit.passage.id, hit.passage.text, round(hit.score, 4)) for hit in ranked
            ),
            near_topics=topics,
            generation=self._retriever.generation.manifest.id,
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
            outdated=self._all_outdated(chosen.passages),
        )

    def _all_outdated(self, cited: Sequence[Ranked]) -> bool:
        """Whether every passage that is cited comes from an outdated article."""
        judge = self._freshness
        return judge is not None and bool(cited) and all(judge.is_outdated(hit.article) for hit in cited)


def define(term: Term, answer: Answer) -> Answer:
    """The answer with the glossary's definition first; what a term means is then answered in any case."""
    definition = Citation(
        n=1,
        article=GLOSSARY,
        title=f"术语表：{term.name}",
        section="",
        author=None,
        date=None,
        url=None,
        passage="",
        score=1.0,
    )
    # What was too far off to be shown as an answer does not become one because the term is known.
    rest = answer if answer.status is Status.ANSWERED else replace(answer, quotes=(), sources=())
    return replace(
        answer,
        status=Status.ANSWERED,
        confidence=1.0,
        quotes=(Quote(term.definition, 1), *(replace(quote, source=quote.source + 1) for quote in rest.quotes)),
        sources=(definition, *(replace(source, n=source.n + 1) for source in rest.sources)),
        near_topics=(),
        outdated=False,  # the glossary's own definition does not age
    )


def cite(hit: Ranked, n: int) -> Citation:
    """The citation of a passage. The date is the article's last update where it names one."""
    article = hit.article
    return Citation(
        n=n,
        article=article.path,
        title=article.title,
        section=section_line(hit.passage.headings, article.title),
        author=article.author,
        date=article.updated or article.date,
        url=article.url,
        passage=hit.passage.id,
        score=round(hit.score, 4),
    )


def section_line(headings: Sequence[str], title: str) -> str:
    """A heading path in one line, without the title said again."""
    return " › ".join(heading for heading in headings if heading != title)


def near_topics(ranked: Sequence[Ranked], limit: int) -> tuple[Topic, ...]:
    """The nearest articles by their best passages, each once."""
    topics: dict[str, Topic] = {}
    for hit in ranked:
        topics.setdefault(hit.article.path, Topic(hit.article.title, hit.article.path, hit.passage.id))
    return tuple(topics.values())[:limit]
