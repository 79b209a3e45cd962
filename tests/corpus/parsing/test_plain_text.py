"""Bare text to lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.characters import normalise
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.markdown import parse_markdown
from corpus.parsing.plain_text import full_width, join_wrapped, parse_text, width


def test_every_line_of_pasted_text_is_a_paragraph() -> None:
    lines = parse_text(
        "第一段说明为什么要建群。\n\u3000\u3000第二段说明怎么建。\n\n# 小结\n- 先定位\n1. 再拉人\n"
    ).lines
    assert lines == (
        Line("第一段说明为什么要建群。"),
        Line("第二段说明怎么建。"),
        Line("小结", level=1),
        Line("- 先定位", BlockKind.LIST_ITEM),
        Line("1. 再拉人", BlockKind.LIST_ITEM),
    )


def test_wrapped_lines_are_joined() -> None:
    text = [
        "这一段文字在右边的边界处被折断了所以一行接着一行地往下",
        "写直到句子结束。",
        "新的一段从这里开始也一样被折断成了两行来排版印刷",
    ]
    assert list(join_wrapped([*text, "就是这样。"])) == ["".join(text[:2]), text[2] + "就是这样。"]


def test_english_words_keep_their_space() -> None:
    lines = ["Private traffic means customers that a shop can reach", "again without paying."]
    assert list(join_wrapped(lines)) == [" ".join(lines)]


def test_numbered_lines_are_not_joined() -> None:
    lines = ["一、这是一个比较长的小标题它没有句号而且几乎写满了一整行", "（1）这是第一条"]
    assert list(join_wrapped(lines)) == lines


@given(st.text())
def test_no_letter_is_lost(text: str) -> None:
    lines = normalise(text).split("\n")
    joined = "".join(join_wrapped(lines))
    assert [letter for letter in joined if letter.isalnum()] == [
        letter for letter in normalise(text) if letter.isalnum()
    ]
    assert len(parse_text(text).lines) <= len(lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "**第一句：**先问需求。\n\n| 时间 | 动作 |\n| --- | --- |\n| 当天 | 发资料 |",
            ["第一句：先问需求。", "时间：当天；动作：发资料"],
        ),
        ("见[详情](https://e.example/a)。", ["见详情。"]),
        ("<div style='x'>先问需求。</div>\n<p>再报价。</p>", ["先问需求。", "再报价。"]),
        ("# 话术\n\n**先问**需求，~~再报价~~。", ["话术", "先问需求。"]),
        ("##话术\n\n先问需求。", ["话术", "先问需求。"]),
    ],
)
def test_markdown_in_a_bare_text(text: str, lines: list[str]) -> None:
    assert [line.text for line in parse_text(text).lines] == lines


@pytest.mark.parametrize(
    "text",
    [
        "密码是 **** 不要外传",
        "张**和李**来过",
        "标签写成 <u>限时</u> 或 <b>新品</b>，后台会存下来",
        "a < b 而且 c > d",
        "- 甲",
        "2 * 3 ** 4",
        "a_b_c",
    ],
)
def test_marks_that_make_no_markdown(text: str) -> None:
    assert [line.text for line in parse_text(text).lines] == [text]


SUBTITLES = """WEBVTT

1
00:00:01.000 --> 00:00:03.000 align:start
<i>大家好</i>

2
00:00:03.000 --> 00:00:05.500
今天讲引流。

3
00:00:05.500 --> 00:00:08.000
{\\an8}先定主题
"""


@pytest.mark.parametrize("text", [SUBTITLES, SUBTITLES.replace("WEBVTT\n", "").replace(".", ",")])
def test_subtitles(text: str) -> None:
    assert [line.text for line in parse_text(text).lines] == ["大家好 今天讲引流。", "先定主题"]
    assert [line.text for line in parse_markdown(text).lines] == ["大家好 今天讲引流。", "先定主题"]


def test_a_subtitle_file_of_two_cues() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000\n周一店休。\n\n2\n00:00:03,000 --> 00:00:05,000\n周二十点开门。\n"
    assert [line.text for line in parse_text(text).lines] == ["周一店休。", "周二十点开门。"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "[ti:课]\n[00:01.20]大家好。\n[00:03.00]今天讲引流。\n[01:05.10][02:05.10]先定主题。",
            ["大家好。", "今天讲引流。", "先定主题。"],
        ),
        ("00:00:01 大家好。\n00:00:09 今天讲引流。\n(00:01:10) 先定主题。", ["大家好。", "今天讲引流。", "先定主题。"]),
        (
            "发言人 1 00:01\n大家好。\n发言人 2 00:09\n你好。\n发言人 1 01:00\n再见。",
            ["发言人 1", "大家好。", "发言人 2", "你好。", "发言人 1", "再见。"],
        ),
    ],
)
def test_time_stamps_of_transcripts(text: str, lines: list[str]) -> None:
    assert [line.text for line in parse_text(text).lines] == lines


def test_a_timetable_keeps_its_times() -> None:
    text = "08:30 发早报。\n12:00 答疑。\n20:30 发复盘。"
    assert [line.text for line in parse_text(text).lines] == text.split("\n")


def test_characters_set_apart_by_recognition() -> None:
    text = "企 业 微 信 客 户 标 签 按 来 源 、 意 向 、 成 交 三 级 打 ， 每 周 清 理 1 次 。"
    assert [line.text for line in parse_text(text).lines] == [
        "企业微信客户标签按来源、意向、成交三级打，每周清理 1 次。"
    ]
    mixed = "套餐 是 否 是 否 是 的说明写在这里，私域 运营 规则 如下所述，其余的不变。"
    assert [line.text for line in parse_text(mixed).lines] == [mixed]


@settings(deadline=None)
@given(st.text(alphabet="甲乙。 \n#*|-[]()<>p/:0123.,>~", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    for line in parse_text(text).lines:
        assert line.text.strip()


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert width("微a信 b。") == 9


@pytest.mark.parametrize(("line", "count"), [("长" * 20, 1), ("长" * 19 + "a", 2)])
def test_a_line_as_wide_as_the_margin_is_wrapped(line: str, count: int) -> None:
    assert len(list(join_wrapped([line, "短"], margin=40))) == count


@pytest.mark.parametrize(
    ("widths", "full"),
    [
        ([], 0),
        ([10], 40),
        ([100], 85),
        ([10, 100], 85),
        ([10, 10, 100], 85),
        ([60] * 9 + [100], 85),
        ([60] * 10 + [100], 51),
        ([0, 0, 100], 85),
    ],
)
def test_a_line_is_full_by_what_most_lines_reach(widths: list[int], full: float) -> None:
    assert full_width(["a" * width for width in widths]) == full


@pytest.mark.parametrize(("length", "level"), [(80, 2), (81, 0)])
def test_a_heading_of_bare_text_has_a_longest_length(length: int, level: int) -> None:
    (line,) = parse_text(f"## {'长' * length}").lines
    assert line.level == level


CUE = "{0}\n00:00:0{0},000 --> 00:00:0{0},900\n{1}\n"


@pytest.mark.parametrize(("first", "count"), [(148, 1), (149, 2)])
def test_cues_without_an_end_are_parted_when_they_are_long(first: int, count: int) -> None:
    cues = "\n".join(CUE.format(at, text) for at, text in enumerate(("长" * first, "长", "长", "完。"), 1))
    lines = parse_text(cues).lines
    assert len(lines) == count
    assert "-->" not in "".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("\n".join(CUE.format(at, "话。") for at in (1, 2, 3)), True),
        ("[00:01] 话。\n[00:02] 话。\n[00:03] 话。", True),
        ("[00:01] 话。\n[00:02] 话。", False),
        ("[00:01] 话。\n[00:02] 话。\n[00:03] 话。\n" + "词。\n" * 6, True),
        ("[00:01] 话。\n[00:02] 话。\n[00:03] 话。\n" + "词。\n" * 7, False),
        ("说话人1 00:01\n话。\n" * 3, True),
        ("说话人1 00:01\n话。\n" * 2, False),
        ("说话人1 00:01\n话。\n" * 3 + "词。\n" * 12, True),
        ("说话人1 00:01\n话。\n" * 3 + "词。\n" * 13, False),
    ],
)
def test_how_many_times_make_a_transcript(text: str, spoken: bool) -> None:
    assert ("00:0" not in "".join(line.text for line in parse_text(text).lines)) is spoken


def test_the_number_of_a_cue_without_a_text_is_no_text() -> None:
    cues = "\n".join(CUE.format(at, "话。") for at in (1, 2, 3)) + "4\n00:00:04,000 --> 00:00:04,900"
    assert [line.text for line in parse_text(cues).lines] == ["话。"] * 3
