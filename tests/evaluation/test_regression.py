"""No change may make the fixed set worse by more than one point, and who fails is told what was lost."""

from __future__ import annotations

import pytest

from bot.answering.service import Service
from bot.terminal.evaluate import assess
from embeddings.evaluation.metrics import Hit, Judged, Question, Reply, judge
from tests.evaluation.regression import Gate

pytestmark = pytest.mark.xdist_group("starter")


@pytest.mark.model
@pytest.mark.timeout(1800)
def test_nothing_is_lost_on_the_fixed_set(starter_service: Service) -> None:
    allowlist = Gate.read()
    complaints = allowlist.complaints(assess(starter_service, allowlist.questions()))
    assert not complaints, "\n".join(complaints)


def test_the_fixed_set_is_what_it_says() -> None:
    allowlist = Gate.read()
    questions = allowlist.questions()
    assert [question.answerable for question in questions] == [True] * 45 + [False] * 15
    assert len({question.id for question in questions}) == 60
    assert all(set(ids) <= {*allowlist.answerable, *allowlist.unanswerable} for ids in allowlist.right.values())


GATE = Gate(
    answerable=("1", "2"),
    unanswerable=("3",),
    right={
        "article_recall@3": ("1",),
        "passage_recall@5": ("1",),
        "displayed": ("1",),
        "answered": ("1", "2"),
        "declined": ("3",),
    },
)


def replies(*right: str) -> tuple[Judged, ...]:
    questions = (
        Question("1", "", "甲", ("a",), ("x",)),
        Question("2", "", "乙", ("a",), ("x",)),
        Question("3", "", "丙"),
    )
    found, lost = Reply((Hit("a", "x"),), "x", "answered", 1, 1), Reply((), "", "answered", 1, 1)
    declined = Reply((), "", "refused", 0, 1)
    return judge(questions, lambda q: lost if q.id not in right else found if q.answerable else declined)


def test_a_question_won_makes_up_for_one_lost() -> None:
    assert GATE.complaints(replies("1", "3")) == []
    assert GATE.complaints(replies("2", "3")) == []


def test_what_was_lost_is_named() -> None:
    assert GATE.complaints(replies("1")) == ["declined fell from 1.000 to 0.000; lost:\n  3 丙"]
    assert "displayed fell from 0.500 to 0.000; lost:\n  1 甲" in GATE.complaints(replies("3"))
