"""What counts as a gap, which questions are one, and what is hidden until it is asked again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.insights.gaps import Miss, Order, Why, alike_from, final, merge, misses, ordered, wordings
from bot.local_time import LocalTime
from bot.locales import texts
from bot.model import Status, Surface
from bot.state.question_log import LoggedQuestion
from bot.state.votes import Reason, Value, Vote
from bot.telegram.rendering.gaps import gaps_csv, gaps_message
from bot.telegram.updates.callback_data import GapsView
from embeddings.index.background_similarity import QUESTIONS
from tests.support.fakes import FakeEncoder

DAY = 86_400.0

LOCAL = LocalTime(UTC)


def asked(number: int, text: str = "抖音小店保证金多少", **changes: Any) -> LoggedQuestion:
    made = LoggedQuestion(
        id=number,
        asked=number * DAY,
        chat=7,
        topic=None,
        user=100 + number,
        message=number,
        surface=Surface.PRIVATE,
        question=text,
        understood=None,
        language="zh",
        status=Status.REFUSED,
        confidence=0.1,
        elapsed_ms=20,
        generation="g",
        passages=(),
    )
    return replace(made, **changes)


def against(number: int, voted: float = 1e9, reason: str | None = None, user: int = 1) -> Vote:
    return Vote(number, user, Value.DOWN, Reason(reason) if reason else None, voted)


def missed(*questions: LoggedQuestion) -> tuple[Miss, ...]:
    return misses(questions, (), {})


def encoded(lines: Iterable[str]) -> tuple[np.ndarray[Any, np.dtype[np.float32]], float]:
    encoder = FakeEncoder()
    return encoder.encode_queries(list(lines)), alike_from(encoder.encode_queries(QUESTIONS))


def test_refused_unsure_and_downvoted_questions_are_gaps() -> None:
    questions = [asked(1), asked(2, status=Status.UNSURE), *(asked(n, status=Status.ANSWERED) for n in (3, 4, 5))]
    votes = [against(3, reason="outdated"), Vote(4, 1, Value.UP, None, 0.0), against(2)]
    found = {miss.question.id: (miss.why, miss.reasons) for miss in misses(questions, votes, {})}
    assert found == {
        1: (frozenset({Why.REFUSED}), ()),
        2: (frozenset({Why.UNSURE, Why.DOWNVOTED}), ()),
        3: (frozenset({Why.DOWNVOTED}), ("outdated",)),
    }


def test_what_is_dealt_with_stays_away_until_it_is_asked_or_voted_down_again() -> None:
    questions = [asked(1), asked(2), asked(3, status=Status.ANSWERED)]
    votes = [against(3, voted=50.0), against(2, voted=150.0)]
    assert [miss.question.id for miss in misses(questions, votes, {1: 100.0, 2: 100.0, 3: 100.0})] == [2]
    assert misses(questions, votes, {2: 100.0})[1].why == {Why.DOWNVOTED}
    assert [miss.question.id for miss in misses([*questions, asked(4)], votes, {1: 100.0, 2: 200.0, 3: 100.0})] == [4]


def test_an_edited_question_counts_as_it_was_put_last() -> None:
    first, better = asked(1, "加薇率"), asked(2, "加微率", message=1, status=Status.ANSWERED)
    assert final([first, better]) == (better,)
    assert final([first, replace(better, chat=8)]) == (first, replace(better, chat=8))
    pressed = [asked(n, message=None) for n in (3, 4)]
    assert final(pressed) == tuple(pressed)


def test_case_width_spaces_and_punctuation_make_no_other_question() -> None:
    (gap,) = merge(wordings(missed(asked(1, "怎么 加V？"), asked(2, "怎么加ｖ"), asked(3, "怎么加v!!", user=101))))
    assert (gap.times, gap.people, gap.ids) == (3, 2, (1, 2, 3))
    assert (gap.text, gap.wordings) == ("怎么加v!!", ())
    assert (gap.first, gap.last, gap.newest.id) == (1 * DAY, 3 * DAY, 3)


def test_questions_without_letters_stay_apart() -> None:
    assert len(merge(wordings(missed(asked(1, "？？"), asked(2, "！"))))) == 2


def test_near_duplicates_by_vectors_are_one_gap_under_the_wording_of_most() -> None:
    questions = [
        asked(1, "开一个抖音小店要交的保证金是多少"),
        *(asked(n, "开一个抖音小店要交的保证金多少") for n in (2, 3)),
    ]
    found = wordings(missed(*questions, asked(4, "快递哪家便宜")))
    vectors, alike = encoded(wording.text for wording in found)
    gaps = ordered(merge(found, vectors, alike), Order.FREQUENT)
    assert [(gap.text, gap.ids) for gap in gaps] == [
        ("开一个抖音小店要交的保证金多少", (1, 2, 3)),
        ("快递哪家便宜", (4,)),
    ]
    assert gaps[0].wordings == ("开一个抖音小店要交的保证金是多少",)
    assert len(merge(found)) == 3
    assert len(merge(found, vectors[:1], alike)) == 3


def test_what_follows_a_conversation_counts_as_it_was_understood() -> None:
    (gap,) = merge(wordings(missed(asked(1, "那抖音呢", understood="抖音小店保证金多少"), asked(2))))
    assert gap.text == "抖音小店保证金多少"


def test_orders() -> None:
    gaps = merge(
        wordings(missed(asked(1, "甲"), asked(2, "甲"), asked(3, "乙", user=9), asked(4, "乙", user=9), asked(5, "丙")))
    )
    assert [gap.text for gap in ordered(gaps, Order.FREQUENT)] == ["甲", "乙", "丙"]
    assert [gap.text for gap in ordered(gaps, Order.NEWEST)] == ["丙", "乙", "甲"]


@given(st.lists(st.sampled_from(["甲乙丙丁", "甲乙丙丁戊", "己庚", "", "A b", "ab", "12", "甲乙"]), max_size=30))
def test_merging_loses_and_doubles_nothing(lines: list[str]) -> None:
    found = wordings(missed(*(asked(n, line) for n, line in enumerate(lines))))
    vectors, alike = encoded(wording.text for wording in found)
    for gaps in (merge(found), merge(found, vectors, alike)):
        assert sorted(number for gap in gaps for number in gap.ids) == list(range(len(lines)))
        assert all(list(gap.ids) == sorted(gap.ids) for gap in gaps)


def test_alike_is_told_between_unrelated_and_identical() -> None:
    third = np.float32(1 / 3)
    rows = np.array([[1, 0], [third, np.sqrt(1 - third**2)]], np.float32)
    assert alike_from(rows) == pytest.approx(1 / 3 + 0.83 * 2 / 3, abs=1e-6)


def test_a_list_has_pages_and_buttons_that_fit() -> None:
    gaps = merge(wordings(missed(*(asked(n, f"第{n}个 <b>问题</b>" + "长" * 200) for n in range(1, 13)))))
    words = texts("zh")
    shown = gaps_message(gaps, GapsView(30, Order.NEWEST, 99), words, LOCAL)
    assert "11. 第2个 &lt;b&gt;问题" in shown.parts[0]
    assert "没找到" in shown.parts[0]
    assert [[button.text for button in row] for row in shown.buttons] == [
        ["✏️ 11", "✏️ 12"],
        ["✔ 11", "✔ 12"],
        ["‹", "按人数排"],
        ["导出 CSV"],
    ]
    assert all(len((button.data or "").encode()) <= 64 for row in shown.buttons for button in row)
    first = gaps_message(gaps, GapsView(30), words, LOCAL)
    assert [button.text for button in first.buttons[2]] == ["按时间排", "›"]
    assert gaps_message((), GapsView(7), words, LOCAL).buttons == ()


def test_reasons_are_named() -> None:
    votes = [
        against(1, reason="wrong", user=1),
        against(1, reason="wrong", user=2),
        against(1, reason="outdated", user=3),
    ]
    gaps = merge(wordings(misses([asked(1, status=Status.ANSWERED)], votes, {})))
    assert "被踩（错误×2、过时）" in gaps_message(gaps, GapsView(30), texts("zh"), LOCAL).parts[0]
    assert "voted down (Wrong×2, Outdated)" in gaps_message(gaps, GapsView(30), texts("en"), LOCAL).parts[0]


def test_the_file_tells_how_many_people_and_not_who() -> None:
    gaps = merge(wordings(missed(asked(1, "=HYPERLINK(1)", user=4_711_001), asked(2, "乙", user=4_711_002))))
    table = gaps_csv(gaps, texts("zh"), LOCAL).decode("utf-8-sig")
    assert table.splitlines()[0] == '"问题","次数","人数","最近一次","第一次","原因","踩的理由","其他问法"'
    assert '"\'=HYPERLINK(1)"' in table
    assert "4711" not in table
