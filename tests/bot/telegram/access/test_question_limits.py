"""How much one person may ask."""

from __future__ import annotations

from bot.telegram.access.question_limits import QuestionLimits, Verdict
from bot.telegram.transport.sliding_window import SlidingWindow

ANN, BOB, OLGA = 1, 2, 3
ADMITTED, TOLD, SILENT = Verdict.ADMITTED, Verdict.TOLD, Verdict.SILENT
GROUP_TOLD = Verdict.GROUP_TOLD
SHOP, FAIR = -1, -2


def test_a_window_slides() -> None:
    window = SlidingWindow(2, 60)
    assert [window.take(ANN, at) for at in (0, 30, 59, 60, 61, 90, 91)] == [True, True, False, True, False, True, False]


def test_a_window_of_nothing_is_no_limit() -> None:
    assert all(SlidingWindow(0).take(ANN, 0) for _ in range(1000))


def test_a_window_forgets_whose_time_is_past() -> None:
    window = SlidingWindow(1, 60)
    for key in range(5000):
        assert window.take(key, key)
    assert len(window) < 1100


def test_a_burst_is_told_once_and_the_next_one_again() -> None:
    limits = QuestionLimits(2)
    assert [limits.question(ANN, at) for at in (0, 1, 2, 3)] == [ADMITTED, ADMITTED, TOLD, SILENT]
    assert limits.question(BOB, 3) is ADMITTED
    assert [limits.question(ANN, at) for at in (60, 61, 61, 62, 63)] == [ADMITTED, ADMITTED, SILENT, TOLD, SILENT]


def test_operators_ask_without_limit() -> None:
    limits = QuestionLimits(1, exempt=[OLGA])
    assert all(limits.question(OLGA, 0) is ADMITTED and limits.press(OLGA, 0) for _ in range(50))


def test_presses_and_asides_are_counted_apart() -> None:
    limits = QuestionLimits(1)
    assert limits.press(ANN, 0)
    assert not limits.press(ANN, 1)
    assert limits.question(ANN, 1) is ADMITTED
    assert [limits.aside(ANN, at) for at in (0, 59, 60)] == [True, False, True]


def test_many_at_once_are_remembered_without_looking_through_all_at_each() -> None:
    window = SlidingWindow(1, 60)
    for key in range(20_000):
        assert window.take(key, 0)
    assert not any(window.take(key, 59) for key in range(0, 20_000, 1000))
    for key in range(50_000):
        window.take(key, 1000 + key / 1000)
    assert len(window) <= 50_000


def test_a_group_is_told_once_whoever_asks_and_others_are_not_held_up() -> None:
    limits = QuestionLimits(10, exempt=[OLGA], per_group=3)
    asked = [limits.question(user, user, group=SHOP) for user in range(10, 16)]
    assert asked == [ADMITTED, ADMITTED, ADMITTED, GROUP_TOLD, SILENT, SILENT]
    assert limits.question(10, 16, group=FAIR) is ADMITTED
    assert limits.question(10, 16) is ADMITTED
    assert limits.question(OLGA, 16, group=SHOP) is ADMITTED
    assert limits.question(10, 80, group=SHOP) is ADMITTED


def test_no_group_limit_by_default() -> None:
    limits = QuestionLimits(0)
    assert all(limits.question(ANN, 0, group=SHOP) is ADMITTED for _ in range(500))


def test_what_nobody_put_to_the_bot_and_what_is_typed_have_an_end() -> None:
    limits = QuestionLimits(5, exempt=[OLGA])
    assert sum(limits.unasked(SHOP, 0) for _ in range(500)) == 60
    assert limits.unasked(FAIR, 0)
    assert limits.unasked(SHOP, 60)
    assert sum(limits.typed(ANN, 0) for _ in range(500)) == 20
    assert all(limits.typed(OLGA, 0) for _ in range(500))
    assert limits.question(ANN, 0) is ADMITTED
