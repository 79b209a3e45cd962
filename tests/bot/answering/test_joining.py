"""Several answers as one."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.joining import joined
from bot.model import Answer, Citation, Part, PassageHit, Quote, Status


def answer(question: str, status: Status, *passages: str, confidence: float = 0.9, outdated: bool = False) -> Answer:
    sources = tuple(
        Citation(n, f"{name[0]}.md", name[0], "", None, None, None, name, 1.0) for n, name in enumerate(passages, 1)
    )
    shown = status in (Status.ANSWERED, Status.UNSURE)
    return Answer(
        question=question,
        status=status,
        language="zh",
        confidence=confidence,
        quotes=tuple(Quote(f"{source.passage}的话", source.n) for source in sources) if shown else (),
        sources=sources if shown else (),
        passages=tuple(PassageHit(f"{name[0]}.md", name, name, 1.0) for name in passages),
        near_topics=(),
        generation="g",
        elapsed_ms=1,
        outdated=outdated,
    )


def test_the_leads_come_first_the_rest_folded_and_a_passage_is_cited_once() -> None:
    whole = joined("甲乙", [answer("甲", Status.ANSWERED, "a1", "b1"), answer("乙", Status.ANSWERED, "c1", "b1")])
    assert [(quote.text, quote.source, quote.folded) for quote in whole.quotes] == [
        ("a1的话", 1, False),
        ("c1的话", 2, False),
        ("b1的话", 3, True),
    ]
    assert [(source.n, source.passage) for source in whole.sources] == [(1, "a1"), (2, "c1"), (3, "b1")]
    assert [hit.passage for hit in whole.passages] == ["a1", "c1"]
    assert whole.question == "甲乙"


def test_what_goes_on_from_a_lead_stays_with_it() -> None:
    one = answer("甲", Status.ANSWERED, "a1")
    listed = replace(one, quotes=(Quote("分三步：", 1), Quote("2. 上架。", 1, goes_on=True), Quote("别的。", 1)))
    whole = joined("甲乙", [listed, answer("乙", Status.REFUSED)])
    assert [quote.folded for quote in whole.quotes] == [False, False, True]


def test_what_one_part_folds_and_the_next_leads_with_is_shown_once() -> None:
    whole = joined("甲乙", [answer("甲", Status.ANSWERED, "a1", "b1"), answer("乙", Status.ANSWERED, "b1")])
    assert [(quote.text, quote.folded) for quote in whole.quotes] == [("a1的话", False), ("b1的话", False)]


def test_each_part_keeps_its_own_status_and_its_own_quotes() -> None:
    whole = joined("甲乙", [answer("甲", Status.REFUSED, "a1", confidence=0.1), answer("乙", Status.UNSURE, "b1")])
    assert whole.parts == (Part("甲", Status.REFUSED, ()), Part("乙", Status.UNSURE, (Quote("b1的话", 1),)))
    assert (whole.status, whole.confidence) == (Status.UNSURE, 0.9)


def test_the_best_part_gives_the_status_and_the_confidence() -> None:
    whole = joined("甲乙", [answer("甲", Status.UNSURE, "a1", confidence=0.6), answer("乙", Status.ANSWERED, "b1")])
    assert (whole.status, whole.confidence) == (Status.ANSWERED, 0.9)


def test_it_is_outdated_where_all_that_is_cited_is() -> None:
    old, new = answer("甲", Status.ANSWERED, "a1", outdated=True), answer("乙", Status.ANSWERED, "b1")
    assert joined("甲乙", [old, old]).outdated
    assert joined("甲乙", [old, answer("乙", Status.REFUSED, "b1")]).outdated
    assert not joined("甲乙", [old, new]).outdated


def test_parts_that_the_same_answers_are_not_told_apart() -> None:
    same = [answer("甲", Status.ANSWERED, "a1", "b1"), answer("乙", Status.ANSWERED, "a1")]
    assert joined("甲乙", same).parts == ()
    assert joined("甲乙", [same[0], answer("乙", Status.UNSURE, "a1")]).parts


def test_what_is_only_close_is_not_said_again_where_it_answers_another_part() -> None:
    close = answer("乙", Status.UNSURE, "a1", "c1")
    for order in ([answer("甲", Status.ANSWERED, "a1"), close], [close, answer("甲", Status.ANSWERED, "a1")]):
        whole = joined("甲乙", order)
        assert [(part.status, len(part.quotes)) for part in sorted(whole.parts, key=lambda part: part.question)] == [
            (Status.REFUSED, 0),
            (Status.ANSWERED, 1),
        ]
        assert [source.passage for source in whole.sources] == ["a1"]
    assert all(part.quotes for part in joined("甲乙", [answer("甲", Status.ANSWERED, "b1"), close]).parts)
