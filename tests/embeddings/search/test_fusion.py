"""Standardised sums, compared with a slow and obvious way to the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from embeddings.index.vector_index import Leg, Spread
from embeddings.search.fusion import Weights, best_mean, lifted, mean_direction, standardise, weighted_sum

GROUPS = np.asarray([0, 1, 0, 0, 1, 2, 0], dtype=np.int32)
SCORES = np.asarray([0.1, 0.9, 0.4, 0.3, 0.2, 0.7, 0.8], dtype=np.float32)
OTHERS = np.asarray([0.5, 0.1, 0.2, 0.9, 0.3, 0.4, 0.6], dtype=np.float32)


def test_a_leg_has_mean_nought_and_spread_one() -> None:
    standard = standardise(SCORES)
    assert standard.mean() == pytest.approx(0, abs=1e-6)
    assert standard.std() == pytest.approx(1, abs=1e-6)
    assert standardise(np.full(3, 0.5, dtype=np.float32)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("best", [1, 2, 3, 9])
def test_an_articles_evidence_is_the_mean_of_its_best(best: int) -> None:
    expected = [np.mean(sorted(SCORES[group == GROUPS], reverse=True)[:best]) for group in GROUPS]
    assert best_mean(SCORES, GROUPS, best=best).tolist() == pytest.approx(expected)


def test_three_count_where_nothing_else_is_said() -> None:
    assert best_mean(SCORES, GROUPS).tolist() == best_mean(SCORES, GROUPS, best=3).tolist()


def test_no_passages_give_no_scores() -> None:
    assert best_mean(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int32)).tolist() == []


def test_legs_count_as_they_are_weighted_and_an_article_lifts_its_passages() -> None:
    weights = Weights(window=2.0, lexical=0.5, article=0.0)
    legs = {Leg.WINDOW: SCORES, Leg.LEXICAL: OTHERS}
    plain = weighted_sum(legs, weights, {leg: Spread.of(scores) for leg, scores in legs.items()})
    assert plain.tolist() == pytest.approx((2 * standardise(SCORES) + 0.5 * standardise(OTHERS)).tolist(), abs=1e-6)
    assert lifted(plain, weights, GROUPS.astype(np.int64)).tolist() == plain.tolist()
    numbers = GROUPS.astype(np.int64) * 1_000  # of articles in a corpus of which these passages are a part
    assert lifted(plain, replace(weights, article=0.2), numbers).tolist() == pytest.approx(
        (plain + 0.2 * best_mean(plain, GROUPS)).tolist(), abs=1e-6
    )


def test_a_direction_has_unit_length_and_that_of_nothing_is_nought() -> None:
    rows = np.asarray([[1, 0], [0, 1]], dtype=np.float32)
    assert mean_direction(rows).tolist() == pytest.approx([0.5**0.5, 0.5**0.5])
    assert mean_direction(rows - rows).tolist() == [0, 0]
