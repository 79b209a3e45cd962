"""What merchants type is read right, or asked about; never misread."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.insights.funnel.figures import Stage
from bot.insights.funnel.tables import read

INPUTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "merchant_inputs.yaml").read_text("utf-8"))


def _expected(entry: dict[str, Any]) -> list[dict[str, Fraction]]:
    reads = entry.get("reads") or []
    return [
        {name: Fraction(str(value)) for name, value in period.items()}
        for period in (reads if isinstance(reads, list) else [reads])
    ]


@pytest.mark.parametrize("entry", INPUTS, ids=lambda entry: entry["text"][:24])
def test_what_merchants_type_is_read_or_asked_about(entry: dict[str, Any]) -> None:
    reading = read(entry["text"])
    assert [{str(figure): value for figure, value in period.values.items()} for period in reading.periods] == _expected(
        entry
    )
    asked = [ask.text for ask in reading.asks]
    for piece in entry.get("asks", []):
        assert any(str(piece) in text for text in asked), asked
    assert len(asked) == len(entry.get("asks", [])), asked


@pytest.mark.parametrize("text", ["曝光1" + 20 * "0", "曝光" + 5000 * "1", "客单价0." + 400 * "0" + "1"])
def test_numbers_beyond_any_shop_are_asked_about(text: str) -> None:
    reading = read(text)
    assert reading.asks
    assert reading.periods == ()


def test_a_comma_of_full_width_parts_numbers_and_a_plain_one_groups_their_digits() -> None:
    (period,) = read("加微30,761，曝光99999").periods
    assert {str(figure): value for figure, value in period.values.items()} == {"加微": 30_761, "曝光": 99_999}
    assert read("留资35，200私信").periods[0].values == {Stage.LEAD: 35, Stage.MESSAGE: 200}
