"""Questions compared by the encoder that answers them, and what happens where it cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from bot.answering.answer_queue import Desk, Overloaded
from bot.insights.question_vectors import Likeness
from embeddings.errors import ModelUnavailable
from embeddings.index.noise import QUESTIONS
from tests.support.fakes import FakeEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FakeDesk:
    """Encodes at once, and notes how many texts at a time."""

    def __init__(self, error: Exception | None = None) -> None:
        self.encoder = FakeEncoder()
        self.sizes: list[int] = []
        self.error = error

    async def question_vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.error is not None:
            raise self.error
        self.sizes.append(len(texts))
        return self.encoder.encode_queries(texts)


def likeness(desk: FakeDesk, most: int = 1000) -> Likeness:
    return Likeness(cast("Desk", desk), most=most)


async def test_vectors_come_in_order_a_few_at_a_time_and_only_once() -> None:
    desk = FakeDesk()
    compares = likeness(desk)
    texts = [f"问题{n}" for n in range(40)]
    found = await compares.compare([*texts, "问题0"])
    assert found is not None
    np.testing.assert_allclose(found.vectors, FakeEncoder().encode_queries([*texts, "问题0"]), atol=1e-6)
    assert 0.8 < found.alike < 0.9
    assert max(desk.sizes) <= 16
    assert sum(desk.sizes) == 40 + len(QUESTIONS)
    again = await compares.compare(texts[:5])
    assert again is not None
    assert len(again.vectors) == 5
    assert sum(desk.sizes) == 40 + len(QUESTIONS)


async def test_of_very_many_only_the_first_are_compared() -> None:
    desk = FakeDesk()
    found = await likeness(desk, most=3).compare(["甲乙", "丙丁", "戊己", "庚辛"])
    assert found is not None
    assert len(found.vectors) == 3


async def test_nothing_costs_nothing() -> None:
    desk = FakeDesk()
    assert await likeness(desk).compare([]) is None
    assert desk.sizes == []


@pytest.mark.parametrize("error", [Overloaded(), ModelUnavailable("没有模型")])
async def test_without_the_encoder_there_is_no_comparison_until_it_is_back(error: Exception) -> None:
    desk = FakeDesk(error)
    compares = likeness(desk)
    assert await compares.compare(["甲"]) is None
    desk.error = None
    assert await compares.compare(["甲"]) is not None
