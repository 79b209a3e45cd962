"""Answers, refusals and passages as Telegram messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.locales import texts
from bot.model import Answer, Citation, Quote, Statement, Status, Topic
from bot.telegram.rendering.answers import Button, answer_message, greeting_message, passage_message, summary_message
from corpus.model import BlockKind, FileWarning, Passage, PassageBlock, Span
from embeddings.index.changes import ChangeCounts
from embeddings.index.indexer import Summary
from embeddings.index.records import ArticleRecord
from tests.end_to_end.server.formatting import parse_html

ZH, EN = texts("zh"), texts("en")


def _citation(n: int, **changes: object) -> Citation:
    plain = Citation(
        n=n,
        article=f"a{n}.md",
        title=f"标题{n}",
        section="第一节 › 第二节",
        author="作者",
        date=date(2026, 5, n),
        url=f"https://example.com/{n}?a=1&b=2",
        passage=f"{n:016x}",
        score=1.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _answer(status: Status, **changes: object) -> Answer:
    plain = Answer(
        question="问题",
        status=status,
        language="zh",
        confidence=0.8,
        quotes=(Quote("第一句。", 1), Quote("第二句 < & >。", 2)),
        sources=(_citation(1), _citation(2, url=None, date=None, section="")),
        passages=(),
        near_topics=(),
        generation="g",
        elapsed_ms=1.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_an_answer_is_quotes_then_sources_then_buttons() -> None:
    outgoing = answer_message(_answer(Status.ANSWERED), ZH)
    assert outgoing.parts == (
        "第一句。 [1]\n\n第二句 &lt; &amp; &gt;。 [2]\n\n<b>出处\n</b>"
        '[1] <a href="https://example.com/1?a=1&amp;b=2">标题1</a> · 第二节 · 2026-05-01\n'
        "[2] 标题2 · 日期不详",
    )
    assert outgoing.buttons == (
        (Button("原文 1", data="p1:0000000000000001"), Button("原文 2", data="p1:0000000000000002")),
    )


def test_the_day_of_checking_stands_behind_an_earlier_date() -> None:
    checked = date(2026, 11, 30)
    (part,) = answer_message(_answer(Status.ANSWERED, sources=(_citation(1, checked=checked), _citation(2))), ZH).parts
    assert "第二节 · 2026-05-01 · 核对至 2026-11-30\n" in part
    article = ArticleRecord("a.md", "标题", "", "", date=date(2026, 5, 1), updated=date(2026, 6, 1), checked=checked)
    passage = Passage("0" * 16, "a.md", 0, ("一节",), "正文", ())
    assert "一节 · 2026-06-01 · 核对至 2026-11-30" in passage_message(passage, article, ZH).parts[0]
    (part,) = answer_message(_answer(Status.ANSWERED, sources=(_citation(1, checked=checked), _citation(2))), EN).parts
    assert "2026-05-01 · checked 2026-11-30\n" in part


def test_an_unsure_answer_says_so_first() -> None:
    (part,) = answer_message(_answer(Status.UNSURE), ZH).parts
    assert part.startswith("<i>资料里没有直接写到，最接近的是")


def test_a_question_that_was_not_typed_is_repeated() -> None:
    for status in Status:
        (part,) = answer_message(_answer(status), ZH, asked="1 < 2？").parts
        assert part.startswith("<b>问：1 &lt; 2？\n\n</b>")


def test_a_refusal_offers_topics_one_a_row_and_no_sources() -> None:
    topics = (Topic("短标题", "a.md", "a" * 16), Topic("很长的标题" * 20, "b.md", "b" * 16))
    outgoing = answer_message(_answer(Status.REFUSED, near_topics=topics), ZH)
    assert outgoing.parts == ("资料里没有找到这个问题的答案。\n\n最接近的资料有：",)
    assert [len(row) for row in outgoing.buttons] == [1, 1]
    assert outgoing.buttons[0][0] == Button("短标题", data="p1:" + "a" * 16)
    assert outgoing.buttons[1][0].text.endswith("…")
    assert len(outgoing.buttons[1][0].text) <= 40


def test_a_refusal_without_topics_promises_none() -> None:
    outgoing = answer_message(_answer(Status.REFUSED), ZH)
    assert outgoing.parts == ("资料里没有找到这个问题的答案。",)
    assert outgoing.buttons == ()


def test_small_talk_has_no_buttons() -> None:
    outgoing = answer_message(_answer(Status.SMALLTALK), texts("en"))
    assert outgoing.parts[0].startswith("Hello!")
    assert outgoing.buttons == ()


def test_what_is_folded_stands_below_with_its_own_sources() -> None:
    quotes = (Quote("第一句。", 1), Quote("第二句。", 1, folded=True), Quote("第三句。", 2, folded=True))
    sources = (_citation(1, url=None), _citation(2, url=None))
    outgoing = answer_message(_answer(Status.ANSWERED, quotes=quotes, sources=sources), ZH)
    assert outgoing.parts == (
        "第一句。 [1]\n\n<b>出处\n</b>[1] 标题1 · 第二节 · 2026-05-01\n\n"
        "<blockquote expandable><b>更多相关内容\n</b>第二句。 [1]\n\n第三句。 [2]\n\n"
        "[2] 标题2 · 第二节 · 2026-05-02</blockquote>",
    )
    assert [len(row) for row in outgoing.buttons] == [2]


def test_of_what_is_written_the_sources_are_counted_and_folded_those_of_one_article_in_a_line() -> None:
    sources = (_citation(1), _citation(2, url=None), _citation(3, article="a1.md", title="标题1", section="另一节"))
    said = (
        *(Statement("written_conclusion", f"第{n}句。", (n,), goes_on=n > 1) for n in (1, 2)),
        *(Statement("written_steps", f"第{n}步。", (1,)) for n in (1, 2)),
        Statement("written_notes", "第3句。", (3,)),
    )
    quotes = (Quote("原句。", 1, folded=True),)
    outgoing = answer_message(_answer(Status.ANSWERED, statements=said, quotes=quotes, sources=sources), ZH)
    assert outgoing.parts == (
        "第1句 [1]。第2句 [2]。\n\n<b>步骤\n</b>1. 第1步 [1]。\n2. 第2步 [1]。\n\n<b>注意：</b>第3句 [3]。\n\n"
        "<i>由 AI 写成，逐句核对过；要紧的请看原文。\n</i>"
        '<blockquote expandable><b>出处 2 篇，最新 2026-05-03\n</b>[1][3] <a href="https://example.com/1?a=1&amp;b=2">'
        "标题1</a> · 2026-05-01\n[2] 标题2 · 第二节 · 2026-05-02\n\n"
        "<b>其中的数字，原文这样写\n</b>原句。 [1]</blockquote>",
    )
    assert [button.text for button in outgoing.buttons[0]] == ["原文 1", "原文 2", "原文 3"]


def test_what_is_written_from_old_articles_says_so_above_the_fold() -> None:
    said = (Statement("written_conclusion", "一句。", (1,)),)
    answer = _answer(Status.ANSWERED, statements=said, quotes=(), sources=(_citation(1, date=None),), outdated=True)
    text, _ = parse_html(answer_message(answer, EN).parts[0])
    assert text.index(EN("outdated")) < text.index("Sources: 1\n")


def test_parts_of_one_quote_read_as_one_below_their_heading() -> None:
    quotes = (
        Quote("分三步：", 1, heading="怎么开店？"),
        Quote("2. 上架。", 1, goes_on=True),
        Quote("群：客户群；上限：500 人", 2, shown="群：客户群\n　上限：500 人"),
    )
    (part,) = answer_message(_answer(Status.ANSWERED, quotes=quotes), ZH).parts
    assert part.startswith("<b>怎么开店？\n</b>分三步：\n2. 上架。 [1]\n\n群：客户群\n　上限：500 人 [2]\n\n<b>出处")


def test_a_long_heading_is_shortened() -> None:
    sources = (_citation(1, section="外层 › " + "很长的小标题" * 10),)
    (part,) = answer_message(_answer(Status.ANSWERED, sources=sources), ZH).parts
    assert "外层" not in part
    assert "很长的小标题很长的小标题很长的小标题很长的小标… · 2026-05-01" in part


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (4, [4]), (5, [5]), (6, [3, 3]), (7, [4, 3]), (8, [4, 4])])
def test_the_buttons_of_many_sources_are_in_even_rows(count: int, rows: list[int]) -> None:
    sources = tuple(_citation(n) for n in range(1, count + 1))
    outgoing = answer_message(_answer(Status.ANSWERED, sources=sources), ZH)
    assert [len(row) for row in outgoing.buttons] == rows


def test_a_long_answer_is_split_and_every_part_parses() -> None:
    quotes = tuple(Quote(f"<第{n}句>" * 300, n) for n in (1, 2, 3, 4))
    parts = answer_message(_answer(Status.ANSWERED, quotes=quotes), ZH).parts
    assert len(parts) > 1
    assert all(len(parse_html(part)[0]) <= 4096 for part in parts)


def test_a_passage_is_whole_with_its_article_above() -> None:
    article = ArticleRecord(
        "a.md",
        "标题 <b>",
        "",
        "",
        author="A & B",
        date=date(2025, 1, 1),
        updated=date(2026, 2, 2),
        url="https://e.example",
    )
    passage = Passage("0" * 16, "a.md", 0, ("标题 <b>", "一节"), "正文 </i>\n- 一\n- 二", (Span(0, 7),))
    outgoing = passage_message(passage, article, ZH)
    assert outgoing.parts == (
        "<b>标题 &lt;b&gt;\n</b><i>一节 · 2026-02-02 · A &amp; B\n\n</i>正文 &lt;/i&gt;\n- 一\n- 二",
    )
    assert outgoing.buttons == ((Button("打开文章", url="https://e.example"),),)


def test_headings_in_a_passage_are_bold_and_rows_laid_out() -> None:
    text = "小标题\n群：客户群；上限：500 人"
    blocks = (
        PassageBlock(BlockKind.HEADING, Span(0, 3)),
        PassageBlock(BlockKind.TABLE_ROW, Span(4, len(text))),
    )
    passage = Passage("0" * 16, "a.md", 0, (), text, (), blocks)
    outgoing = passage_message(passage, ArticleRecord("a.md", "标题", "", ""), ZH)
    assert outgoing.parts == ("<b>标题\n</b><i>日期不详\n\n</i><b>小标题</b>\n群：客户群\n　上限：500 人",)


def test_a_passage_without_anything_known_is_still_shown() -> None:
    outgoing = passage_message(Passage("0" * 16, "a.md", 0, (), "正文", ()), ArticleRecord("a.md", "标题", "", ""), ZH)
    assert outgoing.parts == ("<b>标题\n</b><i>日期不详\n\n</i>正文",)
    assert outgoing.buttons == ()


def test_files_that_were_read_in_part_are_named_unless_it_is_to_be_brief() -> None:
    none = ChangeCounts(0, 0, 0, 1)
    warnings = (FileWarning("合同.pdf", "10 页里有 9 页没有文字"), FileWarning("合同.pdf", "字体没有嵌入"))
    summary = Summary("g", none, none, 1, 1, 1, 0, (), 0.1, switched=True, warnings=warnings)
    said = summary_message(summary, ZH).parts[0]
    assert "收录了但没有读全 1 个文件：\n- 合同.pdf：10 页里有 9 页没有文字\n- 合同.pdf：字体没有嵌入" in said
    brief = summary_message(summary, ZH, brief=True).parts[0]
    assert brief.endswith("没有读全 1 个文件：")


def test_a_greeting_without_examples_promises_none() -> None:
    assert "试试" not in greeting_message({}, ZH).parts[0]
    assert greeting_message({"e1:0": "例子"}, ZH).buttons == ((Button("例子", data="e1:0"),),)
