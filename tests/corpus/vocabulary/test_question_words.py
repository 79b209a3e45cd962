"""The parts of patterns that others put together: what each has and what it leaves out."""

from __future__ import annotations

import re

import pytest

from corpus.vocabulary.question_words import A_BIT, A_NOT_A, HOW_MUCH, INDEFINITE, INTERROGATIVE


@pytest.mark.parametrize(
    ("part", "texts", "others"),
    [
        (
            INTERROGATIVE,
            ("要什么", "咋弄", "怎样", "为何", "差多远", "谁来", "哪天", "如何"),
            ("怎会", "要么", "多么好"),
        ),
        (INDEFINITE, ("啥都不好干", "谁也没说", "哪儿都有", "几个都行"), ("什么时候都", "谁来")),
        (A_NOT_A, ("能不能发", "去没去"), ("不能不发", ",不,")),
        (HOW_MUCH, ("多少", "多快"), ("多重", "很多")),
        (A_BIT, ("问一下", "看下规则"), ("问下拉词", "降下单")),
    ],
)
def test_a_part_is_found_where_it_asks(part: str, texts: tuple[str, ...], others: tuple[str, ...]) -> None:
    assert all(re.search(part, text) for text in texts)
    assert not any(re.search(part, text) for text in others)
