"""Text in, valid Telegram HTML out: checked with the parser of the test server, which words its errors as Telegram."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.rendering.html import LIMIT, TextRun, split, utf16_length
from tests.end_to_end.server.formatting import formatted, parse_html, u16

NASTY = [
    "<",
    ">",
    "&",
    "&amp;",
    "&#60;",
    "</b>",
    "<b>",
    "</blockquote>",
    '"',
    "'",
    "<a",
    "href='x'>",
    "&lt",
    "。",
    "，",
    "👨\u200d👩\u200d👧",
    "😀",
    "שלום",
    "a",
    "微信",
]
NASTY += ["\x00", "\x1b", "\n", "\n\n", " ", "\u202e", "\ud800", "\udfff", "\u3000"]

texts = st.one_of(st.text(), st.lists(st.sampled_from(NASTY), max_size=40).map("".join))
links = st.one_of(
    st.none(), st.sampled_from(["https://e.example/?a=1&b='2'", 'x"><b>', "javascript:1", "\ud800"]), texts
)
runs = st.builds(TextRun, text=texts, bold=st.booleans(), italic=st.booleans(), link=links, fold=st.booleans())
anything = st.lists(runs, max_size=8)


def _squeezed(text: str) -> str:
    """Without white space and without what no message can carry."""
    return "".join(c for c in text if not c.isspace() and c >= " " and not "\ud800" <= c <= "\udfff")


@settings(deadline=None)
@given(anything, st.integers(min_value=2, max_value=60))
def test_every_part_parses_fits_and_nothing_is_lost(styled: list[TextRun], limit: int) -> None:
    parts = [parse_html(part)[0] for part in split(styled, limit=limit)]
    assert all(0 < u16(part) <= limit for part in parts)
    assert _squeezed("".join(parts)) == _squeezed("".join(run.text for run in styled))


@settings(deadline=None)
@given(st.lists(runs, max_size=4), st.integers(min_value=1, max_value=2000))
def test_telegram_takes_every_part_of_something_long(styled: list[TextRun], times: int) -> None:
    stretched = [TextRun(run.text * times, bold=run.bold, italic=run.italic, fold=run.fold) for run in styled]
    for part in split(stretched):
        text, _ = formatted(part, "HTML", None, LIMIT, "message is too long")
        assert text


@settings(deadline=None)
@given(anything)
def test_styles_survive(styled: list[TextRun]) -> None:
    joined = split(styled, limit=10**6)
    found = {entity["type"] for part in joined for entity in parse_html(part)[1]}
    visible = [run for run in styled if _squeezed(run.text)]
    for kind, wanted in (("bold", "bold"), ("italic", "italic"), ("fold", "expandable_blockquote")):
        assert wanted in found or not any(getattr(run, kind) for run in visible)


@settings(deadline=None)
@given(st.text())
def test_length_is_counted_in_utf16_units(text: str) -> None:
    assert utf16_length(text) == sum(2 if c > "\uffff" else 1 for c in text)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\x00\x01", "\ud800", "\u3000\t"])
def test_nothing_visible_is_no_message(text: str) -> None:
    assert split([TextRun(text, bold=True), TextRun(text, fold=True)]) == []


def test_paragraphs_are_preferred_to_sentences_and_sentences_to_words() -> None:
    assert split([TextRun("第一段。还是第一段。\n\n第二段。")], limit=14) == ["第一段。还是第一段。", "第二段。"]
    assert split([TextRun("头一句很长。第二句，也长。")], limit=11) == ["头一句很长。", "第二句，也长。"]
    assert split([TextRun("没有句号，只有逗号而已")], limit=8) == ["没有句号，", "只有逗号而已"]
    assert split([TextRun("没有任何标点的一串字")], limit=4) == ["没有任何", "标点的一", "串字"]


def test_emoji_are_never_halved() -> None:
    assert split([TextRun("😀😀😀")], limit=3) == ["😀", "😀", "😀"]


def test_a_number_stays_with_what_it_numbers() -> None:
    parts = split(
        [TextRun("正文。\n"), TextRun("[1] "), TextRun("一个很长的标题", link="https://e.example"), TextRun(" · 日期")],
        limit=12,
    )
    assert parts == ["正文。", '[1] <a href="https://e.example">一个很长的标题</a>', "· 日期"]


def test_a_folded_quotation_is_reopened_in_the_next_part() -> None:
    parts = split([TextRun("甲。" * 6, fold=True)], limit=8)
    assert parts == [
        "<blockquote expandable>甲。甲。甲。甲。</blockquote>",
        "<blockquote expandable>甲。甲。</blockquote>",
    ]


def test_adjacent_folded_runs_form_one_quotation() -> None:
    (part,) = split([TextRun("a", fold=True), TextRun("b", bold=True, fold=True), TextRun("c")])
    assert part == "<blockquote expandable>a<b>b</b></blockquote>c"


@pytest.mark.parametrize("unit", ["字", "<&>", "😀", "一句话。", "word ", "\n"])
def test_a_hundred_kilobytes_take_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit.encode()))
    started = time.process_time()
    parts = split([TextRun("标题\n", bold=True), TextRun(text)])
    assert time.process_time() - started < 1
    assert all(u16(parse_html(part)[0]) <= LIMIT for part in parts)
