"""What of a Markdown text its readers see, and which texts are written in Markdown at all."""

from __future__ import annotations

import pytest

from corpus.parsing.markdown_source import is_markdown, plain_markdown, spaced_headings, without_comments


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("前<!-- 注\n释 -->后", "前后"),
        ("前%%注释%%后", "前后"),
        ("%%注\n释%%后 1", "后 1"),
        ("前{::comment}注释{:/comment}后", "前后"),
        ("前{/*注释*/}后", "前后"),
        ("{% 标签 %}后", "\n后"),
        ("前{% comment %}注{% x %}释{% endcomment %}后", "前\n后"),
        ("前{% comment %}后", "前\n后"),
        ("`<!-- 码 -->`<!-- 注 -->", "`<!-- 码 -->`"),
        ("```\n<!-- 码 -->\n```\n<!-- 注 -->后", "```\n<!-- 码 -->\n```\n后"),
    ],
)
def test_what_only_the_author_sees_goes(text: str, left: str) -> None:
    assert without_comments(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "前<!-- 没有收尾",
        "前<!-- 没有<!-- 收尾",
        "从 20%%涨到\n30%%以上",
        "从 5%%涨到\n6%%以上",
        "",
    ],
)
def test_what_is_no_comment_stays(text: str) -> None:
    assert without_comments(text) == text


def test_a_percentage_does_not_hide_the_comment_behind_it() -> None:
    assert without_comments("涨了 50%%左右\n%%注释%%后") == "涨了 50%%左右\n后"
    assert without_comments("涨了 50%%注释%%后") == "涨了 50后"


def test_of_two_comments_one_may_be_unclosed() -> None:
    assert without_comments("甲<!-- 乙 %%注%% 丙 <!-- 丁") == "甲<!-- 乙  丙 <!-- 丁"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("| 甲 | 乙 |\n| --- | --- |", True),
        ("[甲](https://example.com)", True),
        ("![图](a.png)", True),
        ("```\n码\n```", True),
        ("**粗**", False),
        ("**粗**\n> 引", True),
        ("# 题\n`码`", True),
        ("<div>甲", False),
        ("<div>甲</div>", True),
        ("写作 <u>甲</u>", False),
    ],
)
def test_one_sure_sign_or_two_weak_ones_make_markdown(text: str, said: bool) -> None:
    assert is_markdown(text) is said


def test_tags_are_looked_for_in_the_first_part_of_a_text() -> None:
    room = 100_000 - len("<div></div>")
    assert is_markdown(f"<div>{'长' * room}</div>")
    assert not is_markdown(f"<div>{'长' * (room + 1)}</div>")


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("##定主题", "## 定主题"),
        ("#引流\n先定主题。", "# 引流\n先定主题。"),
        ("#引流", "#引流"),
        ("# 题\n#引流\n先定主题。", "# 题\n#引流\n先定主题。"),
    ],
)
def test_headings_get_their_space(text: str, spaced: str) -> None:
    assert spaced_headings(text) == spaced
    assert plain_markdown(text) == spaced


def test_headings_in_code_say_nothing_of_those_outside() -> None:
    code = "```\n# 码\n```\n"
    assert plain_markdown(f"{code}#引流\n先定主题。") == f"{code}# 引流\n先定主题。"
