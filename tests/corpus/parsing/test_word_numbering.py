"""Numbers that Word counts and never writes down."""

from __future__ import annotations

import pytest

from corpus.parsing.word import parse_docx
from tests.corpus.samples import docx, word_block, word_paragraph, word_run


def level(form: str, text: str, at: int = 0, start: int = 1, further: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{further}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*abstract: str, nums: str = "") -> dict[str, str]:
    """A numbering part: list 1 counts by the first of these, list 2 by the second, and so on."""
    counted = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{levels}</w:abstractNum>' for n, levels in enumerate(abstract)
    )
    used = "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(abstract)))
    return {"numbering": counted + used + nums}


def item(text: str, number: int = 1, depth: int = 0) -> str:
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return word_block(word_run(text), properties=place)


def texts(data: bytes) -> list[str]:
    return [line.text for line in parse_docx(data).lines]


def test_a_list_goes_on_behind_a_paragraph() -> None:
    body = (item("选址"), item("装修"), word_paragraph("装修期间别开业。"), item("开业"))
    assert texts(docx(*body, parts=lists(level("decimal", "%1.")))) == [
        "1. 选址",
        "2. 装修",
        "装修期间别开业。",
        "3. 开业",
    ]


def test_clauses_are_numbered_as_the_contract_is() -> None:
    body = (item("保证金三日内付清。"), item("不得跨区销售。"), item("争议由法院管辖。"))
    assert texts(docx(*body, parts=lists(level("chineseCounting", "第%1条", start=9)))) == [
        "第九条 保证金三日内付清。", "第十条 不得跨区销售。", "第十一条 争议由法院管辖。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "text", "numbers", "shown"),
    [
        ("decimal", "%1、", (1, 2), ("1、 甲", "2、 甲")),
        ("decimal", "（%1）", (3,), ("（3） 甲",)),
        ("decimalZero", "%1.", (7, 12), ("07. 甲", "12. 甲")),
        ("upperLetter", "%1.", (1, 26, 27), ("A. 甲", "Z. 甲", "AA. 甲")),
        ("lowerRoman", "%1)", (4, 9), ("iv) 甲", "ix) 甲")),
        ("upperRoman", "第%1部分", (14,), ("第XIV部分 甲",)),
        (
            "chineseCountingThousand",
            "%1、",
            (1, 10, 12, 20, 101, 110),
            ("一、 甲", "十、 甲", "十二、 甲", "二十、 甲", "一百零一、 甲", "一百一十、 甲"),
        ),
        ("taiwaneseCountingThousand", "（%1）", (3,), ("（三） 甲",)),
        ("chineseLegalSimplified", "%1、", (3, 10), ("叁、 甲", "壹拾、 甲")),
        ("ideographTraditional", "%1方", (1, 2), ("甲方 甲", "乙方 甲")),
        ("decimalEnclosedCircleChinese", "%1", (1, 20, 21, 36, 50), ("① 甲", "⑳ 甲", "㉑ 甲", "㊱ 甲", "㊿ 甲")),
        ("decimal", "步骤%1：", (2,), ("步骤2： 甲",)),
        ("lowerLetter", "%1.", (0, 1, 53), ("0. 甲", "a. 甲", "aaa. 甲")),
        (
            "lowerRoman",
            "%1.",
            (1, 5, 10, 44, 55, 90, 100, 444, 1666, 1994),
            (
                *("i. 甲", "v. 甲", "x. 甲", "xliv. 甲", "lv. 甲", "xc. 甲", "c. 甲", "cdxliv. 甲"),
                *("mdclxvi. 甲", "mcmxciv. 甲"),
            ),
        ),
        (
            "chineseCounting",
            "%1、",
            (0, 9, 19, 21, 30, 1001, 1010, 9999, 10_000),
            (
                *("〇、 甲", "九、 甲", "十九、 甲", "二十一、 甲", "三十、 甲", "一千零一、 甲", "一千零一十、 甲"),
                *("九千九百九十九、 甲", "一〇〇〇〇、 甲"),
            ),
        ),
        ("chineseLegalSimplified", "%1、", (15, 20), ("壹拾伍、 甲", "贰拾、 甲")),
        ("ideographLegalTraditional", "%1、", (3,), ("參、 甲",)),
        ("japaneseLegal", "%1、", (2,), ("弐、 甲",)),
        ("decimalFullWidth", "%1.", (12,), ("１２. 甲",)),
        ("numberInDash", "%1", (3,), ("- 3 - 甲",)),
        ("decimalEnclosedFullstop", "%1", (20, 21), ("⒛ 甲", "21 甲")),
        ("decimalEnclosedParen", "%1", (1, 20), ("⑴ 甲", "⒇ 甲")),
        ("decimalEnclosedCircle", "%1", (35, 0, 51), ("㉟ 甲", "0 甲", "51 甲")),
        ("ideographEnclosedCircle", "%1", (1, 10, 11), ("㊀ 甲", "㊉ 甲", "11 甲")),
        ("ideographZodiac", "%1", (12, 13), ("亥 甲", "13 甲")),
        ("ideographDigital", "%1", (105,), ("一〇五 甲",)),
        ("none", "%1", (1,), ("甲",)),
        ("unheardOf", "%1.", (7,), ("7. 甲",)),
        ("decimal", "%1.", (99_999, 100_000), ("99999. 甲", "1. 甲")),
    ],
)
def test_forms_of_numbers(form: str, text: str, numbers: tuple[int, ...], shown: tuple[str, ...]) -> None:
    for number, expected in zip(numbers, shown, strict=True):
        assert texts(docx(item("甲"), parts=lists(level(form, text, start=number)))) == [expected]


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        ('<w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl>', "1. 甲"),
        ('<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>', "甲"),
        ('<w:lvl w:ilvl="0"><w:suff w:val="nothing"/><w:lvlText w:val="%1."/></w:lvl>', "1.甲"),
        ('<w:lvl w:ilvl="0"><w:suff w:val="tab"/><w:lvlText w:val="%1."/></w:lvl>', "1. 甲"),
        ('<w:lvl w:ilvl="1"><w:lvlText w:val="%2)"/></w:lvl>', "1. 甲"),
        (
            '<w:lvl w:ilvl="0"><w:numFmt w:val="custom" w:format="001, 002, ..."/><w:lvlText w:val="%1"/></w:lvl>',
            "001 甲",
        ),
        ('<w:lvl w:ilvl="0"><w:numFmt w:val="custom" w:format="甲, 乙"/><w:lvlText w:val="%1"/></w:lvl>', "1 甲"),
    ],
)
def test_what_a_level_leaves_open(levels: str, shown: str) -> None:
    assert texts(docx(item("甲"), parts=lists(levels))) == [shown]


@pytest.mark.parametrize(
    ("restart", "last"), [("", "1)"), ('<w:lvlRestart w:val="0"/>', "3)"), ('<w:lvlRestart w:val="1"/>', "3)")]
)
def test_when_a_level_begins_anew(restart: str, last: str) -> None:
    levels = level("decimal", "%1.") + level("decimal", "%2.", at=1) + level("decimal", "%3)", at=2, further=restart)
    body = (item("甲"), item("乙", depth=2), item("丙", depth=2), item("丁", depth=1), item("戊", depth=2))
    assert texts(docx(*body, parts=lists(levels)))[-1].strip() == f"{last} 戊"


@pytest.mark.parametrize(("restart", "last"), [("", "1)"), ('<w:lvlRestart w:val="1"/>', "1)")])
def test_the_first_level_begins_the_third_anew(restart: str, last: str) -> None:
    levels = level("decimal", "%1.") + level("decimal", "%3)", at=2, further=restart)
    body = (item("甲"), item("乙", depth=2), item("丙", depth=2), item("丁"), item("戊", depth=2))
    assert texts(docx(*body, parts=lists(levels)))[-1].strip() == f"{last} 戊"


def test_a_list_may_put_a_level_of_its_own_in_place() -> None:
    own = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        f"{level('upperLetter', '%1)')}</w:lvlOverride></w:num>"
    )
    body = (item("甲"), item("乙", 2))
    assert texts(docx(*body, parts=lists(level("decimal", "%1."), nums=own))) == ["1. 甲", "B) 乙"]


def test_levels_count_within_those_above_them() -> None:
    levels = level("decimal", "%1") + level("decimal", "%1.%2", at=1) + level("lowerLetter", "%3)", at=2)
    body = (item("甲"), item("乙", depth=1), item("丙", depth=1), item("丁", depth=2), item("戊"), item("己", depth=1))
    read = [text.strip() for text in texts(docx(*body, parts=lists(levels)))]
    assert read == ["1 甲", "1.1 乙", "1.2 丙", "a) 丁", "2 戊", "2.1 己"]


def test_levels_that_show_chinese_numbers_above_as_digits() -> None:
    levels = level("chineseCounting", "第%1章") + level("decimal", "%1.%2", at=1, further="<w:isLgl/>")
    assert texts(docx(item("总则"), item("目的", depth=1), parts=lists(levels))) == ["第一章 总则", "1.1 目的"]


def test_lists_of_one_kind_count_on_unless_one_begins_anew() -> None:
    on = '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
    anew = (
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>"
    )
    body = (item("甲"), item("乙", 2), item("丙", 3), item("丁", 3))
    assert texts(docx(*body, parts=lists(level("decimal", "%1."), nums=on + anew))) == [
        "1. 甲",
        "2. 乙",
        "1. 丙",
        "2. 丁",
    ]


def test_numbers_that_come_from_the_style() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="heading 3"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="B"><w:name w:val="条"/>'
        '<w:basedOn w:val="A"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    levels = level("chineseCounting", "第%1章") + level("chineseCounting", "第%2条", at=1)
    data = docx(word_paragraph("总则", "A"), word_paragraph("双方自愿。", "B"), styles=styles, parts=lists(levels))
    heading, clause = parse_docx(data).lines
    assert (heading.text, heading.level) == ("第一章 总则", 3)
    assert clause.text == "第一条 双方自愿。"


def test_a_list_may_be_that_of_a_list_style() -> None:
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:name w:val="条款"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr>'
        "</w:pPr></w:style>"
    )
    parts = lists('<w:numStyleLink w:val="L"/>', level("chineseCounting", "第%1条"))
    assert texts(docx(item("甲"), item("乙"), styles=styles, parts=parts)) == ["第一条 甲", "第二条 乙"]


def test_a_style_may_leave_its_list() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="条"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style>"
    )
    out = word_block(word_run("甲"), properties='<w:pStyle w:val="A"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert texts(docx(out, word_paragraph("乙", "A"), styles=styles, parts=lists(level("decimal", "%1.")))) == [
        "甲",
        "1. 乙",
    ]


@pytest.mark.parametrize(("depth", "indent"), [(3, 6), (4, 8), (5, 8), (8, 8)])
def test_lists_have_five_levels(depth: int, indent: int) -> None:
    levels = "".join(level("decimal", f"%{at + 1}.", at=at) for at in range(9))
    body = [item("甲", depth=at) for at in range(depth + 1)]
    assert texts(docx(*body, parts=lists(levels)))[-1] == f"{' ' * indent}1. 甲"


def test_bullets_stay_bullets() -> None:
    assert texts(docx(item("甲"), item("乙"), parts=lists(level("bullet", "\uf0b7")))) == ["- 甲", "- 乙"]


def test_what_is_struck_or_empty_counts_and_what_is_deleted_does_not() -> None:
    empty, deleted = (
        item(""),
        item("旧")
        .replace("<w:pPr>", "<w:pPr><w:rPr><w:del/></w:rPr>")
        .replace("w:t ", "w:delText ")
        .replace("w:t>", "w:delText>"),
    )
    body = (item("甲"), empty, deleted, item("乙"))
    assert texts(docx(*body, parts=lists(level("decimal", "%1.")))) == ["1. 甲", "3. 乙"]


def test_numbers_of_a_list_that_is_not_there() -> None:
    assert texts(docx(item("甲"), item("乙", 77))) == ["甲", "乙"]
