"""Answers that a language model writes, in private and in groups, over a model that behaves and one that does not."""

from __future__ import annotations

import asyncio
import itertools
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.locales import texts
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person, Shop, buttons, labels
from tests.end_to_end.server import FakeBotApi
from tests.support.scripted_model import Answer, Request, ScriptedModel, copying

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "预售定金建议收几成？"
OTHER = "会员日选在每月哪天？"
QUOTED = "预售定金建议收商品价格的两成"
WRITTEN = texts("zh")("written_note")
KEY = "sk-key-that-nobody-may-see"


def configured(
    library: Library, tmp_path: Path, api: FakeBotApi, model: ScriptedModel, admins: Sequence[int] = (), **llm: Any
) -> Path:
    """A configuration with the model, and a short time for it."""
    chosen = {"base_url": model.base_url, "model": "m", "timeout_s": 30, **llm}
    telegram = {"limits": {"per_user_per_minute": 0}, "admins": list(admins)}
    return library.configure(tmp_path / "config.yaml", api, answering={"llm": chosen}, telegram=telegram)


@asynccontextmanager
async def bot(
    library: Library, tmp_path: Path, api: FakeBotApi, scenario: str = "ok", said: Answer = copying, **llm: Any
) -> AsyncIterator[tuple[BotInProcess, ScriptedModel]]:
    """A bot with a model that plays a scenario."""
    async with ScriptedModel(said, scenario=scenario) as model:
        config = configured(library, tmp_path, api, model, **llm)
        async with BotInProcess(api, config) as running:
            yield running, model
            assert "Traceback" not in running.log, running.log


def person(api: FakeBotApi, name: str = "Ann") -> Person:
    return Person(api, api.add_user(name, language_code="zh-hans", started=True))


def drafts(api: FakeBotApi) -> list[dict[str, Any]]:
    return api.transcript("sendmessagedraft")


async def test_a_written_answer_has_sources_buttons_votes_and_the_originals_folded(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server) as (_, model):
        ann = person(server)
        answer = await ann.ask(QUESTION)
        assert WRITTEN in answer["text"]
        assert QUOTED in answer["text"].partition(WRITTEN)[0]
        assert "[1] 预售定金怎么收" in answer["text"]
        assert labels(answer)[-2:] == ["👍", "👎"]
        assert buttons(answer)[0]["callback_data"].startswith("p1:")
        assert any(entity["type"] == "expandable_blockquote" for entity in answer["entities"])
        assert answer["reply_to_message"]["text"] == QUESTION
        assert len(model.requests) == 1
        await server.wait_idle()
        assert len(ann.seen()) == 1


async def test_lines_appear_as_drafts_in_private_and_end_before_the_answer(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    server.rate_limits = True
    async with bot(library, tmp_path, server, "slow"):
        ann = person(server)
        await ann.ask(QUESTION)
        await server.wait_idle()
    shown = drafts(server)
    assert shown
    assert {int(call["params"]["chat_id"]) for call in shown} == {ann.id}
    times = [call["time"] for call in shown]
    assert all(after - before >= 0.75 for before, after in itertools.pairwise(times))
    assert times[-1] <= server.transcript("sendmessage")[-1]["time"]
    assert len(server.transcript("sendmessage")) == 1


async def test_in_a_group_nothing_streams_and_one_message_comes(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, "slow"):
        shop = group(server)
        answer = await shop.ask(f"/ask@TestQABot {QUESTION}")
        assert WRITTEN in answer["text"]
        await server.wait_idle()
        assert drafts(server) == []
        assert server.transcript("editmessagetext") == []
        assert len(shop.seen()) == 1


async def test_quotes_may_come_first_and_are_changed_once(library: Library, tmp_path: Path, server: FakeBotApi) -> None:
    async with bot(library, tmp_path, server, "slow", show_quotes_first=True):
        shop = group(server)
        first = await shop.ask(f"/ask@TestQABot {QUESTION}")
        assert WRITTEN not in first["text"]
        await server.wait_for(lambda: WRITTEN in shop.seen()[0]["text"])
        await server.wait_idle()
        assert len(shop.seen()) == 1
        assert len(server.transcript("editmessagetext")) == 1


FOLLOW_UP, WHOLE = "可以只收一成吗", "预售定金可以只收一成吗？"


def completing(request: Request) -> str:
    """Completes the one follow-up, and copies otherwise."""
    return WHOLE if "这句话（数据）" in request.prompt else copying(request)


async def test_a_follow_up_that_rules_leave_open_is_completed_by_the_model_and_so_are_those_behind_it(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, said=completing, timeout_s=60) as (_, model):
        ann = person(server)
        await ann.ask(QUESTION)
        answer = await ann.ask(FOLLOW_UP)
        assert texts("zh")("understood", question=WHOLE) in answer["text"]
        assert QUOTED in answer["text"]
        assert WRITTEN in answer["text"]
        await server.wait_idle()
        assert len(ann.seen()) == 2
        # What follows goes on from the question as it was understood.
        asked = len(model.requests)
        await ann.ask("只收两成可以吗")
        assert any(WHOLE.rstrip("？") in request.prompt for request in model.requests[asked:])


async def test_a_follow_up_that_a_model_does_not_complete_in_time_is_answered_by_rules(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, timeout_s=12) as (_, model):
        ann = person(server)
        await ann.ask(QUESTION)
        model.scenario = "stall"
        began = time.monotonic()
        answer = await ann.ask(FOLLOW_UP)
        assert time.monotonic() - began < 9
        assert WRITTEN not in answer["text"]
        await server.wait_idle()
        assert len(ann.seen()) == 2


async def test_quotes_that_came_first_stay_where_the_model_fails(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, "500", show_quotes_first=True):
        shop = group(server)
        await shop.ask(f"/ask@TestQABot {QUESTION}")
        await server.wait_idle(quiet=1.0)
        assert server.transcript("editmessagetext") == []


async def test_while_a_model_writes_buttons_commands_and_other_people_are_answered(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, timeout_s=8) as (_, model):
        ann, shop = person(server), group(server)
        earlier = await ann.ask(OTHER)
        in_group = await shop.ask(f"/ask@TestQABot {OTHER}")
        model.scenario = "stall"
        ann.say(QUESTION)
        shop.say(f"/ask@TestQABot {QUESTION}")
        await server.wait_for(lambda: model.writing == 2)
        await ann.press(earlier, buttons(earlier)[0]["callback_data"])
        await ann.acknowledged(
            server.press(shop.id, shop.customer, in_group["message_id"], buttons(in_group)[0]["callback_data"])
        )
        seen = len(ann.seen())
        ann.say("/cancel")
        await server.wait_messages(ann.id, seen + 1)
        assert model.writing == 2
        # Both are answered in time, by quotes.
        await server.wait_for(lambda: any(QUOTED in text for text in server.bot_texts(ann.id)))
        await server.wait_for(lambda: any(QUOTED in text for text in server.bot_texts(shop.id)))


# The library itself warns of its own attribute wherever it meets a 429.
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_a_429_on_a_draft_ends_the_drafts_and_delays_nothing(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, "slow"):
        ann, bob = person(server), person(server, "Bob")
        server.fault("429", "sendMessageDraft", delay=30.0)
        began = time.monotonic()
        answer, other = await asyncio.gather(ann.ask(QUESTION), bob.ask(OTHER))
        assert time.monotonic() - began < 25
        assert WRITTEN in answer["text"]
        assert WRITTEN in other["text"]


@pytest.mark.parametrize("scenario", ["401", "reset", "html", "keep-alive", "risk-deepseek", "flood"])
async def test_whatever_the_model_does_the_asker_gets_the_quotes_and_no_word_of_it(
    library: Library, tmp_path: Path, server: FakeBotApi, monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    monkeypatch.setenv("SIYU_LLM_API_KEY", KEY)
    async with bot(library, tmp_path, server, scenario, timeout_s=1) as (running, _):
        ann = person(server)
        answer = await ann.ask(QUESTION, within=10)
        assert QUOTED in answer["text"]
        assert WRITTEN not in answer["text"]
        await server.wait_idle()
        assert len(ann.seen()) == 1
        assert KEY not in running.log
        assert KEY not in str(server.transcript())


async def test_operators_are_told_once_what_is_wrong_and_that_it_is_over(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    operator, ann = person(server, "Op"), person(server)
    async with bot(library, tmp_path, server, "401", admins=[operator.id]):
        await ann.ask(QUESTION)
        await ann.ask(OTHER)
        told = await server.wait_messages(operator.id, 1)
        assert texts("zh")("llm_key") in told[0]["text"]
        await server.wait_idle()
        assert len(operator.seen()) == 1
        diag = await operator.ask("/diag")
        assert "大模型：m，连续失败" in diag["text"]


async def test_a_question_edited_while_it_is_written_is_answered_once_as_it_is_now(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with bot(library, tmp_path, server, "stall", timeout_s=4) as (_, model):
        ann = person(server)
        asked = ann.say(QUESTION)
        await server.wait_for(lambda: model.writing == 1)
        model.scenario = "ok"
        server.edit(ann.id, asked["message_id"], OTHER)
        await server.wait_messages(ann.id, 1)
        assert "十八号" in ann.seen()[0]["text"]
        await server.wait_idle(quiet=1.0)
        assert len(ann.seen()) == 1
        assert len(ann.calls("sendmessage")) == 1
        # The answer can be changed again, as any.
        server.edit(ann.id, asked["message_id"], QUESTION)
        await server.wait_for(lambda: QUOTED in ann.seen()[0]["text"])
        assert len(ann.calls("sendmessage")) == 1


async def test_a_stop_in_the_middle_sends_the_quotes(library: Library, tmp_path: Path, server: FakeBotApi) -> None:
    async with bot(library, tmp_path, server, "stall", timeout_s=60) as (running, model):
        ann = person(server)
        ann.say(QUESTION)
        await server.wait_for(lambda: model.writing == 1)
        assert await running.stop() == 0
    assert [QUOTED in text for text in server.bot_texts(ann.id)] == [True]


async def test_privacy_names_who_gets_a_question(library: Library, tmp_path: Path, server: FakeBotApi) -> None:
    async with bot(library, tmp_path, server):
        said = await person(server).ask("/privacy")
        assert "127.0.0.1 的大模型" in said["text"]


async def test_real_processes_survive_a_term_and_a_kill_in_the_middle(
    library: Library, tmp_path: Path, server: FakeBotApi
) -> None:
    async with ScriptedModel(copying, scenario="stall") as model:
        config = configured(library, tmp_path, server, model, timeout_s=60)
        async with BotProcess(server, config, environment={"SIYU_LLM_API_KEY": KEY}) as process:
            ann = person(server)
            ann.say(QUESTION)
            await server.wait_for(lambda: model.writing == 1)
            process.signal(signal.SIGTERM)
            assert await process.exit_code() == 0, process.log
            assert [QUOTED in text for text in server.bot_texts(ann.id)] == [True]
            await process.start()
            ann.say(OTHER)
            await server.wait_for(lambda: model.writing == 1)
            await process.kill()
            model.scenario = "ok"
            await process.start()
            await server.wait_messages(ann.id, 2)
            await server.wait_idle(quiet=1.5)
            assert len(ann.seen()) == 2
            assert "十八号" in ann.seen()[1]["text"]
            assert KEY not in process.log


def group(api: FakeBotApi) -> Shop:
    owner, customer = (api.add_user(name, language_code="zh-hans") for name in ("Olga", "Carl"))
    chat = api.add_chat("supergroup", "Shop", members=[customer], admins=[owner], bot="administrator")
    return Shop(api, chat, owner, customer)
