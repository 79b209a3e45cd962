"""How many days a command is asked for."""

from __future__ import annotations

import pytest

from bot.telegram.handlers.day_argument import days_asked


@pytest.mark.parametrize(
    ("arguments", "days"),
    [(None, 30), ([], 30), (["7"], 7), (["７"], 7), (["366"], 366), (["0"], None), (["367"], None), (["x"], None)],
)
def test_a_number_from_one_to_a_year(arguments: list[str] | None, days: int | None) -> None:
    assert days_asked(arguments, 30) == days


@pytest.mark.parametrize("arguments", [["-1"], ["3", "4"], ["1" * 5000], ["²"], ["3.5"]])
def test_anything_else_is_asked_about(arguments: list[str]) -> None:
    assert days_asked(arguments, 30) is None
