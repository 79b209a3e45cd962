"""What is told about a message before anything is searched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.message_text import MAX_LENGTH, clean, language
from bot.answering.small_talk import is_small_talk


@pytest.mark.parametrize(
    "text",
    [
        "早啊大家",
        "晚安各位",
        "收到",
        "😂😂😂",
        "谢谢老师！",
        "Good morning everyone!",
        "你好，在吗？",
        "哈哈哈哈",
        "。。。",
        "ok",
        "666",
    ],
)
def test_small_talk_is_known(text: str) -> None:
    assert is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    [
        "你好，加微率怎么算",
        "早上发朋友圈好吗",
        "好评返现违法吗",
        "收到私信怎么回",
        "thanks, what is LTV?",
        "活码",
        "ROI",
        "复购",
        "拜访客户",
    ],
)
def test_questions_are_not_small_talk(text: str) -> None:
    assert not is_small_talk(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("加V会不会封号", "zh"), ("What is LTV?", "en"), ("123", "zh"), ("", "zh")]
)
def test_language_follows_the_letters(text: str, expected: str) -> None:
    assert language(text) == expected


@given(st.text(max_size=3000))
def test_cleaning_gives_one_bounded_printable_line(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= MAX_LENGTH
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set("\n\r\t\x00\u200b\u202e")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    ["好" * 1000, "好 " * 500, "hello " * 200, "谢" * 999 + "x", "6" * 39 + "x", "好" * 39 + "x", "好的" * 19 + "x"],
)
def test_no_message_makes_the_patterns_run_away(text: str) -> None:
    started = time.process_time()
    is_small_talk(text)
    assert time.process_time() - started < 1
