"""Questions compared by the encoder that answers them, and what happens where it cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.insights.question_vectors import QuestionVectors
from embeddings.errors import ModelUnavailable
from embeddings.index.background_similarity import QUESTIONS
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


def likeness(answer_queue: FakeDesk, most: int = 1000) -> QuestionVectors:
    return QuestionVectors(cast("AnswerQueue", answer_queue), most=most)


async def test_vectors_come_in_order_a_few_at_a_time_and_only_once() -> None:
    answer_queue = FakeDesk()
    compares = likeness(answer_queue)
    texts = [f"问题{n}" for n in range(40)]
    found = await compares.compare([*texts, "问题0"])
    assert found is not None
    np.testing.assert_allclose(found.vectors, FakeEncoder().encode_queries([*texts, "问题0"]), atol=1e-6)
    assert 0.8 < found.alike < 0.9
    assert max(answer_queue.sizes) <= 16
    assert sum(answer_queue.sizes) == 40 + len(QUESTIONS)
    again = await compares.compare(texts[:5])
    assert again is not None
    assert len(again.vectors) == 5
    assert sum(answer_queue.sizes) == 40 + len(QUESTIONS)


async def test_of_very_many_only_the_first_are_compared() -> None:
    answer_queue = FakeDesk()
    found = await likeness(answer_queue, most=3).compare(["甲乙", "丙丁", "戊己", "庚辛"])
    assert found is not None
    assert len(found.vectors) == 3


async def test_nothing_costs_nothing() -> None:
    answer_queue = FakeDesk()
    assert await likeness(answer_queue).compare([]) is None
    assert answer_queue.sizes == []


@pytest.mark.parametrize("error", [Overloaded(), ModelUnavailable("没有模型")])
async def test_without_the_encoder_there_is_no_comparison_until_it_is_back(error: Exception) -> None:
    answer_queue = FakeDesk(error)
    compares = likeness(answer_queue)
    assert await compares.compare(["甲"]) is None
    answer_queue.error = None
    assert await compares.compare(["甲"]) is not None
