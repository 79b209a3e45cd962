"""The keyword leg against a slow, obvious BM25."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from embeddings.index.lexical import LexicalIndex
from embeddings.index.postings import Postings
from tests.support import dictionaries

TEXTS = (
    "小红书私信里发微信号会被禁言",
    "企业微信群发每天一条，企业微信很好用",
    "复购率等于买过两次以上的客户数除以买过的客户数",
    "专业号认证要六百元",
)
segmenter = dictionaries.segmenter()


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.index(TEXTS, segmenter)


def slow_bm25(question: str, k1: float = 1.5, b: float = 0.75) -> list[float]:
    documents = [Counter(segmenter.terms(text)) for text in TEXTS]
    mean = sum(d.total() for d in documents) / len(documents)
    scores = [0.0] * len(documents)
    for term in segmenter.terms(question):
        n = sum(term in d for d in documents)
        idf = math.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        for i, d in enumerate(documents):
            tf = d[term]
            scores[i] += idf * tf / (tf + k1 * (1 - b + b * d.total() / mean))
    return scores


@pytest.mark.parametrize("question", ["企业微信群发几条", "私信发微信号", "复购率怎么算", "今天天气"])
def test_scores_agree_with_the_formula(index: LexicalIndex, question: str) -> None:
    assert index.scores(question) == pytest.approx(slow_bm25(question), abs=1e-4)


def test_no_shared_term_scores_zero(index: LexicalIndex) -> None:
    assert not index.scores("zebra").any()
    assert not index.scores("").any()


def test_coverage_is_the_rarity_weighted_share(index: LexicalIndex) -> None:
    assert index.coverage("企业微信群发", TEXTS[1:2]) == pytest.approx(1)
    assert index.coverage("企业微信群发", []) == 0
    partly = index.coverage("企业微信禁言", TEXTS[1:2])
    assert 0 < partly < index.coverage("企业微信禁言", TEXTS[:2])
    wanted = index.wanted("企业微信禁言")
    assert [wanted.covered([text]) for text in TEXTS] == [index.coverage("企业微信禁言", [text]) for text in TEXTS]
    assert index.wanted("").covered(TEXTS) == 0


def test_saved_index_scores_the_same(index: LexicalIndex, tmp_path: Path) -> None:
    Postings.of(map(segmenter.terms, TEXTS)).save(tmp_path / "lexical")
    loaded = LexicalIndex([Postings.load(tmp_path / "lexical")], segmenter)
    assert loaded.count == index.count
    np.testing.assert_array_equal(loaded.scores("企业微信群发"), index.scores("企业微信群发"))
    assert not list((tmp_path / "lexical").glob("*.pkl"))
