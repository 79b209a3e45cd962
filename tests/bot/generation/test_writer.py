"""An answer is written in time and checked, or stays as it was found."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.answering.material import Material
from bot.generation.attempt import Attempt
from bot.generation.budget import Budget, Denied, Memory
from bot.generation.gateway import Endpoint, Gateway
from bot.generation.outcomes import Failure
from bot.generation.writer import Limits, Trouble, Writer
from bot.model import Answer, Mode, Statement, Status
from corpus.vocabulary.glossary import Glossary
from embeddings.breaker import Breaker
from tests.bot.generation.answers import citation, found, material
from tests.support.scripted_model import Answer as Said
from tests.support.scripted_model import ScriptedModel

TODAY = datetime.date(2026, 11, 30)
GLOSSARY = Glossary.load()


@dataclass
class Desk:
    """A writer, the model that it asks, and what they told."""

    writer: Writer
    server: ScriptedModel
    budget: Budget
    attempts: list[Attempt] = field(default_factory=list)
    troubles: list[Trouble | None] = field(default_factory=list)
    drafts: list[tuple[Statement, ...]] = field(default_factory=list)

    async def write(self, answer: Answer | None = None, user: int = 1) -> Attempt:
        return await self.writer.write(answer or found(), user=user, shown=lambda said: self.drafts.append(tuple(said)))


@asynccontextmanager
async def desk(
    scenario: str = "ok",
    said: Said | None = None,
    *,
    texts: Sequence[str] = (),
    within: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
    daily_tokens: int = 0,
    per_person: int = 0,
) -> AsyncIterator[Desk]:
    """A desk whose model plays a scenario."""
    async with ScriptedModel(scenario=scenario) as server:
        if said is not None:
            server.answer = said
        gateway = Gateway(Endpoint(server.base_url, "m", "sk-key", timeout=within))
        await asyncio.to_thread(gateway.open)
        budget = Budget(Memory(), today=lambda: TODAY, daily_tokens=daily_tokens, per_person=per_person)
        attempts: list[Attempt] = []

        async def passages(answer: Answer) -> Sequence[Material]:
            return material(*texts)

        writer = Writer(
            gateway,
            passages,
            GLOSSARY,
            budget,
            today=lambda: TODAY,
            limits=Limits(timeout=within),
            breaker=Breaker(clock=clock),
            counted=attempts.append,
        )
        made = Desk(writer, server, budget, attempts)
        writer.listen(made.troubles.append)
        try:
            yield made
        finally:
            await gateway.close()


async def test_what_the_model_writes_takes_the_place_of_the_quotes() -> None:
    async with desk() as d:
        attempt = await d.write()
    answer = attempt.answer
    assert attempt.outcome == "written"
    assert answer.mode is Mode.WRITTEN
    assert [said.text for said in answer.statements] == [
        "预售的定金一般收三成。",
        "先和客户确认款式，再收定金。",
        "定制的款式不退定金。",
    ]
    assert [said.section for said in answer.statements] == ["written_conclusion", "written_steps", "written_notes"]
    assert [source.passage for source in answer.sources] == [citation().passage]
    assert [(quote.text, quote.folded) for quote in answer.quotes] == [("预售的定金一般收三成。", True)]
    assert d.troubles == []


async def test_lines_are_shown_as_they_come_and_only_once_they_are_checked() -> None:
    lie = "结论：预售的定金一般收三成 [1]。\n步骤：\n先收 8642 元 [1]。\n再和客户确认款式，收定金 [1]。\n"
    async with desk(said=lie) as d:
        attempt = await d.write()
    assert [len(draft) for draft in d.drafts] == sorted(len(draft) for draft in d.drafts)
    assert len(d.drafts) >= 2
    assert "8642" not in str(d.drafts)
    assert "8642" not in str(attempt.answer)
    assert attempt.first_line is not None


@pytest.mark.parametrize("scenario", ["stall", "stall-after-headers", "stall-in-the-middle", "keep-alive", "drip"])
async def test_a_model_that_does_not_come_to_an_end_costs_its_time_and_no_more(scenario: str) -> None:
    async with desk(scenario, within=1.0) as d:
        began = time.monotonic()
        attempt = await d.write()
        seconds = time.monotonic() - began
    assert attempt.answer.mode is Mode.EXTRACTIVE
    assert attempt.answer.quotes == found().quotes
    assert attempt.outcome == Failure.TIMEOUT
    assert seconds < 4  # none of them would end within a minute


@pytest.mark.parametrize(
    "scenario",
    "reset unfinished bad-json strange-json html json error-in-the-middle only-thinking flood 401 402 404 429 502 302"
    " too-long risk-qwen content-filter".split(),
)
async def test_whatever_else_fails_the_answer_stays_as_it_was_found(scenario: str) -> None:
    async with desk(scenario) as d:
        attempt = await d.write()
    assert attempt.answer.quotes == found().quotes
    assert attempt.answer.status is Status.ANSWERED
    assert attempt.outcome in set(Failure)


async def test_what_the_passages_do_not_answer_is_shown_as_only_close() -> None:
    async with desk(said="资料不足") as d:
        attempt = await d.write()
    assert (attempt.outcome, attempt.answer.status) == ("insufficient", Status.UNSURE)
    assert attempt.answer.quotes == found().quotes


@pytest.mark.parametrize("said", ["", "今天天气不错。", "结论：定金收九成 [1]。", "```\n{}\n```", "水" * 3000])
async def test_an_answer_of_which_nothing_holds_is_none(said: str) -> None:
    async with desk(said=said) as d:
        attempt = await d.write()
    assert attempt.answer.quotes == found().quotes
    assert attempt.outcome != "written"


@pytest.mark.parametrize("status", [Status.REFUSED, Status.SMALLTALK])
async def test_nothing_is_written_where_nothing_was_found(status: Status) -> None:
    async with desk() as d:
        assert not d.writer.composes(found(status=status))
        await d.write(found(status=status))
        assert d.server.requests == []


async def test_what_an_operator_or_the_glossary_says_is_not_written_over() -> None:
    from dataclasses import replace

    async with desk() as d:
        pinned = replace(found(), sources=(replace(citation(), passage=""),))
        assert not d.writer.composes(pinned)


async def test_after_three_failures_the_model_is_left_alone_for_a_while() -> None:
    now = [0.0]
    async with desk("500", clock=lambda: now[0]) as d:
        for _ in range(3):
            assert (await d.write()).outcome == Failure.OVERLOADED
        asked = len(d.server.requests)
        assert (await d.write()).outcome == "breaker"
        assert len(d.server.requests) == asked
        assert d.troubles == [Failure.OVERLOADED]
        d.server.scenario = "ok"
        now[0] = 31.0
        assert (await d.write()).outcome == "written"
        assert d.troubles == [Failure.OVERLOADED, None]


async def test_what_only_people_mend_is_told_at_once_and_once() -> None:
    now = itertools.count(0, 1000)
    async with desk("401", clock=lambda: float(next(now))) as d:
        for _ in range(4):
            await d.write()
    assert d.troubles == [Failure.KEY]


async def test_what_is_wrong_with_one_question_is_no_trouble() -> None:
    async with desk("risk-qwen") as d:
        for _ in range(5):
            assert (await d.write()).outcome == Failure.DECLINED
        assert len(d.server.requests) == 5
    assert d.troubles == []


async def test_the_tokens_of_a_day_have_an_end() -> None:
    async with desk(daily_tokens=3000) as d:
        outcomes = [(await d.write(found(f"预售定金收几成？{n}"))).outcome for n in range(4)]
    assert outcomes == ["written", "written", Denied.DAY, Denied.DAY]
    assert d.troubles == [Denied.DAY]


async def test_one_person_cannot_use_up_what_all_have() -> None:
    async with desk(per_person=1) as d:
        first, second = [(await d.write(found(f"预售定金收几成？{n}"))).outcome for n in range(2)]
        other = (await d.write(found("预售定金收几成？9"), user=2)).outcome
    assert (first, second, other) == ("written", Denied.PERSON, "written")


async def test_the_same_question_is_written_once() -> None:
    async with desk() as d:
        first, second = await d.write(), await d.write()
        assert len(d.server.requests) == 1
    assert first.answer.statements == second.answer.statements


async def test_a_request_that_is_given_up_leaves_no_trace_in_budget_and_breaker() -> None:
    async with desk("stall", daily_tokens=100_000) as d:
        for asked in range(1, 5):
            task = asyncio.create_task(d.write())
            while len(d.server.requests) < asked:  # noqa: ASYNC110 - what is waited for knows nothing of the loop
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not d.writer.breaker.is_open
        left = d.budget.left
        assert left is not None
        assert left > 90_000


async def test_more_at_once_than_are_written_wait_and_are_answered_in_time() -> None:
    async with desk("stall", within=1.0) as d:
        began = time.monotonic()
        outcomes = await asyncio.gather(*(d.write(found(f"问{n}")) for n in range(12)))
        assert time.monotonic() - began < 2.0
    assert {attempt.outcome for attempt in outcomes} <= {Failure.TIMEOUT, "busy", "breaker"}


async def test_ways_to_reach_somebody_do_not_leave_with_the_question() -> None:
    async with desk() as d:
        await d.write(found("我的电话 13800138000，预售定金收几成？"))
        assert "13800138000" not in d.server.requests[0].prompt
        assert "预售定金收几成" in d.server.requests[0].prompt


async def test_the_loop_goes_on_while_a_model_writes_and_its_words_are_checked() -> None:
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.005)
            worst = max(worst, time.thread_time() - before)

    async with desk("slow") as d:
        watching = asyncio.create_task(watch())
        await d.write()
        watching.cancel()
    assert worst < 0.05
