"""An answer without any markup: what is shown at once, its sources, then what is folded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.model import Answer, Citation, Part, Quote, Statement, Status
from bot.terminal.plain_text import as_json, plain_text


def _source(n: int) -> Citation:
    return Citation(n, f"a{n}.md", f"标题{n}", "一节", None, date(2026, 5, n), None, f"{n:016x}", 1.0)


ANSWER = Answer(
    question="问题",
    status=Status.ANSWERED,
    language="zh",
    confidence=0.8,
    quotes=(
        Quote("分三步：", 1, heading="怎么开店？"),
        Quote("2. 上架。", 1, goes_on=True),
        Quote("群：客户群；上限：500 人", 1, shown="群：客户群\n　上限：500 人"),
        Quote("别的事。", 2, folded=True),
    ),
    sources=(_source(1), _source(2)),
    passages=(),
    near_topics=(),
    generation="g",
    elapsed_ms=1.0,
)


def test_what_is_folded_stands_below_the_sources_with_its_own() -> None:
    assert plain_text(ANSWER).split("\n") == [
        "怎么开店？",
        "分三步：",
        "2. 上架。 [1]",
        "",
        "群：客户群",
        "　上限：500 人 [1]",
        "",
        "出处：",
        "[1] 标题1 · 一节 · 2026-05-01",
        "",
        "更多相关内容：",
        "别的事。 [2]",
        "",
        "[2] 标题2 · 一节 · 2026-05-02",
    ]


def test_the_day_of_checking_is_said_where_it_is_later_than_the_date() -> None:
    later, earlier = replace(_source(1), checked=date(2026, 11, 30)), replace(_source(2), checked=date(2026, 5, 2))
    undated = replace(_source(1), date=None, checked=date(2026, 11, 30))
    answer = replace(ANSWER, sources=(later, earlier))
    assert "[1] 标题1 · 一节 · 2026-05-01 · 核对至 2026-11-30\n" in plain_text(answer)
    assert plain_text(answer).endswith("[2] 标题2 · 一节 · 2026-05-02")
    assert "[1] 标题1 · 一节 · 核对至 2026-11-30\n" in plain_text(replace(ANSWER, sources=(undated, _source(2))))
    assert [source["checked"] for source in as_json(answer)["sources"]] == ["2026-11-30", "2026-05-02"]
    assert as_json(ANSWER)["sources"][0]["checked"] is None


def test_a_source_that_is_quoted_nowhere_is_not_lost() -> None:
    assert "[2] 标题2" in plain_text(replace(ANSWER, quotes=ANSWER.quotes[:3]))


def test_what_only_comes_near_is_said_to() -> None:
    assert plain_text(replace(ANSWER, status=Status.UNSURE)).startswith(
        "资料里没有直接写到，最接近的是：\n\n怎么开店？"
    )


def test_each_question_of_a_message_is_answered_by_itself_and_nothing_said_twice() -> None:
    first, second = Quote("没有固定天数。", 1), Quote("看站内通知。", 2)
    parts = (
        Part("禁言多久？", Status.ANSWERED, (first,)),
        Part("怎么解除？", Status.UNSURE, (second,)),
        Part("会封号吗？", Status.ANSWERED, (first,)),
        Part("会下雨吗？", Status.REFUSED, ()),
    )
    lines = plain_text(replace(ANSWER, quotes=(first, second), parts=parts)).split("\n出处")[0].split("\n")
    assert lines == [
        "“禁言多久？”：",
        "没有固定天数。 [1]",
        "",
        "“怎么解除？”：资料里没有直接写到，最接近的是：",
        "看站内通知。 [2]",
        "",
        "“会封号吗？”：见上面的回答。",
        "",
        "“会下雨吗？”：资料里没有找到答案。",
        "",
    ]


def test_json_tells_what_is_folded_and_quotes_the_passage_itself() -> None:
    quotes = as_json(ANSWER)["quotes"]
    assert quotes[2] == {"text": "群：客户群；上限：500 人", "source": 1}
    assert [quote.get("folded", False) for quote in quotes] == [False, False, False, True]


def test_what_a_model_wrote_comes_first_by_sections_and_the_originals_of_its_figures_last() -> None:
    written = replace(
        ANSWER,
        statements=(
            Statement("written_conclusion", "定金收三成。", (1,)),
            Statement("written_conclusion", "不退。", (1, 2), goes_on=True),
            Statement("written_steps", "先确认款式。", (2,)),
            Statement("written_steps", "再收定金。", (2,)),
        ),
        quotes=(Quote("定金一般收三成。", 1, folded=True),),
    )
    assert plain_text(written).split("\n") == [
        "定金收三成 [1]。不退 [1][2]。",
        "",
        "步骤",
        "1. 先确认款式 [2]。",
        "2. 再收定金 [2]。",
        "",
        "由 AI 写成，逐句核对过；要紧的请看原文。",
        "",
        "出处：",
        "[1] 标题1 · 一节 · 2026-05-01",
        "[2] 标题2 · 一节 · 2026-05-02",
        "",
        "其中的数字，原文这样写：",
        "定金一般收三成。 [1]",
    ]
    assert as_json(written)["mode"] == "written"
    assert as_json(written)["statements"][1] == {
        "section": "written_conclusion",
        "text": "不退。",
        "sources": [1, 2],
        "quoted": False,
    }
