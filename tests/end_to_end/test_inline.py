"""Inline mode and guest mode: the bot in chats that it is no member of."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Person
from tests.end_to_end.server.api import PATIENCE
from tests.end_to_end.server.formatting import u16

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "优惠券的面额是多少"


async def answered(ann: Person, query: str, within: float = PATIENCE) -> dict[str, Any]:
    """The answer that an inline or guest query gets."""
    return await ann.acknowledged(query, within)


def logged(library: Library, user: int) -> list[tuple[str, str]]:
    """Surface and question of what was kept of a person."""
    database = sqlite3.connect(library.data_dir / "state.db")
    try:
        where = "SELECT surface, question FROM questions WHERE user_id = ? ORDER BY id"
        return list(database.execute(where, (user,)))
    finally:
        database.close()


async def test_a_query_gets_cited_snippets(bot: BotProcess, ann: Person) -> None:
    """Scenario 29."""
    answer = await answered(ann, bot.server.inline(ann.id, QUESTION))
    results = answer["results"]
    assert 1 <= len(results) <= 5
    assert len({result["id"] for result in results}) == len(results)
    assert all(1 <= len(result["id"].encode()) <= 64 for result in results)
    first = results[0]
    assert first["title"] == "优惠券的面额与门槛"
    assert first["description"].startswith("2026-04-08 · ")
    text = first["input_message_content"]["message_text"]
    assert "一成五" in text
    assert '<a href="https://example.com/coupon">' in text
    assert "2026-04-08" in text
    assert u16(text) <= 4096
    assert answer["cache_time"] <= 60
    assert not answer["is_personal"]
    assert answer["button"] is None


async def test_of_what_is_typed_letter_by_letter_only_the_last_is_answered(bot: BotProcess, ann: Person) -> None:
    """Scenario 29: an encoding of any of the others would break down."""
    before = bot.log.count("broken on purpose")
    stale = [bot.server.inline(ann.id, f"breakdown {QUESTION[:length]}") for length in range(2, 9)]
    last = bot.server.inline(ann.id, f"新客{QUESTION}")
    assert (await answered(ann, last))["results"]
    await bot.server.wait_idle()
    assert all(bot.server.queries[query]["answer"] is None for query in stale)
    assert bot.log.count("broken on purpose") == before


async def test_a_query_that_is_repeated_needs_no_search(bot: BotProcess, ann: Person) -> None:
    """Scenario 29: the second would take three seconds again."""
    first = await answered(ann, bot.server.inline(ann.id, f"{QUESTION} wait3000ms"))
    again = await answered(ann, bot.server.inline(ann.id, f"  {QUESTION}　WAIT3000MS".upper()), 2.5)
    assert again["results"] == first["results"]


async def test_people_do_not_overtake_each_other(bot: BotProcess, ann: Person, newcomer: Any) -> None:
    """Scenario 29: a person's newer query makes only that person's older one stale."""
    other = newcomer()
    queries = [(who, bot.server.inline(who.id, f"老客{QUESTION}")) for who in (ann, other)]
    assert all([(await answered(who, query))["results"] for who, query in queries])


@pytest.mark.parametrize("text", ["", "  ", "你好", "羽毛球拍穿线磅数多少"])
async def test_without_a_result_a_button_leads_to_the_private_chat(bot: BotProcess, ann: Person, text: str) -> None:
    """Scenario 30."""
    answer = await answered(ann, bot.server.inline(ann.id, text))
    assert answer["results"] == []
    assert answer["button"]["start_parameter"] == "ask"
    assert answer["is_personal"]  # the button speaks a person's language
    assert (await ann.ask("/start ask"))["text"].startswith("请发您的问题")


async def test_a_query_that_comes_too_late_harms_nobody(bot: BotProcess, ann: Person) -> None:
    """Scenario 29."""
    bot.server.query_ttl, patience = 0.0, bot.server.query_ttl
    bot.server.inline(ann.id, f"{QUESTION} 太晚")
    await bot.server.wait_for(lambda: any("too old" in (call.error or "") for call in bot.server.calls))
    bot.server.query_ttl = patience
    for call in bot.server.calls:  # the refusal was this test's own making
        call.error = None if call.error and "too old" in call.error else call.error
    assert (await answered(ann, bot.server.inline(ann.id, QUESTION)))["results"]


async def test_only_a_chosen_result_is_kept_and_the_bot_does_not_answer_it(
    bot: BotProcess, ann: Person, indexed: Library
) -> None:
    """Scenario 30."""
    query = bot.server.inline(ann.id, QUESTION)
    result = (await answered(ann, query))["results"][0]
    assert logged(indexed, ann.id) == []
    bot.server.choose_inline(ann.id, query, result["id"], ann.id, QUESTION)
    await bot.server.wait_idle()
    assert ann.seen() == []
    assert "一成五" in bot.server.messages(ann.id)[-1]["text"]
    assert logged(indexed, ann.id) == [("inline", QUESTION)]


async def test_hostile_text_stays_text(bot: BotProcess, ann: Person) -> None:
    """Scenario 29."""
    answer = await answered(ann, bot.server.inline(ann.id, "店铺装修代码里怎么写判断条件 <b>&"))
    query = next(number for number, each in bot.server.queries.items() if each["answer"] is answer)
    sent = bot.server.choose_inline(ann.id, query, answer["results"][0]["id"], ann.id)
    assert "<b>&" in sent["text"]


async def test_a_guest_is_answered_by_the_one_method(bot: BotProcess, ann: Person, indexed: Library) -> None:
    """Scenario 31."""
    before = len(bot.server.calls)
    answer = await answered(ann, bot.server.guest(ann.id, f"@TestQABot {QUESTION}？"))
    content = answer["result"]["input_message_content"]
    assert "一成五" in content["message_text"]
    assert 'href="https://example.com/coupon"' in content["message_text"]
    assert "reply_markup" not in answer["result"]
    assert {call.method for call in bot.server.calls[before:]} == {"answerguestquery"}
    assert logged(indexed, ann.id) == [("guest", f"{QUESTION}？")]


@pytest.mark.parametrize(
    ("text", "said"),
    [("@TestQABot", "写上问题"), ("@TestQABot 你好", "您好"), ("@TestQABot 羽毛球拍穿线磅数多少", "没有找到")],
)
async def test_a_guest_without_an_answer_is_told_so(bot: BotProcess, ann: Person, text: str, said: str) -> None:
    """Scenario 31."""
    answer = await answered(ann, bot.server.guest(ann.id, text))
    assert said in answer["result"]["input_message_content"]["message_text"]


async def test_a_guest_query_that_fails_writes_nowhere(bot: BotProcess, ann: Person) -> None:
    """Scenario 31."""
    before = len(bot.server.calls)
    bot.server.guest(ann.id, "@TestQABot breakdown")
    await bot.server.wait_for(lambda: f"update {bot.server.updates[-1]['update_id']} failed" in bot.log)
    await bot.server.wait_idle()
    assert len(bot.server.calls) == before
