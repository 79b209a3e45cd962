"""Pieces of a model's stream become lines of plain text, whatever the pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generation.stream import Line, LineReader


def lines(text: str, size: int = 10_000, *, complete: bool = True) -> list[Line]:
    reader = LineReader()
    found = [line for at in range(0, len(text), size) for line in reader.feed(text[at : at + size])]
    return [*found, *reader.close(complete=complete)]


def shown(text: str) -> list[str]:
    """What counts in the end."""
    found: list[str] = []
    for line in lines(text):
        found = [line.text] if line.restarts else [*found, line.text]
    return [text for text in found if text]


@pytest.mark.parametrize(
    ("streamed", "seen"),
    [
        ("结论：可以。[1]\n注意：别急。[2]\n", ["结论：可以。[1]", "注意：别急。[2]"]),
        ("可以。[1]\r\n\r\n别急。[2]", ["可以。[1]", "别急。[2]"]),
        ("<think>先想\n再想</think>可以。", ["可以。"]),
        ("<Thinking>先想</Thinking>\n可以。", ["可以。"]),
        ("先想\n再想\n</think>\n可以。", ["可以。"]),
        ("<think>一直在想\n可以。", []),
        ("<think>想</think>可以。<think>又想", ["可以。"]),
        ("<|channel|>analysis<|message|>想<|end|><|start|>assistant<|channel|>final<|message|>可以。", ["可以。"]),
        ("<th\u200bink>想</think>可以。", ["可以。"]),
        ("```markdown\n## **结论**\n- *可以*。`[1]`\n```", ["结论", "可以。[1]"]),
        ("> 可以。\n│ 可以的。", ["可以。", "可以的。"]),
        ("| 项 | 数 |\n|---|:--|\n| 上限 | 5 [1] |", ["项 数", "上限 5 [1]"]),
        ("看[官网](https://evil.example/a?b=c)。[1](https://evil.example)", ["看官网。[1]"]),
        ("好![图](https://evil.example/?q=1)的", ["好的"]),
        ("<b onclick=x>好</b><script>的<!-- 藏 --> 3 < 5", ["好的 3 < 5"]),
        ("好<|im_end|><tool_call>的", ["好的"]),
        ("好\u200b的\u202e\U000e0041。\ue000", ["好的。"]),
        ("3*5=15，**5*6**=30", ["3*5=15，5*6=30"]),
    ],
)
def test_a_line_is_what_a_reader_would_see(streamed: str, seen: list[str]) -> None:
    assert shown(streamed) == seen


@given(
    st.lists(
        st.sampled_from(
            (
                "结论：",
                "上限 5000 人",
                "[1]",
                "[",
                "]",
                "<think>",
                "</think>",
                "<",
                ">",
                "\n",
                "\r\n",
                "**",
                "```",
                "|",
                "](",
                "。",
                "a",
            )
        ),
        max_size=30,
    ).map("".join),
    st.integers(1, 7),
)
def test_where_a_stream_is_cut_into_pieces_changes_nothing(text: str, size: int) -> None:
    whole = lines(text.replace("\r\n", "\n"))
    assert lines(text.replace("\r\n", "\n"), size) == whole


def test_a_return_and_a_line_feed_in_two_pieces_are_one_break() -> None:
    assert lines("可以。\r\n好。", 4) == [Line("可以。"), Line("好。")]


@pytest.mark.parametrize(
    ("streamed", "seen"),
    [
        ("可以。[1]\n好的。[2] 但是上限", ["可以。[1]", "好的。[2]"]),
        ("可以。[1]\n上限是", ["可以。[1]"]),
        ("可以", []),
    ],
)
def test_of_an_answer_that_was_cut_off_only_whole_sentences_count(streamed: str, seen: list[str]) -> None:
    assert [line.text for line in lines(streamed, complete=False)] == seen


def test_thinking_of_which_only_the_end_is_marked_takes_back_what_came_before() -> None:
    assert lines("上限 9 万。[1]\n</think>上限 5000。[1]\n") == [
        Line("上限 9 万。[1]"),
        Line("上限 5000。[1]", restarts=True),
    ]


def test_a_line_without_end_is_cut() -> None:
    assert sum(len(line.text) for line in lines("水" * 100_000, 1000)) < 20_000
    assert all(len(line.text) <= 600 for line in lines("水" * 100_000, 1000))
