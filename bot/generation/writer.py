"""Writes answers: one request within one absolute deadline, every line checked before anybody sees it.

Whatever goes wrong, the answer that was found is the answer, in time: a model that stalls, lies or has no money left
costs its asker nothing but the wait that the configuration allows.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from cachetools import TTLCache

from bot.answering.composers import Shown
from bot.answering.material import Material
from bot.generation.attempt import BUSY, ERROR, NOTHING_TO_WRITE_FROM, OPEN, WRITTEN, Attempt
from bot.generation.budget import Budget, Denied
from bot.generation.closeness import closeness
from bot.generation.contacts import masked
from bot.generation.exchange import Exchange, estimate
from bot.generation.gateway import Model
from bot.generation.model import Fallback, Outcome, Source
from bot.generation.outcomes import MENDED_BY_PEOPLE, OF_THE_QUESTION, Failure, ModelFailed
from bot.generation.page import Page, shown
from bot.generation.prompt import Prompt, prompt
from bot.generation.rewriter import Rewriter, Rewritten, Search
from bot.generation.verification import Checker
from bot.generation.vocabulary import Vocabulary
from bot.model import Answer, Status
from corpus.vocabulary.glossary import Glossary
from embeddings.breaker import Breaker

logger = logging.getLogger(__name__)

_CACHED = 3600.0  # seconds
_CACHE = 200
_REWRITING = 0.15
"""Share of an answer's time that putting its question in other words may take, with the search for that."""

_WAITING = 8
"""So many times more may wait than are written at once: the deadline would pass over the rest."""

MaterialOf = Callable[[Answer], Awaitable[Sequence[Material]]]

Trouble = Failure | Denied
"""What operators should hear of."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds an answer may take, how many are written at once, how many tokens one may have."""

    timeout: float = 20.0
    concurrency: int = 4
    max_tokens: int = 700


def _nobody(told: object) -> None:
    """Nobody listens."""


class Writer:
    """Writes answers with a model; a `bot.answering.composers.Composer`.

    `material` finds the passages behind an answer, `today` is the date by the bot's zone. With `search` questions that
    rules left open are put in other words first. `counted` is called with
    every attempt; who listens, with what operators should hear of, once until it is over, and then with None. All
    belongs to one event loop.
    """

    def __init__(
        self,
        model: Model,
        material: MaterialOf,
        glossary: Glossary,
        budget: Budget,
        *,
        today: Callable[[], datetime.date],
        limits: Limits | None = None,
        breaker: Breaker | None = None,
        counted: Callable[[Attempt], None] = _nobody,
        search: Search | None = None,
    ) -> None:
        self._model = model
        self._material = material
        self._glossary = glossary
        self._vocabulary = Vocabulary(glossary)
        self.budget = budget
        self._rewriter = Rewriter(model, search, self._vocabulary, budget) if search else None
        self.breaker = breaker or Breaker()
        self._today = today
        self._limits = limits or Limits()
        self._counted = counted
        self._troubled: Callable[[Trouble | None], None] = _nobody
        self._trouble: Trouble | None = None
        self._free = asyncio.Semaphore(self._limits.concurrency)
        self._waiting = 0
        self._pages: TTLCache[tuple[object, ...], Page] = TTLCache(_CACHE, _CACHED)

    async def open(self) -> None:
        """Load what the first answer would have to wait for. What is wrong with it is told to who listens, and tried
        again with every answer."""
        try:
            await asyncio.to_thread(self._model.open)
        except ModelFailed as failed:
            logger.warning("the language model cannot be used: %s", failed)
            self._tell(failed.failure)

    async def close(self) -> None:
        """Close every connection."""
        await self._model.close()

    @property
    def waiting(self) -> int:
        """Answers that are being written or wait for it."""
        return self._waiting

    def listen(self, troubled: Callable[[Trouble | None], None]) -> None:
        """From now on tell of what operators should hear of."""
        self._troubled = troubled

    def composes(self, answer: Answer) -> bool:
        """Whether an answer was found in passages, or its question is to be put in other words.

        Not where an operator or the glossary has the word, nor where a question that stands alone was declined.
        """
        return _is_found(answer) or self._rewrites(answer)

    def _rewrites(self, answer: Answer) -> bool:
        return self._rewriter is not None and self._rewriter.wants(answer)

    async def compose(self, answer: Answer, *, user: int | None = None, shown: Shown = _nobody) -> Answer:
        """The answer as the model writes it, or as it was found. In time, and never raises."""
        return (await self.write(answer, user=user, shown=shown)).answer

    async def write(self, answer: Answer, *, user: int | None = None, shown: Shown = _nobody) -> Attempt:
        """The same, with what came of it."""
        began = time.monotonic()
        attempt = await self._attempt(answer, user, shown, began)
        seconds = time.monotonic() - began
        sent = replace(attempt.answer, elapsed_ms=round(answer.elapsed_ms + 1000 * seconds, 1))
        attempt = replace(attempt, answer=sent, seconds=seconds)
        self._counted(attempt)
        return attempt

    async def _attempt(self, answer: Answer, user: int | None, drafted: Shown, began: float) -> Attempt:
        if not self.composes(answer):
            return Attempt(answer, NOTHING_TO_WRITE_FROM)
        if not self._rewrites(answer) and (page := self._pages.get(self._key(answer))) is not None:
            return Attempt(page.put_into(answer), WRITTEN)
        if self.breaker.seconds_left:
            return Attempt(answer, OPEN)
        if self._waiting >= _WAITING * self._limits.concurrency:
            return Attempt(answer, BUSY)
        self._waiting += 1
        try:
            return await self._in_turn(answer, user, drafted, began)
        except Exception:
            # The edge of what may be wrong with a model and its words: the asker has an answer all the same.
            logger.exception("an answer could not be written")
            return Attempt(answer, ERROR)
        finally:
            self._waiting -= 1

    def _key(self, answer: Answer) -> tuple[object, ...]:
        """What written answers are kept by."""
        return answer.generation, _question(answer), answer.language, self._today()

    async def _in_turn(self, answer: Answer, user: int | None, drafted: Shown, began: float) -> Attempt:
        deadline = asyncio.get_running_loop().time() + self._limits.timeout
        try:
            async with asyncio.timeout_at(deadline):
                await self._free.acquire()
        except TimeoutError:
            return Attempt(answer, BUSY)
        try:
            rewritten = await self._rewritten(answer, user)
            # One question is one of a person's answers, however often a model is asked for it.
            charged = None if rewritten.tokens else user
            attempt = await self._of_passages(rewritten.answer, charged, drafted, began, deadline)
            return replace(attempt, rewritten=rewritten)
        finally:
            self._free.release()

    async def _rewritten(self, answer: Answer, user: int | None) -> Rewritten:
        """The answer to go on with."""
        if self._rewriter is None or not self._rewriter.wants(answer):
            return Rewritten(answer)
        return await self._rewriter.rewritten(answer, user, within=_REWRITING * self._limits.timeout)

    async def _of_passages(
        self, answer: Answer, user: int | None, drafted: Shown, began: float, deadline: float
    ) -> Attempt:
        if not _is_found(answer):
            return Attempt(answer, NOTHING_TO_WRITE_FROM)
        if (page := self._pages.get(self._key(answer))) is not None:
            return Attempt(page.put_into(answer), WRITTEN)
        try:
            async with asyncio.timeout_at(deadline):
                material = await self._material(answer)
        except TimeoutError:
            return Attempt(answer, BUSY)
        if not material:
            return Attempt(answer, NOTHING_TO_WRITE_FROM)
        if not self.breaker.admits():
            return Attempt(answer, OPEN)
        attempt, made = await self._admitted(answer, tuple(material), user, drafted, began, deadline)
        if made is not None:
            self._pages[self._key(answer)] = made
        return attempt

    async def _admitted(
        self,
        answer: Answer,
        material: tuple[Material, ...],
        user: int | None,
        drafted: Shown,
        began: float,
        deadline: float,
    ) -> tuple[Attempt, Page | None]:
        """One request, after which breaker and budget know how it ended, also where it is cancelled."""
        asked = self._prompt(answer, material)
        share = estimate(asked.length) + self._limits.max_tokens
        if denied := self.budget.take(user, share):
            self.breaker.released()
            if denied is Denied.DAY:
                self._tell(denied)
            return Attempt(answer, denied), None
        offered = [material[place] for place in asked.places]
        checker = self._checker(answer, asked, offered)
        exchange = Exchange(asked, checker, began=began, drafted=lambda said: drafted(shown(said)))
        outcome: Outcome | None = None
        failure: Failure | None = None
        try:
            async with asyncio.timeout_at(deadline):
                outcome = await exchange.read(self._model)
        except TimeoutError:
            failure = Failure.TIMEOUT
            logger.warning("a model did not answer in time")
        except ModelFailed as failed:
            failure = failed.failure
            logger.log(logging.INFO if failure in OF_THE_QUESTION else logging.WARNING, "a model failed: %s", failed)
        finally:
            self._ended(outcome, failure)
            written = outcome is not None and outcome.written is not None
            self.budget.settle(share, exchange.tokens.total, written=written)
        made = Attempt(
            answer, failure or ERROR, first_line=exchange.first_line, tokens=exchange.tokens, checked=outcome
        )
        if outcome is None:
            return made, None
        if outcome.written is None:
            fallback = outcome.fallback or Fallback.EMPTY
            kept = _unsure(answer) if fallback is Fallback.INSUFFICIENT else answer
            return replace(made, answer=kept, outcome=fallback), None
        page = Page.of(outcome.written, offered)
        return replace(made, answer=page.put_into(answer), outcome=WRITTEN), page

    def _prompt(self, answer: Answer, material: Sequence[Material]) -> Prompt:
        question = _question(answer)
        terms = {each.spelling: each.term.name for each in self._glossary.find(question) if not each.exact}
        return prompt(
            masked(question),
            [Source.of(each.passage, each.citation.title, each.citation.date) for each in material],
            language=answer.language,
            today=self._today(),
            terms=tuple(terms.items()),
        )

    def _checker(self, answer: Answer, asked: Prompt, offered: Sequence[Material]) -> Checker:
        return Checker(
            asked.sources,
            self._vocabulary,
            language=answer.language,
            secrets=asked.secrets,
            closeness=closeness(offered, answer.language),
        )

    def _ended(self, outcome: Outcome | None, failure: Failure | None) -> None:
        """Tell the breaker, and whoever listens."""
        if outcome is not None:
            self.breaker.succeeded()
            self._tell(None)
        elif failure is None or failure in OF_THE_QUESTION:
            self.breaker.released()
        elif self.breaker.failed(for_good=failure in MENDED_BY_PEOPLE):
            self._tell(failure)

    def _tell(self, trouble: Trouble | None) -> None:
        if trouble is not self._trouble:
            self._trouble = trouble
            self._troubled(trouble)


def _is_found(answer: Answer) -> bool:
    """Whether it was found in passages."""
    found = answer.status in (Status.ANSWERED, Status.UNSURE)
    return found and bool(answer.sources) and all(source.passage for source in answer.sources)


def _question(answer: Answer) -> str:
    return answer.understood or answer.question


def _unsure(answer: Answer) -> Answer:
    """The answer that was found, after a model said that the passages hold none: close, and no more."""
    return answer if answer.parts else replace(answer, status=Status.UNSURE)
