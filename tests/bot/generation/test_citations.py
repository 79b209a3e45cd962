"""Which sentences of a line cite which sources."""

from __future__ import annotations

import time

import pytest

from bot.generation.citations import Cited, cited_sentences


@pytest.mark.parametrize(
    "mark", ["[1]", "【1】", "［１］", "[^1]", "[来源1]", "[资料 1]", "[ID:1]", "[[1]]", "（来源1）", "〔1〕"]
)
def test_a_mark_is_read_in_every_spelling(mark: str) -> None:
    assert cited_sentences(f"群最多 500 人{mark}。") == (Cited("群最多 500 人。", (1,)),)


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("甲。[1] 乙。[2]", [("甲。", (1,)), ("乙。", (2,))]),
        ("甲 [1]。乙 [2]。", [("甲。", (1,)), ("乙。", (2,))]),
        ("甲。乙。丙。[2]", [("甲。", (2,)), ("乙。", (2,)), ("丙。", (2,))]),
        ("甲。[1] 乙。", [("甲。", (1,)), ("乙。", ())]),
        ("[1] 甲。[2] 乙。", [("甲。", (1,)), ("乙。", (2,))]),
        ("甲[1][9]。", [("甲。", (1, 9))]),
        ("甲[1, 3、4]。", [("甲。", (1, 3, 4))]),
        ("甲[1-3]。", [("甲。", (1, 2, 3))]),
        ("甲[3]，乙[3]。", [("甲，乙。", (3,))]),
        ("甲；乙；丙。[1]", [("甲；乙；丙。", (1,))]),
        ("甲 (1) 乙（2）。", [("甲 (1) 乙（2）。", ())]),
        ("甲 [abc] 乙[?]。[1]", [("甲 乙。", (1,))]),
        ("甲 [1", [("甲", ())]),
        ("请填【姓名】。[1]", [("请填【姓名】。", (1,))]),
        ("[1]", []),
    ],
)
def test_a_mark_belongs_to_the_sentence_before_it(line: str, sentences: list[tuple[str, tuple[int, ...]]]) -> None:
    found = [(" ".join(each.text.split()), each.numbers) for each in cited_sentences(line)]
    assert found == sentences


@pytest.mark.parametrize("bomb", ["[" * 4000, "[1," * 1300, "1,1," * 1000, "【1-" * 1000, "[1]" * 1300])
def test_time_grows_with_the_length_only(bomb: str) -> None:
    started = time.process_time()
    cited_sentences(bomb)
    assert time.process_time() - started < 1
