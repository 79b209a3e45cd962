"""A merchant's own numbers with the real bot: from an answer's button through the questions, a table, what is saved."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import Library
from tests.end_to_end.people import Message, Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

ARTICLE = """---
title: 一个私域客户值多少钱
date: 2026-11-01
---

一个私域客户值多少钱，等于首单转化率乘以每位成交客户一年的毛利，再减去维护他的花费，要用自己的数算。
"""
ROWS = (
    ("周", "曝光", "私信", "留资", "加微", "首单", "花费"),
    ("上周", 60000, 144, 86, 60, 15, 2400),
    ("本周", 62000, 150, 80, 64, 18, 2500),
)


def _workbook() -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


async def _result(person: Person, text: str | None, **options: object) -> Message:
    """Send numbers and wait for the picture and the words; the words."""
    before = len(person.seen())
    person.say(text, **options)
    picture, words = (await person.server.wait_messages(person.id, before + 2))[before:]
    assert "photo" in picture
    return words


async def test_from_an_answer_through_questions_and_a_table_to_saved_periods(
    library: Library, server: FakeBotApi, tmp_path: Path
) -> None:
    (library.articles / "friend-value.md").write_text(ARTICLE, encoding="utf-8")
    config = library.configure(tmp_path / "config.yaml", server)
    library.reindex(config)
    ann = Person(server, server.add_user("Ann", language_code="zh-hans"))
    async with BotProcess(server, config) as process:
        answer = await ann.ask("一个私域客户值多少钱？")
        assert "首单转化率" in answer["text"]
        assert "用我的数字算" in labels(answer)
        await ann.press(answer, "用我的数字算")
        question = (await server.wait_messages(ann.id, 2))[1]
        assert question["text"].endswith("1/10 这段时间一共曝光多少次？")
        await ann.press(question, "不知道")
        await server.wait_for(lambda: question["text"].startswith("2/10 "))
        for number, text in enumerate(("800", "60", "35", "20", "4", "268", "50%"), start=3):
            assert (await ann.ask(text))["text"].startswith(f"{number}/10 ")
        assert (await ann.ask("1500"))["text"].startswith("10/10 ")
        counted = await _result(ann, "30天")
        assert "一个成交客户 375 元" in counted["text"]
        assert (await ann.press(counted, "保存"))["text"].startswith("已保存")

        table = await _result(ann, "/funnel", document=server.upload("漏斗.xlsx", _workbook()))
        assert "首单 18" in table["text"]
        await ann.press(table, "保存")
        saved = await ann.ask("/funnel 记录")
        assert labels(saved)[-1] == "比较最近两期"
        before = len(ann.seen())
        await ann.press(saved, "比较最近两期")
        compared = (await server.wait_messages(ann.id, before + 1))[before]
        assert "本周" in compared["text"]
        assert "加微→首单" in compared["text"]
        await ann.press(saved, "删除")
        await server.wait_for(lambda: len(labels(saved)) == 2)

        assert (await ann.ask("/funnel"))["text"].endswith("这段时间一共曝光多少次？")
        assert "没有保存" in (await ann.ask("/cancel"))["text"]
        assert [call for call in server.calls if (call.error or "").startswith("Bad Request")] == []
        assert await process.stop() == 0, process.log
        assert "Traceback" not in process.log
