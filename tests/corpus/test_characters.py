"""Unicode put in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.characters import meaningful, normalise, one_line


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("⼈⼈⽤⼀次，⻓期", "人人用一次，长期"),
        ("\uf900\U0002f800", "豈丽"),
        ("小\u200b红\u00ad书\ufeff\u2060", "小红书"),
        ("甲\u3000\u3000乙\u00a0丙\t丁", "甲 乙 丙 丁"),
        ("a\x00b\x07c\x7f", "abc"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("全角，１２３ＡＢＣ！（“引号”）…—", "全角，１２３ＡＢＣ！（“引号”）…—"),
        ("👨\u200d👩\u200d👧 一家\u200d人", "👨\u200d👩\u200d👧 一家人"),
        ("图标\ue001", "图标"),
    ],
)
def test_normalise(written: str, clean: str) -> None:
    assert normalise(written) == clean


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("私域\n  运营", "私域运营"),
        ("加微信，\n再进群", "加微信，再进群"),
        ("private\ntraffic", "private traffic"),
        ("用 SCRM\n管理", "用 SCRM 管理"),
        ("  两头  ", "两头"),
    ],
)
def test_line_breaks_of_the_source_are_undone(written: str, line: str) -> None:
    assert one_line(written) == line


def test_meaningful_counts_letters_digits_and_ideographs() -> None:
    assert meaningful("第1步：go！——…▼") == 5


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)
    once.encode("utf-8")
