"""/funnel in process: numbers as text, question by question and as a table; buttons, saved periods, groups, inline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.telegram.handlers import funnels
from tests.support.offline import Call, Offline, offline, person

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "曝光1万 点击800 私信60 留资35 加微20 成交4 客单价268 毛利50% 投放1500"
GROUP = -100_777


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Offline]:
    async with offline(tmp_path_factory.mktemp("funnels"), ("telegram.limits.per_user_per_minute=1000",)) as made:
        yield made
        assert made.errors == []


def said(calls: tuple[Call, ...]) -> str:
    return "\n".join(str(call.parameters.get("text", "")) for call in calls)


def data(calls: tuple[Call, ...], label: str) -> str:
    """What the last button with this label carries."""
    rows = [row for call in calls for row in call.parameters.get("reply_markup", {}).get("inline_keyboard", [])]
    return str(next(button["callback_data"] for row in reversed(rows) for button in row if label in button["text"]))


async def test_numbers_give_a_picture_and_words_with_the_formulas_folded(bot: Offline) -> None:
    calls = await bot.say(1, f"/funnel {TEXT}")
    assert [call.method for call in calls if call.method.startswith("send")] == [
        "sendChatAction",
        "sendPhoto",
        "sendMessage",
    ]
    text = said(calls)
    assert "一个成交客户 375 元" in text
    assert "<blockquote expandable>我读到的：" in text
    assert text.index("375 元") < text.index("<blockquote")
    assert all(not rows for name, rows in bot.everything().items() if name == "funnel_periods")


async def test_what_is_unclear_is_asked_and_what_cannot_be_is_said(bot: Offline) -> None:
    assert "“转化率20%”是占加微、占留资还是占私信的？" in said(await bot.say(1, "/funnel 加微20 成交4 转化率20%"))
    assert "留资 10，加微却有 20，说不通" in said(await bot.say(1, "/funnel 留资10 加微20"))
    assert "例如" in said(await bot.say(1, "/funnel 你好"))


async def test_text_from_people_is_escaped(bot: Offline) -> None:
    assert "&lt;b&gt;" in said(await bot.say(1, "/funnel 曝光100 点击10 <b>5"))


async def test_one_question_at_a_time_with_buttons_and_a_way_back(bot: Offline) -> None:
    calls = await bot.say(2, "/funnel")
    assert "1/10 " in said(calls)
    assert "2/10 " in said(await bot.say(2, "1万"))
    assert "却有 20,000，说不通" in said(await bot.say(2, "2万"))
    assert "请发一个数字" in said(await bot.say(2, "不太清楚"))
    calls = await bot.say(2, "800")
    assert "3/10 " in said(calls)
    calls = await bot.press(2, data(calls, "上一个"))
    assert "2/10 " in said(calls)
    calls = await bot.press(2, data(calls, "不知道"))
    assert "3/10 " in said(calls)
    for answer in ("60", "35", "20", "4", "268元", "五成"):
        calls = await bot.say(2, answer)
    assert "9/10 " in said(calls)
    calls = await bot.say(2, "1500")
    calls = await bot.press(2, data(calls, "就算这些"))
    assert "一个成交客户 375 元" in said(calls)
    # What follows is a question again.
    assert "/10 " not in said(await bot.say(2, "会员日选在每月哪天？"))


async def test_an_answer_in_the_wrong_unit_is_asked_for_again(bot: Offline) -> None:
    calls = await bot.say(3, "/funnel")
    for _ in range(7):
        calls = await bot.press(3, data(calls, "不知道"))
    assert "8/10 " in said(calls)
    assert "8/10 " in said(await bot.say(3, "50元"))
    assert "请写一个数" in said(await bot.say(3, "40-50%"))
    assert "9/10 " in said(await bot.say(3, "50"))
    assert "9/10 " in said(await bot.say(3, "50%"))
    await bot.say(3, "/cancel")


async def test_all_numbers_at_once_end_the_questions(bot: Offline) -> None:
    await bot.say(4, "/funnel")
    assert "一个成交客户 375 元" in said(await bot.say(4, TEXT))
    assert "没有" in said(await bot.say(4, "/cancel"))


async def test_cancel_ends_the_questions_and_an_old_button_does_nothing(bot: Offline) -> None:
    calls = await bot.say(5, "/funnel")
    assert "没有保存" in said(await bot.say(5, "/cancel"))
    (answered,) = await bot.press(5, data(calls, "不知道"))
    assert answered.method == "answerCallbackQuery"
    calls = await bot.say(5, "/funnel")
    assert "没有保存" in said(await bot.press(5, data(calls, "取消")))


async def test_periods_are_saved_listed_shown_compared_and_deleted_by_their_owner_alone(bot: Offline) -> None:
    for text in ("上月 留资1000 加微500", "本月 留资1000 加微600"):
        calls = await bot.say(6, f"/funnel {text}")
        (answered,) = await bot.press(6, data(calls, "保存"))
        assert "已保存" in answered.parameters["text"]
    calls = await bot.say(6, "/funnel 记录")
    first = data(calls, "上月")
    assert "50%→60%（不是运气）" in said(await bot.press(6, data(calls, "比较最近两期")))
    assert "留资 1,000" in said(await bot.press(6, first))
    (refused,) = await bot.press(7, first)
    assert "不在了" in refused.parameters["text"]
    await bot.press(7, first.replace(":v", ":x"))
    assert len(bot.everything()["funnel_periods"]) == 2
    await bot.press(6, first.replace(":v", ":x"))
    assert len(bot.everything()["funnel_periods"]) == 1
    (asked,) = await bot.say(6, "/forget")
    await bot.press(6, data((asked,), "全部删除"))
    assert bot.everything()["funnel_periods"] == []


async def test_a_result_belongs_to_whoever_sent_it(bot: Offline) -> None:
    calls = await bot.say(8, f"/funnel {TEXT}", chat=GROUP)
    (answered,) = await bot.press(9, data(calls, "保存"), chat=GROUP)
    assert "别人的数字" in answered.parameters["text"]
    assert [call.method for call in await bot.press(8, data(calls, "深色图"), chat=GROUP)][-1] == "sendPhoto"


async def test_a_group_hears_nothing_unless_the_bot_is_called(bot: Offline) -> None:
    assert await bot.say(8, TEXT, chat=GROUP) == ()
    calls = await bot.say(8, "/funnel", chat=GROUP)
    assert "例如" in said(calls)
    assert await bot.say(8, "800", chat=GROUP) == ()


async def test_a_table_is_read_in_the_sandbox(bot: Offline, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "周,曝光,私信,留资,加微,首单,花费\n上周,60000,144,86,60,15,2400\n本周,62000,150,80,64,18,2500\n"

    async def download(document: Any, *, most: int) -> bytes:
        return table.encode("gb18030")

    monkeypatch.setattr(funnels, "download", download)
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "数据.csv", "file_size": len(table)}
    message = bot.message(10, "", document=document, caption="/funnel")
    del message["text"]
    calls = await bot.put("message", message)
    assert "首单 18" in said(calls)
    assert "人太少" in said(calls) or "可能只是波动" in said(calls)
    other = {**document, "file_name": "a.md"}
    message = bot.message(10, "", document=other, caption="/funnel")
    del message["text"]
    assert ".xlsx" in said(await bot.put("message", message))
    # While the questions are open a table answers them all; any other file is met as ever.
    await bot.say(10, "/funnel")
    for file, answer in ((other, "我不收文件"), (document, "首单 18")):
        message = bot.message(10, "", document=file)
        del message["text"]
        assert answer in said(await bot.put("message", message))


async def test_an_inline_query_of_numbers_is_counted_and_not_searched(bot: Offline) -> None:
    query = {"id": "77", "from": person(11), "query": TEXT, "offset": ""}
    (call,) = await bot.put("inline_query", query)
    (result,) = call.parameters["results"]
    assert "375 元" in result["input_message_content"]["message_text"]
    before = bot.everything()["questions"]
    await bot.put("chosen_inline_result", {"result_id": "funnel", "from": person(11), "query": TEXT})
    assert bot.everything()["questions"] == before


async def test_the_button_below_an_answer_begins_the_questions_in_private_only(bot: Offline) -> None:
    assert "1/10 " in said(await bot.press(12, "fn1:n"))
    (answered,) = await bot.press(12, "fn1:n", chat=GROUP)
    assert "私聊" in answered.parameters["text"]
    await bot.say(12, "/cancel")
