"""Answers that are given out again for a while."""

from __future__ import annotations

from bot.answering.answer_cache import AnswerCache
from bot.model import Answer, Status


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def answer(question: str) -> Answer:
    return Answer(question, Status.REFUSED, "zh", 0.1, (), (), (), (), "g", 1.0)


def test_an_answer_is_good_for_a_while() -> None:
    clock = Clock()
    recent = AnswerCache(seconds=60, clock=clock)
    assert recent.find("问题") is None
    recent.keep("问题", answer("问题"))
    clock.now = 59
    assert recent.find("问题") == answer("问题")
    clock.now = 60
    assert recent.find("问题") is None
    assert recent.latest("问题") == answer("问题")


def test_what_was_used_longest_ago_goes_first() -> None:
    recent = AnswerCache(seconds=60, bound=2)
    recent.keep("一", answer("一"))
    recent.keep("二", answer("二"))
    assert recent.find("一") is not None
    recent.keep("三", answer("三"))
    assert recent.latest("二") is None
    assert recent.find("一") is not None


def test_so_many_are_held_where_nothing_is_said() -> None:
    recent = AnswerCache(seconds=60)
    for number in range(257):
        recent.keep(str(number), answer(str(number)))
    assert recent.latest("0") is None
    assert recent.latest("1") is not None
