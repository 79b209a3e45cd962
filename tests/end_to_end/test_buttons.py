"""Buttons: passages in full, examples, nearest topics, and what was never a button of ours."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.conftest import EXAMPLES
from tests.end_to_end.people import Person, buttons, labels

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


async def _shown(ann: Person, message: dict[str, Any], button: str) -> dict[str, Any]:
    """Press a button that shows something; returns the message that it showed."""
    before = len(ann.seen())
    assert "text" not in await ann.press(message, button)
    return (await ann.server.wait_messages(ann.id, before + 1))[before]


async def test_a_passage_button_shows_the_whole_passage(ann: Person) -> None:
    answer = await ann.ask("预售定金建议收几成？")
    passage = await _shown(ann, answer, labels(answer)[0])
    assert passage["text"].startswith("预售定金怎么收\n")
    assert "2026-05-20" in passage["text"]
    assert "二十四小时之内没有回复，就由平台介入。" in passage["text"]
    assert passage["reply_to_message"]["message_id"] == answer["message_id"]
    assert [button["url"] for button in buttons(passage)] == ["https://example.com/deposit?a=1&b=2"]


async def test_a_passage_of_an_article_without_a_link_has_no_button(ann: Person) -> None:
    answer = await ann.ask("三公斤以内的生鲜包裹放几个冰袋")
    assert buttons(await _shown(ann, answer, labels(answer)[0])) == []


async def test_a_hostile_passage_is_shown_literally(ann: Person) -> None:
    """Scenario 7."""
    answer = await ann.ask("店铺装修代码里怎么写判断条件")
    text = (await _shown(ann, answer, labels(answer)[0]))["text"]
    assert text.startswith("<b>粗体</b> & </blockquote> 标题\n")
    assert "<i>作者</i>" in text
    assert "写成 &lt; 也不能变样" in text
    assert """<a href="https://evil.example/?q='x'&y=1">点我</a>""" in text
    assert "👨‍👩‍👧 和 🎉" in text
    tags = await ann.ask("橱窗标签怎么写")
    assert "<script>alert(1)</script>" in (await _shown(ann, tags, labels(tags)[0]))["text"]


async def test_an_example_is_answered_as_if_it_had_been_typed(ann: Person) -> None:
    greeting = await ann.ask("/start")
    answer = await _shown(ann, greeting, EXAMPLES[0])
    assert answer["text"].startswith(f"问：{EXAMPLES[0]}\n\n")
    assert "两成" in answer["text"]
    assert buttons(answer)[0]["callback_data"].startswith("p1:")


async def test_a_nearest_topic_shows_its_passage(ann: Person) -> None:
    """Scenario 5."""
    refusal = await ann.ask("私域火星车轮胎气压标准值")
    topic = labels(refusal)[0]
    assert (await _shown(ann, refusal, topic))["text"].startswith(topic.removesuffix("…"))


@pytest.mark.parametrize(
    "data",
    [
        "x",
        "p1:",
        "p0:0123456789abcdef",
        "p1:0123456789ABCDEF",
        "p1:../../etc/passwd",
        "p1:0123456789abcdef0",
        "p1:0123456789abcdef\n",
        "e1:" + "0" * 15,
        "<b>" * 20,
        "定金",
    ],
)
async def test_forged_data_gets_an_alert_and_nothing_else(ann: Person, data: str) -> None:
    greeting = await ann.ask("/start")
    alert = await ann.press_forged(greeting, data)
    assert alert["text"].startswith("这个按钮已经失效")
    assert alert["show_alert"] == "true"
    await ann.server.wait_idle()
    assert len(ann.seen()) == 1


async def test_an_unknown_passage_gets_an_alert(ann: Person) -> None:
    alert = await ann.press_forged(await ann.ask("/start"), "p1:0123456789abcdef")
    assert alert["text"].startswith("资料已经更新")
    assert alert["show_alert"] == "true"


async def test_an_example_that_is_no_longer_offered_gets_an_alert(ann: Person) -> None:
    data = "e1:" + hashlib.sha256("从前的例子".encode()).hexdigest()[:16]
    assert (await ann.press_forged(await ann.ask("/start"), data))["text"].startswith("这个按钮已经失效")


async def test_alerts_speak_the_language_of_the_person(newcomer: Any) -> None:
    bob: Person = newcomer("en")
    alert = await bob.press_forged(await bob.ask("/start"), "x")
    assert alert["text"].startswith("This button no longer works")


async def test_a_button_of_a_message_from_long_ago_still_works(ann: Person) -> None:
    """Of an old message Telegram sends only chat and number, with date 0."""
    answer = await ann.ask("预售定金建议收几成？")
    data = buttons(answer)[0]["callback_data"]
    stub = {"chat": answer["chat"], "message_id": answer["message_id"], "date": 0}
    assert "text" not in await ann.press_forged(stub, data)
    assert "二十四小时之内" in (await ann.server.wait_messages(ann.id, 2))[1]["text"]
    greeting = await ann.ask("/start")
    stub["message_id"] = greeting["message_id"]
    await ann.press_forged(stub, buttons(greeting)[1]["callback_data"])
    assert "冰袋" in (await ann.server.wait_messages(ann.id, 4))[3]["text"]


async def test_a_press_that_is_acknowledged_too_late_still_shows_the_passage(ann: Person) -> None:
    answer = await ann.ask("预售定金建议收几成？")
    ann.server.query_ttl = 0.0
    try:
        ann.server.press(ann.id, ann.id, answer["message_id"], labels(answer)[0])
        assert "二十四小时之内" in (await ann.server.wait_messages(ann.id, 2))[1]["text"]
    finally:
        ann.server.query_ttl = 15.0
    # Taken out of the transcript, where the next test would take it for a malformed call.
    ann.server.calls[:] = [call for call in ann.server.calls if "query is too old" not in (call.error or "")]


async def test_a_second_press_sends_nothing_twice(newcomer: Callable[..., Person]) -> None:
    """Scenario 5: a passage, a nearest topic and an example."""

    async def press_twice(text: str) -> None:
        person = newcomer()
        message = await person.ask(text)
        button = labels(message)[0]
        presses = [person.server.press(person.id, person.id, message["message_id"], button) for _ in range(2)]
        acknowledged = [(await person.acknowledged(press)).get("text") for press in presses]
        assert acknowledged == [None, "刚刚已经发过了，请往下看。"]
        await person.server.wait_idle()
        assert len(person.seen()) == 2

    await asyncio.gather(*map(press_twice, ("预售定金建议收几成？", "私域火星车轮胎气压标准值", "/start")))


# -- deep links


async def test_a_deep_link_shows_a_passage(ann: Person) -> None:
    """Scenario 2."""
    answer = await ann.ask("预售定金建议收几成？")
    passage = buttons(answer)[0]["callback_data"].removeprefix("p1:")
    shown = await ann.ask(f"/start p_{passage}")
    assert shown["text"].startswith("预售定金怎么收\n")
    assert "二十四小时之内" in shown["text"]


async def test_a_deep_link_asks_for_a_question(ann: Person) -> None:
    """Scenario 2."""
    prompt = await ann.ask("/start ask")
    assert prompt["text"] == "请发您的问题："
    assert '"force_reply": true' in ann.calls("sendmessage")[0]["params"]["reply_markup"]
    assert "两成" in (await ann.ask("预售定金建议收几成？", reply_to=prompt["message_id"]))["text"]
