"""Raised and lowered text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.parsing.html import html_lines
from corpus.parsing.markdown import parse_markdown


def shown(markup: str) -> list[str]:
    return [line.text for line in html_lines(markup)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("上限 80<sup>1</sup> 人，老号 200<sup>[2]</sup> 人", "上限 80[1] 人，老号 200[2] 人"),
        ("每天 30<sup><a href='#fn3'>3</a></sup> 条", "每天 30[3] 条"),
        ("10<sup class='reference'><a href='#cite-4'><span>[</span>4<span>]</span></a></sup> 家", "10[4] 家"),
        ("回头率<sup>1,2</sup>", "回头率[1,2]"),
        ("满意度 90<sup>注</sup>", "满意度 90[注]"),
        ("<sup>1</sup> 数字来自门店", "[1] 数字来自门店"),
        ("月费 50<span style='font-size:9px;vertical-align:super'>2</span> 元", "月费 50[2] 元"),
        ("<style>.up, i.n{vertical-align:super}</style>定金 700<span class='up'>3</span> 元", "定金 700[3] 元"),
        ("<style>.up, i.n{vertical-align:super}</style>每人 9<i class='n'>1</i> 张", "每人 9[1] 张"),
    ],
)
def test_note_marks_stand_in_brackets(markup: str, text: str) -> None:
    assert shown(f"<p>{markup}</p>") == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("服务 10<sup>6</sup> 人", "服务 10^6 人"),
        ("误差 3×10<sup>-4</sup>", "误差 3×10^-4"),
        ("2<sup>10</sup>=1024", "2^10=1024"),
        ("复利 1.05<sup>12</sup>≈1.8", "复利 1.05^12≈1.8"),
        ("(1+5%)<sup>12</sup> 倍", "(1+5%)^12 倍"),
        ("y=x<sup>2</sup>", "y=x^2"),
        ("a<sup>n</sup>", "a^n"),
        ("门店 60 m<sup>2</sup>、仓库 90 米<sup>3</sup>", "门店 60 m²、仓库 90 米³"),
        ("方圆 3 km<sup>2</sup>", "方圆 3 km²"),
    ],
)
def test_powers_stay_powers(markup: str, text: str) -> None:
    assert shown(f"<p>{markup}</p>") == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("H<sub>2</sub>O、CO<sub>2</sub>", "H2O、CO2"),
        ("log<sub>2</sub>8", "log_2 8"),
        ("x<sub>i</sub>", "x_i"),
        ("共 70<sub>1</sub> 家", "共 70[1] 家"),
        ("1<sup>st</sup>", "1st"),
        ("青禾<sup>®</sup>", "青禾®"),
        ("25<sup>o</sup>C", "25°C"),
        ("¥19<sup>90</sup>", "¥19.90"),
        ("8<sup>00</sup>-21<sup>30</sup>", "8:00-21:30"),
        ("2<sup>1</sup>/<sub>2</sub> 天", "2 1/2 天"),
    ],
)
def test_other_raised_and_lowered_text(markup: str, text: str) -> None:
    assert shown(f"<p>{markup}</p>") == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"头<sup>（{'注' * 14}）</sup>", f"头[{'注' * 14}]"),
        (f"头<sup>（{'注' * 15}）</sup>", f"头（{'注' * 15}）"),
        (f"(1+{'5' * 20}%)<sup>9</sup>", f"(1+{'5' * 20}%)[9]"),
        (f"(1+{'5' * 19}%)<sup>9</sup>", f"(1+{'5' * 19}%)^9"),
        (f"10{'<i></i>' * 59}<sup>6</sup>", "10^6"),
        (f"10{'<i></i>' * 60}<sup>6</sup>", "10[6]"),
        ("10<a href='#x'><b><i><sup>6</sup></i></b></a>", "10[6]"),
        ("10<a href='#x'><b><i><u><sup>6</sup></u></i></b></a>", "10^6"),
        ("10<a href='/x'><sup>6</sup></a>", "10^6"),
        ("10<sup class='fnref'>6</sup>", "10[6]"),
        ("¥19<sup>9</sup>", "¥19[9]"),
        ("¥19<sup>900</sup>", "¥19[900]"),
        ("8<sup>30</sup>", "8[30]"),
        ("8<sup>20</sup>-9<sup>00</sup>", "8[20]-9:00"),
        ("8<sup>45</sup>至9<sup>15</sup>", "8:45至9:15"),
        ("8:00-9<sup>15</sup>", "8:00-9:15"),
        ("25<sup>00</sup>", "25[00]"),
        ("8<sup>000</sup>", "8[000]"),
        ("2<sup>3</sup>", "2[3]"),
        ("2<sup>4</sup>", "2^4"),
        ("x<sup>1</sup>", "x[1]"),
        ("甲<sup>2</sup>", "甲[2]"),
        ("a<sup>nm</sup>", "anm"),
        ("甲<sup>n</sup>", "甲[n]"),
        ("，<sup>n</sup>", "，n"),
        ("2<sup>1/2</sup> 天", "2 1/2 天"),
        ("约<sup>1/2</sup> 天", "约1/2 天"),
        ("每<sup>o</sup>C", "每[o]C"),
        ("25<sup>o</sup>x", "25[o]x"),
        ("25<sup>0</sup>C", "25°C"),
        ("约<sup>1</sup>/<sub>2</sub> 天", "约1/2 天"),
        ("10<sup>6</sup>-<sub>2</sub>", "10^6-2"),
        ("ab<sub>i</sub>", "abi"),
        ("x<sub>注</sub>", "x注"),
        ("log<sub>2</sub>x", "log2x"),
        ("70/<sub>1</sub>", "70/1"),
        (
            "10<span style='vertical-align: text-top'>6</span> 与 H<span style='vertical-align: sub'>2</span>O",
            "10^6 与 H2O",
        ),
        ("70<span style='vertical-align: text-bottom'>1</span>", "70[1]"),
        ("70<span style='vertical-align: middle'>1</span>", "701"),
        ("70<sup><sup>1</sup></sup>", "70[1]"),
        ("70<sup> </sup>家", "70 家"),
        ("约5<sup>o</sup>C", "约5°C"),
        ("共a<sup>n</sup>", "共a^n"),
        ("约2<sup>1/2</sup> 天", "约2 1/2 天"),
        ("约2<sup>1</sup>/<sub>2</sub> 天", "约2 1/2 天"),
        ("（青<sup>注</sup>", "（青[注]"),
        ("，<sup>1,2</sup>", "，[1,2]"),
        ("log<sub>2x</sub>8", "log_2x 8"),
        ("共7<sub>1</sub>家", "共7[1]家"),
        ("log<sub>2</sub>8 个", "log_2 8 个"),
        ("约5<sup>12</sup>=甲", "约5^12=甲"),
        ("甲<span style='vertical-align: super'>" + "乙" * 17 + "</span>", "甲" + "乙" * 17),
    ],
)
def test_what_decides_how_a_mark_is_read(markup: str, text: str) -> None:
    assert shown(f"<p>{markup}</p>") == [text]


def test_a_mark_is_read_by_its_own_line() -> None:
    assert shown("<p>10<br><sup>6</sup> 数字</p>") == ["10", "[6] 数字"]
    assert shown("<p>70<sub>1</sub></p><p>2</p>") == ["70[1]", "2"]


def test_notes_and_powers_in_tables_and_markdown() -> None:
    assert shown("<table><tr><th>群数</th><td>30<sup>1</sup></td></tr></table>") == ["群数：30[1]"]
    lines = [line.text for line in parse_markdown("上限 80[^1] 人，10^6^ 名，H~2~O\n\n[^1]: 新号如此").lines]
    assert lines == ["上限 80[1] 人，10^6 名，H2O", "[1] 新号如此"]
    assert [line.text for line in parse_markdown("上限 80<sup>1</sup> 人").lines] == ["上限 80[1] 人"]


def test_a_range_of_numbers_is_nothing_lowered() -> None:
    assert [line.text for line in parse_markdown("每天 10~20 条，每条 30~50 字").lines] == [
        "每天 10~20 条，每条 30~50 字"
    ]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<msup><mn>10</mn><mn>6</mn></msup><annotation>10^{6}</annotation>", "10^6"),
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>", "a/(b+c)"),
        ("<msqrt><mn>16</mn></msqrt><mo>=</mo><msub><mi>x</mi><mn>1</mn></msub>", "√16=x_1"),
        ("<mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd><mtd>4</mtd></mtr></mtable>", "1 2; 3 4"),
        ("<mrow>" * 90 + "<mn>7</mn>" + "</mrow>" * 90, "7"),
    ],
)
def test_formulas(formula: str, text: str) -> None:
    assert shown(f"<p>共 <math><semantics>{formula}</semantics></math> 名</p>") == [f"共 {text} 名"]


def test_a_quotient_of_powers_is_no_fraction() -> None:
    assert shown("<p>10<sup>6</sup>/10<sup>3</sup>，30 m<sup>2</sup>/人</p>") == ["10^6/10^3，30 m²/人"]


@settings(deadline=None)
@given(st.integers(0, 99_999), st.integers(0, 999), st.sampled_from(["sup", "sub"]), st.sampled_from(" 人元，=m/"))
def test_no_number_grows_by_what_is_set_beside_it(number: int, mark: int, tag: str, after: str) -> None:
    (line,) = shown(f"<p>共{number}<{tag}>{mark}</{tag}>{after}止</p>")
    assert f"{number}{mark}" not in line
    assert str(number) in line
    assert str(mark) in line
