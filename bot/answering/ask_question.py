"""The use-case of every surface: somebody asks, and gets an answer that the log knows, or a notice why there is none.

What differs between surfaces (the words of a notice, whether one is given at all) is theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.answering.message_text import clean, one_line
from bot.model import Answer, Asker
from bot.state.question_log import QuestionLog
from corpus.model import Passage
from embeddings.errors import EngineUnavailable, IndexMissing
from embeddings.index.records import ArticleRecord

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Notice(StrEnum):
    """Why there is nothing to answer with just now. The values are the keys of the texts in `bot/locales`."""

    BUSY = "busy"
    INDEXING = "indexing"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class LoggedAnswer:
    """An answer and the id of its record in the question log, None where nothing is kept of it."""

    answer: Answer
    record: int | None


class AskQuestion:
    """Asks the answer queue and keeps the question log. What is wrong with a question's text is cleaned away here."""

    def __init__(self, answer_queue: AnswerQueue, log: QuestionLog) -> None:
        self._answer_queue = answer_queue
        self._log = log

    async def handle(self, asker: Asker, text: str, history: Sequence[str] = ()) -> LoggedAnswer | Notice:
        """The answer to a question after the person's earlier ones, oldest first."""
        answer = await self.search(text, history)
        return answer if isinstance(answer, Notice) else self.record(asker, answer)

    async def volunteer(self, asker: Asker, text: str) -> LoggedAnswer | Notice | None:
        """The answer to a question that nobody put to the bot, None where it is not sure of it."""
        answer = await _or_notice(self._answer_queue.volunteer(clean(text)))
        return answer if answer is None or isinstance(answer, Notice) else self.record(asker, answer)

    async def search(self, text: str, history: Sequence[str] = ()) -> Answer | Notice:
        """An answer that is not logged: nobody has asked for good yet."""
        return await _or_notice(self._answer_queue.ask(one_line(text), history))

    def record(self, asker: Asker, answer: Answer) -> LoggedAnswer:
        """Log an answer that was searched before; where nothing was, there is nothing to learn from it."""
        return LoggedAnswer(answer, self._log.record(asker, answer) if answer.searched else None)

    def revise(self, logged: LoggedAnswer, answer: Answer) -> LoggedAnswer:
        """The record with what the question was answered as after all."""
        if logged.record is not None and answer.understood != logged.answer.understood:
            self._log.revise(logged.record, answer)
        return replace(logged, answer=answer)

    async def passage(self, passage_id: str) -> tuple[Passage, ArticleRecord] | Notice | None:
        """A passage of the serving generation and its article, None where there is none with this id."""
        return await _or_notice(self._answer_queue.passage(passage_id))


async def _or_notice(result: Awaitable[T]) -> T | Notice:
    try:
        return await result
    except Overloaded:
        return Notice.BUSY
    except IndexMissing:
        return Notice.INDEXING
    except EngineUnavailable as error:
        logger.warning("%s", error)
        return Notice.UNAVAILABLE
