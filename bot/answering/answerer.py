"""One question to one answer: small talk, conversation, retrieval, decision, extraction, in this order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.asked.reading import Asked, QuestionReader
from bot.answering.candidates import Question
from bot.answering.clauses import what_asks
from bot.answering.curated.matching import CuratedMatcher
from bot.answering.decision import SURELY_ORDERS, Decision, assumed, decide, without_wording
from bot.answering.evidence import signals_with_evidence
from bot.answering.extraction import Extract, extract
from bot.answering.followup_detection import Dependence, depends_on_context, names_nothing
from bot.answering.followups import complete, standing_question
from bot.answering.joining import in_context, joined
from bot.answering.message_form import MessageForm, read, without_links
from bot.answering.message_text import MAX_LENGTH, clean, language, one_line
from bot.answering.question_parts import as_said, parts
from bot.answering.reading_candidates import with_reading
from bot.answering.small_talk import small_talk
from bot.model import Answer, Citation, PassageHit, Quote, Remark, SmallTalk, Status, Topic
from corpus.model import Passage
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import Term, TermKind
from embeddings.index.records import ArticleRecord
from embeddings.reader.reader import Reader as TextReader
from embeddings.refusal.confidence import Calibration, Signals
from embeddings.search.freshness import Freshness
from embeddings.search.retriever import Ranked, Retrieved, Retriever

GLOSSARY = "glossary.yaml"

_BEST = 3
_ABOUT = 0.15
"""Share of a message's terms, by rarity, that the best passages for its completed form contain."""

_STRONG = 0.5
"""Share of the confidence of the closest material at which a request with a term of the trade is shown it."""

_SAYS_LITTLE = 7
"""Characters of a clause that, without a clear subject, cannot be read alone."""

_NAMES_ENOUGH = 2
"""Terms of the trade in a clause of a story that tell what it is about without the story; a product, which belongs to
one platform, counts for two."""

_ORDINARY_LENGTH = 3.0
"""The signal `log_length` of an ordinary question, of about twenty characters."""

_LESS = 0.99
"""Share of the point from which a question is answered that is just below it."""

_MOST_READ = 6.0
"""The signal `read` of a text that the reader is as sure of as it ever is."""

_NO_QUOTES = Extract((), ())


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
        text_reader: TextReader | None = None,
    ) -> None:
        self._retriever = retriever
        self._calibration = calibration
        self._style = style or AnswerStyle()
        self._glossary = glossary
        self._reader = QuestionReader(glossary) if glossary else None
        titles = (article.title for article in retriever.generation.articles.values())
        self._covered = self._reader.subjects.platforms_of(titles) if self._reader else frozenset()
        self._freshness = freshness
        self._curated = curated
        self._text_reader = text_reader

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to a question as a person typed it, after the questions `history` of that person, oldest first."""
        started = time.perf_counter()
        whole, asked = one_line(question), clean(question)
        unsearched = self._build(asked, Decision(Status.REFUSED, 0.0), None, started)
        if len(whole) > MAX_LENGTH:
            return replace(unsearched, question=whole, remark=Remark.TOO_LONG)
        if kind := small_talk(asked):
            talk = replace(unsearched, status=Status.SMALLTALK, small_talk=kind)
            return talk if kind is SmallTalk.GREETING else self._pinned(asked, talk) or talk
        form = read(asked, self._stands_alone)
        if remark := self._unclear(form, history):
            unclear = replace(unsearched, incomplete=True, remark=remark)
            return self._pinned(asked, unclear) or unclear
        return self._searched(asked, form, history, started)

    def signals(self, question: str) -> Signals:
        """What a search for a question by itself tells about whether it found an answer; see `Signals`."""
        return self._read(self._found(read(clean(question), self._stands_alone).core)).signals

    def is_outdated(self, article: ArticleRecord) -> bool:
        """Whether an article is past its age."""
        return self._freshness is not None and self._freshness.is_outdated(article)

    def _searched(self, asked: str, form: MessageForm, history: Sequence[str], started: float) -> Answer:
        """The answer to what a message asks the articles."""
        understood, found, earlier = self._search(form, history)
        as_typed = understood == form.core
        if form.asks and as_typed:
            decision = self._of_story(form.asks, found)
        else:
            decision = self._of_request(form, found) if form.is_request and as_typed else self._decide(found)
        answer = self._build(asked, decision, found, started)
        # What completes a question was answered before: it is no part of its own.
        if as_typed and self._glossary is not None and len(questions := parts(understood, self._glossary)) > 1:
            answer = self._in_parts(questions, found, started, whole=answer)
        answer = replace(answer, earlier=earlier)
        if form.has_link:
            answer = replace(answer, remark=Remark.LINK)
        if not as_typed:
            answer = replace(answer, understood=understood)
        elif answer.status is Status.REFUSED and self._is_incomplete(form.said):
            answer = replace(answer, incomplete=True)
        if pinned := self._pinned(understood, answer):
            return pinned
        term = self._glossary.define(understood) if self._glossary else None
        return answer if term is None else define(term, answer)

    def _in_parts(self, questions: Sequence[str], found: Retrieved, started: float, *, whole: Answer) -> Answer:
        """The answers to the questions of a message one by one; `whole`, to all at once, where none of them has one, or
        all have the same."""
        style = replace(self._style, quotes=max(1, self._style.quotes // 2), length=self._style.length // 2)
        answers: list[Answer] = []
        for question in questions:
            own, decision = self._part(question, questions[0], found)
            said = [quote.text for answer in answers for quote in answer.quotes if not quote.folded]
            answer = self._build(as_said(question, questions[0]), decision, own, started, style, said)
            answers.append(_without_quotes(answer) if _is_said_before(answer, said) else answer)
        together = joined(whole.question, answers)
        return together if together.parts and together.status is not Status.REFUSED else whole

    def _part(self, question: str, first: str, found: Retrieved) -> tuple[Retrieved, Decision]:
        """What was found for one question of a message, and what to do with it.

        The others give it its context: what was found for all of them counts as much, and alone where nothing was found
        otherwise, unless this one names something that the first one does not.
        """
        assert self._glossary is not None
        own = self._retrieve(question)
        named, known = ({mention.term for mention in self._glossary.find(text)} for text in (question, first))
        if named - known:
            return own, self._decide(own)
        own = self._with_evidence(in_context(own, found))
        decision = self._decide(own)
        if decision.status is not Status.REFUSED:
            return own, decision
        whole = self._with_evidence(replace(found, question=question, canonical=own.canonical))
        return whole, self._decide(whole)

    def _of_request(self, form: MessageForm, found: Retrieved) -> Decision:
        """What to do with a request, and the confidence in it.

        The wording of its question is ours: it does not hide that the bot was ordered about, and tells nothing against
        a strong hit, which is shown as the closest material at least.
        """
        calibration = self._calibration
        orders = self._retriever.retrieve(form.said).signals.orders
        orders = orders if orders >= SURELY_ORDERS else 0.0
        signals = found.signals
        decision = self._decide(found, replace(signals, orders=max(orders, signals.orders)))
        least = calibration.unsure_at * (_STRONG if signals.terms else 1)
        declined = decision.status is Status.REFUSED and not decision.uncovered and not orders
        if declined and calibration.confidence(without_wording(signals)) >= least:
            return Decision(Status.UNSURE, max(decision.confidence, calibration.unsure_at))
        return decision

    def _of_story(self, asks: str, found: Retrieved) -> Decision:
        """What to do with a story that was searched with more of it than the clauses that ask.

        What is told helps to find, and must not make the bot surer than a short question would: the wording is that
        of what asks, the length an ordinary one, and where what asks would not be answered alone, the story is not
        surely answered either.
        """
        alone = self._retrieve(asks)
        length = min(found.signals.log_length, _ORDINARY_LENGTH)
        decision = self._decide(found, replace(found.signals, covered=alone.signals.covered, log_length=length))
        if decision.status is Status.ANSWERED and self._decide(alone).status is not Status.ANSWERED:
            return Decision(Status.UNSURE, min(decision.confidence, self._calibration.answer_at * _LESS))
        return decision

    def _decide(self, found: Retrieved, signals: Signals | None = None) -> Decision:
        """What to do with what was found; `signals` are its own unless more is known."""
        known = signals or found.signals
        return decide(self._calibration, known, found.ranked, self._asked(found), self._reader, covered=self._covered)

    def _asked(self, found: Retrieved) -> Asked | None:
        """What the question of a search asks, None where there is no glossary to read it by."""
        question = self._normalised(found.question)
        return self._reader.read(question, what_asks(question)) if self._reader else None

    def _normalised(self, text: str) -> str:
        return self._retriever.generation.lexical.segmenter.normalise(text)

    def _pinned(self, question: str, answer: Answer) -> Answer | None:
        """The answer with an operator's words, None where no operator wrote any for the question."""
        curated = self._curated.match(question) if self._curated else None
        if self._curated is None or curated is None:
            return None
        remark = Remark.LINK if answer.remark is Remark.LINK else None
        plain = replace(answer, small_talk=None, incomplete=False, remark=remark)
        return self._curated.pin(curated, plain)

    def _unclear(self, form: MessageForm, history: Sequence[str]) -> Remark | None:
        """Why nothing can be searched for a message: it says no more than a link, or asks about nothing it names."""
        lexical = self._retriever.generation.lexical
        bare = self._glossary is not None and names_nothing(form.said, self._glossary, lexical)
        if form.has_link and (bare or not form.core):
            return Remark.LINK_ONLY
        return Remark.BARE if bare and not self._goes_on(history) else None

    def _goes_on(self, history: Sequence[str]) -> bool:
        """Whether an earlier question is there that a message can go on from."""
        lexical = self._retriever.generation.lexical
        return (
            self._glossary is not None and standing_question(map(clean, history), self._glossary, lexical) is not None
        )

    def _stands_alone(self, clause: str) -> bool:
        """Whether a clause of a story can be read without the one before it.

        `是不是要另外买什么` points to nothing and yet says nothing of what is meant: that, the story names.
        """
        if self._glossary is None:
            return True
        terms = {mention.term for mention in self._glossary.find(clause)}
        if len(terms) + sum(term.kind is TermKind.PRODUCT for term in terms) < _NAMES_ENOUGH:
            return False
        dependence = depends_on_context(clause, self._glossary, self._retriever.generation.lexical)
        return dependence is Dependence.NONE or (dependence is Dependence.POSSIBLE and len(clause) > _SAYS_LITTLE)

    def _search(self, form: MessageForm, history: Sequence[str]) -> tuple[str, Retrieved, str | None]:
        """What a message asks in its conversation, what was found for that, and the question that it may go on from.

        Where the form of the message does not settle whether it depends on the conversation, it is taken as typed if
        that is answered, and completed if only that is.
        """
        asked = form.core
        if not history or self._glossary is None:
            return asked, self._retrieve(asked), None
        lexical = self._retriever.generation.lexical
        completed = complete(form.follow_up, [clean(earlier) for earlier in history], self._glossary, lexical)
        if completed.link is Dependence.NONE:
            return asked, self._retrieve(asked), None
        if completed.link is Dependence.CERTAIN:
            return completed.text, self._retrieve(completed.text), completed.earlier
        as_typed = self._retrieve(asked)
        if self._decide(as_typed).status is Status.ANSWERED:
            return asked, as_typed, completed.earlier
        in_context = self._retrieve(completed.text)
        best = [hit.passage.text for hit in in_context.ranked[:_BEST]]
        # The earlier question alone may be answered: without a word that points back, what is found must be about
        # the message as well.
        fits = completed.link is Dependence.LIKELY or lexical.coverage(asked, best) >= _ABOUT
        pinned = self._curated and self._curated.match(completed.text)
        if fits and (pinned or self._decide(in_context).status is Status.ANSWERED):
            return completed.text, in_context, completed.earlier
        return asked, as_typed, completed.earlier

    def _retrieve(self, question: str) -> Retrieved:
        """What is found for a question, the likeliest of it read unless that would change nothing."""
        found = self._found(question)
        return found if self._is_hopeless(found.signals) else self._read(found)

    def _found(self, question: str) -> Retrieved:
        """What is found for a question, with what that tells."""
        return self._with_evidence(self._retriever.retrieve(question))

    def _with_evidence(self, found: Retrieved) -> Retrieved:
        """The same with what the passages found tell among its signals."""
        lexical = self._retriever.generation.lexical
        return replace(found, signals=signals_with_evidence(found, lexical, self._asked(found), self._reader))

    def _read(self, found: Retrieved) -> Retrieved:
        """The same with the likeliest of it read, where there is a reader."""
        return found if self._text_reader is None else with_reading(found, self._question(found), self._text_reader)

    def _is_hopeless(self, signals: Signals) -> bool:
        """Whether a question is declined whatever reading would tell: most of what is said in groups."""
        read = replace(without_wording(signals), read=_MOST_READ)
        return signals.orders >= SURELY_ORDERS or self._calibration.confidence(read) < self._calibration.unsure_at

    def _is_incomplete(self, asked: str) -> bool:
        """Whether a question cannot be read without an earlier one."""
        lexical = self._retriever.generation.lexical
        return self._glossary is not None and depends_on_context(asked, self._glossary, lexical) is Dependence.CERTAIN

    def _build(
        self,
        question: str,
        decision: Decision,
        found: Retrieved | None,
        started: float,
        style: AnswerStyle | None = None,
        said: Sequence[str] = (),
    ) -> Answer:
        ranked = found.ranked if found else ()
        style, status = style or self._style, decision.status
        quoted = status in (Status.ANSWERED, Status.UNSURE)
        asked = self._asked(found) if found and quoted else None
        closest = status is Status.UNSURE
        chosen = self._extract(found, style, closest=closest, said=said) if found and quoted else _NO_QUOTES
        declined = status is Status.REFUSED and not decision.uncovered and decision.near
        return Answer(
            question=question,
            status=status,
            language=language(without_links(question)),
            confidence=round(decision.confidence, 4),
            quotes=chosen.quotes,
            sources=tuple(cite(hit, n) for n, hit in enumerate(chosen.passages, start=1)),
            passages=tuple(
                PassageHit(hit.passage.article, hit.passage.id, hit.passage.text, round(hit.score, 4)) for hit in ranked
            ),
            near_topics=near_topics(ranked, style.near_topics) if declined else (),
            generation=self._retriever.generation.manifest.id,
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
            outdated=self._all_outdated(chosen.passages),
            uncovered=decision.uncovered,
            assumed=assumed(asked, ranked, self._reader) if asked and self._reader else None,
        )

    def _extract(self, found: Retrieved, style: AnswerStyle, *, closest: bool, said: Sequence[str]) -> Extract:
        """What is shown of what was found, where `said` is shown already."""
        question = self._question(found)
        return extract(found.ranked, question, quotes=style.quotes, length=style.length, closest=closest, said=said)

    def _question(self, found: Retrieved) -> Question:
        """What is known of the question of a search."""
        wanted = self._retriever.generation.lexical.wanted(found.canonical)
        return Question(self._asked(found), self._reader, wanted)

    def _all_outdated(self, cited: Sequence[Ranked]) -> bool:
        """Whether every passage that is cited comes from an outdated article."""
        return bool(cited) and all(self.is_outdated(hit.article) for hit in cited)


def _is_said_before(answer: Answer, said: Sequence[str]) -> bool:
    """Whether what is only close to a question answers another one of the message, and so is shown already."""
    return answer.status is Status.UNSURE and any(answer.quotes[0].text in text for text in said)


def _without_quotes(answer: Answer) -> Answer:
    return replace(answer, status=Status.REFUSED, quotes=(), sources=())


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
    # What was too far off to be shown as an answer does not become one because the term is known. One more is enough
    # for a screen.
    rest = answer if answer.status is Status.ANSWERED else replace(answer, quotes=(), sources=())
    return replace(
        answer,
        status=Status.ANSWERED,
        confidence=1.0,
        quotes=(Quote(term.definition, 1), *(_behind(quote) for quote in rest.quotes)),
        sources=(definition, *(replace(source, n=source.n + 1) for source in rest.sources)),
        near_topics=(),
        uncovered=(),
        outdated=False,  # the glossary's own definition does not age
    )


def _behind(quote: Quote) -> Quote:
    """A quote of an answer as it stands behind a definition: the lead beside it, the rest folded."""
    return replace(quote, source=quote.source + 1, folded=quote.folded or quote.source > 1)


def cite(hit: Ranked, n: int) -> Citation:
    """The citation of a passage that was found."""
    return citation(hit.passage, hit.article, n, hit.score)


def citation(passage: Passage, article: ArticleRecord, n: int, score: float) -> Citation:
    """The citation of a passage. The date is the article's last update where it names one."""
    return Citation(
        n=n,
        article=article.path,
        title=article.title,
        section=section_line(passage.headings, article.title),
        author=article.author,
        date=article.updated or article.date,
        url=article.url,
        passage=passage.id,
        score=round(score, 4),
        checked=article.checked,
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
