"""Where one message asks two questions, and what the second takes over."""

from __future__ import annotations

import pytest

from bot.answering.question_parts import as_said, parts
from corpus.vocabulary.glossary import Glossary

GLOSSARY = Glossary.load()


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("活码怎么开通，一年多少钱", ("活码怎么开通", "活码一年多少钱")),
        ("小红书店铺保证金多少？多久能退", ("小红书店铺保证金多少？", "小红书店铺保证金多久能退")),
        ("企业微信怎么认证 客户标签打几个合适", ("企业微信怎么认证", "企业微信客户标签打几个合适")),
        ("薯条怎么投，聚光多少钱", ("薯条怎么投", "聚光多少钱")),
        ("欢迎语写几个字，能带小程序吗", ("欢迎语写几个字", "欢迎语能带小程序吗")),
        ("店里几个人合适，晚上怎么排班", ("店里几个人合适", "店里几个人合适，晚上怎么排班")),
        ("刚开的店要养几天？一天去几回合适", ("刚开的店要养几天？", "刚开的店要养几天，一天去几回合适")),
        ("我开花店的，群怎么建，多少人合适", ("我开花店的，群怎么建", "我开花店的，群怎么建，多少人合适")),
    ],
)
def test_two_kinds_of_things_are_two_questions(message: str, questions: tuple[str, str]) -> None:
    assert parts(message, GLOSSARY) == questions


@pytest.mark.parametrize(
    "message",
    [
        "企业微信一天能加多少人",
        "加了好友没人回，是不是话术不行",
        "笔记不见了怎么回事，怎么办",
        "活码怎么开通，群活码怎么开通",
        "我是新手，怎么开始",
        "客户问多少钱，我没回",
        "谢谢，怎么开店",
        "",
    ],
)
def test_one_question_stays_as_it_is(message: str) -> None:
    assert parts(message, GLOSSARY) == (message,)


@pytest.mark.parametrize(
    ("message", "own_words"),
    [
        ("店里几个人合适，晚上怎么排班", "晚上怎么排班"),
        ("刚开的店要养几天？一天去几回合适", "一天去几回合适"),
        ("活码怎么开通，一年多少钱", "活码一年多少钱"),
    ],
)
def test_a_question_that_took_the_first_one_over_whole_is_shown_in_its_own_words(message: str, own_words: str) -> None:
    first, second = parts(message, GLOSSARY)
    assert (as_said(first, first), as_said(second, first)) == (first, own_words)
