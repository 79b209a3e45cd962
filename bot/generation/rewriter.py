"""Has a question put in a model's words where rules could not tell what it asks, or found only what comes close.

The model's question is taken only where it asks the same (`rewriting`) and a search for it finds at least as much;
otherwise all stays as rules made it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from cachetools import TTLCache

from bot.generation.budget import Budget
from bot.generation.contacts import masked
from bot.generation.exchange import estimate
from bot.generation.gateway import Model
from bot.generation.outcomes import MENDED_BY_PEOPLE, OF_THE_QUESTION, Failure, Message, ModelFailed, Piece, Tokens
from bot.generation.prompt import rewriting_prompt
from bot.generation.rewriting import LONGEST, asks_the_same, orders
from bot.generation.stream import LineReader
from bot.generation.vocabulary import Vocabulary
from bot.model import Answer, Status
from embeddings.breaker import Breaker

logger = logging.getLogger(__name__)

Search = Callable[[str], Awaitable[Answer]]
"""Answers a question that stands alone."""

TAKEN = "taken"
NOT_THE_SAME = "not_the_same"
FINDS_LESS = "finds_less"

_TOKENS = 120  # of the model's answer
_REMEMBERED, _FOR = 500, 3600.0  # questions, seconds
_PAUSE, _LONGEST_PAUSE = 300.0, 3600.0  # seconds
_RANKS = (Status.REFUSED, Status.UNSURE, Status.ANSWERED)
_LABEL = re.compile(r"^(?:(?:改写后?的?|完整的?)?问题|(?:rewritten )?question)\s*[:：]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The answer to go on with. `outcome` is `taken`, why the rules' question stays, or a `Failure`; None where no
    model was asked. `tokens` is what asking cost."""

    answer: Answer
    outcome: str | None = None
    tokens: Tokens | None = None


class Rewriter:
    """Belongs to one event loop.

    Its breaker is its own: a model that is too slow for this may write well, and nobody should wait for it each time.
    """

    def __init__(
        self, model: Model, search: Search, vocabulary: Vocabulary, budget: Budget, breaker: Breaker | None = None
    ) -> None:
        self._model = model
        self._search = search
        self._vocabulary = vocabulary
        self._budget = budget
        self._breaker = breaker or Breaker(pause=_PAUSE, longest=_LONGEST_PAUSE)
        self._made: TTLCache[tuple[str | None, str], str] = TTLCache(_REMEMBERED, _FOR)

    def wants(self, answer: Answer) -> bool:
        """Whether rules left open what is asked: of a message that may go on from another and was not answered as
        that, or for which only something close was found."""
        if not answer.searched or answer.parts or len(answer.question) > LONGEST or orders(answer.question):
            return False
        if answer.earlier is None:
            return answer.status is Status.UNSURE
        return answer.status is not Status.ANSWERED or answer.understood is None

    async def rewritten(self, answer: Answer, user: int | None, *, within: float) -> Rewritten:
        """The answer to what the message asks in a model's words, or the answer itself, after `within` seconds at most.

        Where a model was asked, that counts as one of the person's answers of the day. Never raises.
        """
        said = [answer.question, answer.earlier or ""]
        if any(masked(text) != text for text in said):
            return Rewritten(answer)  # what may not be sent could not be kept
        messages = rewriting_prompt(answer.question, answer.earlier, language=answer.language)
        spent: list[Tokens] = []
        try:
            async with asyncio.timeout(within) as limit:
                made = self._made.get((answer.earlier, answer.question))
                if made is None and (made := await self._asked(messages, user, spent, limit)) is None:
                    return Rewritten(answer)
                self._made[answer.earlier, answer.question] = made
                found, outcome = await self._taken(answer, made)
        except TimeoutError:
            found, outcome = answer, Failure.TIMEOUT
        except ModelFailed as failed:
            logger.info("a question could not be rewritten: %s", failed)
            found, outcome = answer, failed.failure
        except Exception:
            # The edge of what may be wrong with a model's words and with the search for them.
            logger.exception("a question could not be rewritten")
            found, outcome = answer, Failure.BROKEN
        return Rewritten(found, outcome, spent[0] if spent else None)

    async def _asked(
        self, messages: Sequence[Message], user: int | None, spent: list[Tokens], limit: asyncio.Timeout
    ) -> str | None:
        """What the model makes of it; None where it may not be asked. `spent` gets what that cost."""
        length = estimate(sum(len(message.content) for message in messages))
        if not self._breaker.admits():
            return None
        if self._budget.take(user, length + _TOKENS):
            self._breaker.released()
            return None
        said = ""
        try:
            async with aclosing(self._model.write(messages, max_tokens=_TOKENS)) as events:
                async for event in events:
                    said += event.text if isinstance(event, Piece) else ""
            self._breaker.succeeded()
        except ModelFailed as failed:
            self._failed(failed.failure)
            raise
        except asyncio.CancelledError:
            self._failed(Failure.TIMEOUT if limit.expired() else None)
            raise
        finally:
            spent.append(Tokens(length, estimate(len(said))))
            self._budget.settle(length + _TOKENS, spent[0].total, written=None)
        return _question(said)

    def _failed(self, failure: Failure | None) -> None:
        """A model that only thinks will do so next time, too; otherwise nothing is told by what is one question's."""
        if failure is None or (failure in OF_THE_QUESTION and failure is not Failure.ONLY_THINKING):
            self._breaker.released()
        else:
            self._breaker.failed(for_good=failure in MENDED_BY_PEOPLE)

    async def _taken(self, answer: Answer, made: str) -> tuple[Answer, str]:
        """The answer to the model's question, where it asks the same and is answered as well."""
        if not asks_the_same(made, answer.question, answer.earlier, self._vocabulary):
            return answer, NOT_THE_SAME
        found = await self._search(made)
        rank, before = (_RANKS.index(each.status) if each.searched else -1 for each in (found, answer))
        if (rank, found.confidence) < (before, answer.confidence):
            return answer, FINDS_LESS
        kept = {"question": answer.question, "earlier": answer.earlier, "remark": answer.remark}
        return replace(found, understood=made, elapsed_ms=answer.elapsed_ms, **kept), TAKEN  # type: ignore[arg-type]


def _question(said: str) -> str:
    """What a model said, without thinking and a label. Several lines stay several: they are no question."""
    reader = LineReader()
    lines = [*reader.feed(said), *reader.close(complete=True)]
    last = max((place for place, line in enumerate(lines) if line.restarts), default=0)
    return _LABEL.sub("", "\n".join(line.text for line in lines[last:] if line.text)).strip()
