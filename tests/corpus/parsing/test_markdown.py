"""Markdown to lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.markdown import parse_markdown


def shown(text: str) -> list[str]:
    return [line.text for line in parse_markdown(text).lines]


def test_the_common_elements() -> None:
    text = "# 题\n\n> 引\n\n正文 *斜* `码` [链](https://x.y)\n\n1. 甲\n2. 乙\n   - 丙\n\n---\n\n```\na\n```\n"
    assert parse_markdown(text).lines == (
        Line("题", level=1),
        Line("引", BlockKind.QUOTE),
        Line("正文 斜 码 链", links=("https://x.y",), linked=0.2),
        Line("1. 甲", BlockKind.LIST_ITEM),
        Line("2. 乙", BlockKind.LIST_ITEM),
        Line("  - 丙", BlockKind.LIST_ITEM),
        Line("a", BlockKind.CODE),
    )


def test_tables() -> None:
    assert shown("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n") == ["甲：1；乙：2"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("**要点：**正文", "要点：正文"),
        ("先说**“引号”**再说", "先说“引号”再说"),
        ("①****空的标记", "①空的标记"),
        ("**一****二**", "一二"),
        ("2 * 3 ** 4", "2 * 3 ** 4"),
        ("`**kwargs**`", "**kwargs**"),
        (r"\*\*不是粗体\*\*", "**不是粗体**"),
    ],
)
def test_bold_marks_beside_chinese_punctuation(text: str, line: str) -> None:
    assert shown(text) == [line]


def test_bold_marks_in_code_stay() -> None:
    assert shown("```\nf(**a, **b)\n```") == ["f(**a, **b)"]


def test_indented_paragraphs_are_no_code() -> None:
    assert shown("    缩进的**要点：**一段话") == ["缩进的要点：一段话"]
    assert shown("- 甲\n\n    - **乙：**丙") == ["- 甲", "  - 乙：丙"]


def test_template_tags_comments_and_rules_leave_nothing() -> None:
    assert shown("{% hint style='info' %}\n提示\n{% endhint %}\n\n<!-- 注释\n多行 -->\n\n***\n\n尾") == ["提示", "尾"]


def test_a_comment_inside_a_sentence_does_not_break_it() -> None:
    assert shown("前半<!-- 注 -->后半，{% raw %} <!-- 没有收尾")[0] == "前半后半，"


def test_an_advertisement_card_over_several_lines() -> None:
    card = "[![](https://a.b/c.png)\n\n标题\n\n广告词 ...\n\n查看详情 >\n\n](https://a.b/course)"
    assert shown(f"前\n\n{card}\n\n后") == ["前", "后"]


def test_a_linked_picture_is_no_card() -> None:
    assert shown("[![](https://a.b/c.png)](https://a.b)\n\n正文 [链](https://a.b)") == ["正文 链"]


def test_links_whose_address_has_spaces() -> None:
    assert shown("[分享](https://a.b/share?title=两 个 词)") == ["分享"]


def test_lines_of_a_paragraph() -> None:
    assert shown("第一句。\n第二句。\n短行\n又一行") == ["第一句。", "第二句。", "短行", "又一行"]


def test_html_bodies_with_blank_lines_and_indents() -> None:
    assert shown("<div>\n\n        <p>缩进不是代码</p>\n\n</div>") == ["缩进不是代码"]
    assert shown("<div>居中</div>\n\n## 题\n\n正文") == ["居中", "题", "正文"]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("#引流\n\n##定主题\n\n先定主题。\n\n###找嘉宾\n\n提前约。", [1, 2, 0, 3, 0]),
        ("#一、引流\n先定主题。\n#二、成交\n再报价。", [1, 0, 1, 0]),
        ("# 引流\n\n先定主题。\n\n#私域 #社群", [1, 0, 0]),
        ("# 引流\n\n先定主题。\n\n#私域", [1, 0, 0]),
        ("先定主题。\n\n#私域", [0, 0]),
        ("#私域#今天聊这个话题。", [0]),
        ("#1 先定主题\n再约人", [0, 0]),
        ("```sh\n##注释\n```", [0]),
    ],
)
def test_headings_without_a_space(text: str, levels: list[int]) -> None:
    assert [line.level for line in parse_markdown(text).lines] == levels


@given(st.text(alphabet="*_`#->[]()! \n甲乙。a1|<>/{}%", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    for line in parse_markdown(text).lines:
        assert line.text.strip()
