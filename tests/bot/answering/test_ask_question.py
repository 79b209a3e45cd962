"""The use-case of asking, without any surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.answering.ask_question import AskQuestion, LoggedAnswer, Notice
from bot.locales import LANGUAGES, texts
from bot.model import Answer, Asker, Status, Surface
from bot.state.database import open_state
from bot.state.question_log import QuestionLog
from embeddings.errors import IndexMissing

ANN = Asker(21, None, 21, 5, Surface.PRIVATE)


class _Queue:
    """Answers with the question, or raises; `asked` is what it was asked."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.status = Status.ANSWERED
        self.asked: list[tuple[str, Sequence[str]]] = []

    async def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append((question, history))
        if self.error is not None:
            raise self.error
        return Answer(question, self.status, "zh", 0.9, (), (), (), (), "g1", 1.0)

    async def volunteer(self, question: str) -> Answer | None:
        answer = await self.ask(question)
        return answer if answer.status is Status.ANSWERED else None

    async def passage(self, passage_id: str) -> None:
        await self.ask(passage_id)


def test_what_was_understood_otherwise_after_all_is_kept_so(ask_question: AskQuestion, log: QuestionLog) -> None:
    declined = Answer("一般几成", Status.REFUSED, "zh", 0.1, (), (), (), (), "g1", 1.0)
    logged = ask_question.record(ANN, declined)
    after = replace(declined, status=Status.ANSWERED, confidence=0.9, understood="预售的定金一般收几成？")
    assert ask_question.revise(logged, after) == replace(logged, answer=after)
    assert logged.record is not None
    kept = log.find(logged.record)
    assert kept is not None
    assert (kept.question, kept.understood, kept.status) == ("一般几成", after.understood, Status.ANSWERED)


@pytest.fixture
def queue() -> _Queue:
    return _Queue()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[QuestionLog]:
    with closing(open_state(tmp_path)) as database:
        yield QuestionLog(database)


@pytest.fixture
def ask_question(queue: _Queue, log: QuestionLog) -> AskQuestion:
    return AskQuestion(cast("AnswerQueue", queue), log)


async def test_a_question_is_cleaned_answered_and_logged(
    ask_question: AskQuestion, queue: _Queue, log: QuestionLog
) -> None:
    logged = await ask_question.handle(ANN, " 会员日\u200b\n选在哪天？ ", ["之前问的"])
    assert isinstance(logged, LoggedAnswer)
    assert queue.asked == [("会员日 选在哪天？", ["之前问的"])]
    assert logged.record is not None
    kept = log.find(logged.record)
    assert kept is not None
    assert (kept.question, kept.user, kept.surface) == ("会员日 选在哪天？", 21, Surface.PRIVATE)


async def test_small_talk_is_answered_and_not_logged(ask_question: AskQuestion, queue: _Queue) -> None:
    queue.status = Status.SMALLTALK
    logged = await ask_question.handle(ANN, "你好")
    assert isinstance(logged, LoggedAnswer)
    assert logged.record is None


@pytest.mark.parametrize(("error", "notice"), [(Overloaded(), Notice.BUSY), (IndexMissing(), Notice.INDEXING)])
async def test_trouble_of_the_moment_becomes_a_notice_everywhere(
    ask_question: AskQuestion, queue: _Queue, log: QuestionLog, error: Exception, notice: Notice
) -> None:
    queue.error = error
    assert await ask_question.handle(ANN, "问") is notice
    assert await ask_question.search("问") is notice
    assert await ask_question.volunteer(ANN, "问") is notice
    assert await ask_question.passage("0123456789abcdef") is notice
    assert log.of_user(21) == ()
    assert all(texts(language)(notice) for language in LANGUAGES)


async def test_any_other_error_is_a_bug_and_goes_on(ask_question: AskQuestion, queue: _Queue) -> None:
    queue.error = ValueError("ours")
    with pytest.raises(ValueError, match="ours"):
        await ask_question.handle(ANN, "问")


async def test_what_it_is_not_sure_of_is_not_volunteered(
    ask_question: AskQuestion, queue: _Queue, log: QuestionLog
) -> None:
    queue.status = Status.UNSURE
    assert await ask_question.volunteer(ANN, "问") is None
    assert log.of_user(21) == ()
    queue.status = Status.ANSWERED
    assert isinstance(await ask_question.volunteer(ANN, "问"), LoggedAnswer)
    assert len(log.of_user(21)) == 1


async def test_a_search_is_logged_only_when_it_turns_out_that_somebody_asked(
    ask_question: AskQuestion, log: QuestionLog
) -> None:
    answer = await ask_question.search("问")
    assert isinstance(answer, Answer)
    assert log.of_user(21) == ()
    assert ask_question.record(ANN, answer).record is not None
    assert len(log.of_user(21)) == 1
