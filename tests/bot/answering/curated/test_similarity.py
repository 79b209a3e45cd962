"""What tells about a pair of questions, feature by feature, by word vectors that know only equal words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.answering.curated.phrasing import Phrasing
from bot.answering.curated.similarity import EncodedQuestion, Features, ParaphraseModel, compare

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME = Features(
    similar=1.0,
    swapped=0.0,
    missing=0.0,
    actions=0.0,
    unmatched=0.0,
    substituted=0.0,
    number=0.0,
    unclear=0.0,
    negated=0.0,
)
NONE: frozenset[str] = frozenset()
PLAIN = Phrasing(
    plain="退货运费谁付",
    words=("退货", "运费", "谁", "付"),
    terms=frozenset({"退货"}),
    things=frozenset({"运费"}),
    places=NONE,
    order=(),
    aspects=frozenset({"谁"}),
    actions=frozenset({"付"}),
    numbers=frozenset({7.0}),
    negated=False,
)


def asked(phrasing: Phrasing, terms: Sequence[str] = ("退货", "运费")) -> EncodedQuestion:
    vector = np.array([1.0, 0.0], np.float32)
    return EncodedQuestion(phrasing, vector, vector, frozenset(terms))


def word_vectors(words: Sequence[str]) -> NDArray[np.float32]:
    """A direction of its own for each word."""
    rows = np.zeros((len(words), 64), np.float32)
    rows[range(len(words)), [sum(map(ord, word)) % 64 for word in words]] = 1
    return rows


def features(one: Phrasing, other: Phrasing) -> Features:
    return compare(asked(one), asked(other), word_vectors)


def test_the_same_question_differs_in_nothing() -> None:
    assert features(PLAIN, PLAIN) == SAME


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"negated": True}, {"negated": 1.0}),
        ({"numbers": frozenset()}, {"number": 1.0}),
        ({"aspects": NONE}, {"unclear": 1.0}),
        ({"actions": NONE}, {"actions": 0.5}),
        ({"actions": frozenset({"退"})}, {"actions": 1.0}),
        ({"words": (), "plain": ""}, {"unmatched": 1.0}),
        ({"things": NONE, "plain": "退货谁付"}, {"missing": 1.0}),
        ({"things": frozenset({"包装"}), "plain": "退货包装谁付"}, {"missing": 1.0, "swapped": 1.0}),
    ],
)
def test_one_difference_is_one_feature_from_either_side(change: dict[str, object], differs: dict[str, float]) -> None:
    other = replace(PLAIN, **change)  # type: ignore[arg-type]
    assert features(PLAIN, other) == replace(SAME, **differs)
    assert features(other, PLAIN) == replace(SAME, **differs)


def test_a_word_in_the_place_of_another_counts_by_what_the_rest_has_in_common() -> None:
    other = replace(PLAIN, words=("退货", "运费", "谁", "出"), plain="退货运费谁出")
    found = compare(asked(PLAIN), asked(other, ("退货",)), word_vectors)
    assert (found.unmatched, found.substituted) == (0.25, 0.5)
    assert compare(asked(PLAIN, ("退货",)), asked(other, ("退货",)), word_vectors).substituted == 1.0


def test_the_worst_word_counts_by_the_side_where_it_is_better() -> None:
    other = replace(PLAIN, words=("退货", "运费"), plain="退货运费")
    found = compare(asked(PLAIN), asked(other), word_vectors)
    assert (found.unmatched, found.substituted) == (0.5, 0.0)


def test_no_more_than_two_swapped_things_count() -> None:
    one = replace(PLAIN, things=frozenset({"包装", "发票", "赠品"}), plain="退货包装发票赠品谁付")
    other = replace(PLAIN, things=frozenset({"运费", "邮费", "税费"}), plain="退货运费邮费税费谁付")
    assert features(one, other).swapped == 2.0


def test_words_without_a_term_have_nothing_in_common() -> None:
    assert compare(asked(PLAIN, ()), asked(PLAIN, ()), word_vectors).substituted == 0.0


def test_a_model_weighs_the_features() -> None:
    model = ParaphraseModel(-1.0, {"similar": 1.0, "negated": -2.0})
    assert model.probability(SAME) == pytest.approx(0.5)
    assert model.probability(replace(SAME, negated=1.0)) == pytest.approx(1 / (1 + np.exp(2.0)))
