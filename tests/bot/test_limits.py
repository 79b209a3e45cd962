"""How much one person may ask."""

from __future__ import annotations

from bot.limits import Limits, Verdict, Window

ANN, BOB, OLGA = 1, 2, 3
ADMITTED, TOLD, SILENT = Verdict.ADMITTED, Verdict.TOLD, Verdict.SILENT


def test_a_window_slides() -> None:
    window = Window(2, 60)
    assert [window.take(ANN, at) for at in (0, 30, 59, 60, 61, 90, 91)] == [True, True, False, True, False, True, False]


def test_a_window_of_nothing_is_no_limit() -> None:
    assert all(Window(0).take(ANN, 0) for _ in range(1000))


def test_a_window_forgets_whose_time_is_past() -> None:
    window = Window(1, 60)
    for key in range(5000):
        assert window.take(key, key)
    assert len(window) < 1100


def test_a_burst_is_told_once_and_the_next_one_again() -> None:
    limits = Limits(2)
    assert [limits.question(ANN, at) for at in (0, 1, 2, 3)] == [ADMITTED, ADMITTED, TOLD, SILENT]
    assert limits.question(BOB, 3) is ADMITTED
    assert [limits.question(ANN, at) for at in (60, 61, 61, 62, 63)] == [ADMITTED, ADMITTED, SILENT, TOLD, SILENT]


def test_operators_ask_without_limit() -> None:
    limits = Limits(1, exempt=[OLGA])
    assert all(limits.question(OLGA, 0) is ADMITTED and limits.press(OLGA, 0) for _ in range(50))


def test_presses_and_asides_are_counted_apart() -> None:
    limits = Limits(1)
    assert limits.press(ANN, 0)
    assert not limits.press(ANN, 1)
    assert limits.question(ANN, 1) is ADMITTED
    assert [limits.aside(ANN, at) for at in (0, 59, 60)] == [True, False, True]
