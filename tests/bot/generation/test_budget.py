"""How much is written in a day."""

from __future__ import annotations

import datetime

from bot.generation.budget import Budget, Denied, Memory

DAY = datetime.date(2026, 11, 30)


def test_what_is_under_way_counts_until_it_is_settled() -> None:
    budget = Budget(Memory(), today=lambda: DAY, daily_tokens=1000)
    assert budget.take(None, 600) is None
    assert budget.take(None, 600) is Denied.DAY
    budget.settle(600, 100, written=True)
    assert budget.left == 900
    assert budget.take(None, 600) is None


def test_a_new_day_begins_anew() -> None:
    today = [DAY]
    budget = Budget(Memory(), today=lambda: today[0], daily_tokens=100, per_person=1)
    assert budget.take(7, 100) is None
    budget.settle(100, 100, written=True)
    assert budget.take(7, 1) is Denied.PERSON
    today[0] += datetime.timedelta(days=1)
    assert budget.take(7, 100) is None


def test_operators_and_whoever_is_nobody_have_no_share_of_their_own() -> None:
    budget = Budget(Memory(), today=lambda: DAY, per_person=1, exempt=[5])
    assert [budget.take(5, 1), budget.take(5, 1), budget.take(None, 1), budget.take(None, 1)] == [None] * 4
    assert budget.left is None
