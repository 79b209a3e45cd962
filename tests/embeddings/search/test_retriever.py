"""Retrieval over a small corpus with the fake encoder."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.refusal.confidence import Calibration
from embeddings.search.fusion import Weights, standardise
from embeddings.search.retriever import Retriever
from tests.embeddings.helpers import Bench


@pytest.fixture
def indexed(bench: Bench) -> Bench:
    bench.indexer().reindex()
    return bench


@pytest.mark.parametrize(
    ("question", "article"),
    [("私信发微信号会被禁言吗", "daoliu.md"), ("企业微信群发每天几条", "qiwei.md"), ("复购率怎么算", "fugou.md")],
)
def test_the_right_article_comes_first(indexed: Bench, question: str, article: str) -> None:
    found = indexed.retriever().retrieve(question)
    assert found.ranked[0].article.path == article
    scores = [hit.score for hit in found.ranked]
    assert scores == sorted(scores, reverse=True)


def test_a_passage_is_nearest_in_meaning_to_what_it_says(indexed: Bench) -> None:
    retriever = indexed.retriever()
    passages = {passage.id: passage.text for passage in retriever.generation.passages}
    for name, text in passages.items():
        near = retriever.nearness(text.split("。")[0], [*passages, "ffffffffffffffff"])
        assert near.keys() == passages.keys()
        assert max(near, key=near.__getitem__) == name
        assert retriever.nearness(text.split("。")[0], [name]) == {name: pytest.approx(near[name], abs=1e-5)}


def test_traditional_script_finds_the_same(indexed: Bench) -> None:
    retriever = indexed.retriever()
    simplified, traditional = retriever.retrieve("企业微信群发每天几条"), retriever.retrieve("企業微信群發每天幾條")
    assert [h.passage.id for h in simplified.ranked] == [h.passage.id for h in traditional.ranked]


def test_every_sentence_of_a_hit_has_a_score(indexed: Bench) -> None:
    for hit in indexed.retriever().retrieve("群发之前要选好标签").ranked:
        assert len(hit.sentences) == len(hit.passage.sentences)
    best = indexed.retriever().retrieve("群发之前要选好标签").ranked[0]
    spoken = best.passage.sentences[max(range(len(best.sentences)), key=best.sentences.__getitem__)]
    assert "选好标签" in best.passage.text[spoken.start : spoken.end]


def test_limit_and_weights_are_kept(indexed: Bench) -> None:
    generation = indexed.retriever().generation
    lexical_only = Retriever(generation, indexed.encoder, weights=Weights(passage=0, window=0, lexical=1, article=0))
    found = lexical_only.retrieve("企业微信群发", limit=2)
    assert len(found.ranked) == 2
    assert found.ranked[0].legs.lexical == max(generation.lexical.scores("企业微信群发"))


def test_signals_tell_near_from_far(indexed: Bench) -> None:
    near = indexed.retriever().retrieve("企业微信群发每天几条").signals
    far = indexed.retriever().retrieve("红烧肉炖多久").signals
    assert near.excess > far.excess
    assert Calibration.default().confidence(near) > Calibration.default().confidence(far)


def test_both_vectors_of_a_question_need_a_companion(indexed: Bench) -> None:
    with pytest.raises(ValueError, match="no companion"):
        indexed.retriever().vectors("企业微信群发每天几条")


def test_standardised_scores_have_mean_zero_and_spread_one() -> None:
    scores = standardise(np.array([1, 2, 3, 10], dtype=np.float32))
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    assert scores.std() == pytest.approx(1, abs=1e-6)
    assert not standardise(np.full(3, 7, dtype=np.float32)).any()


def test_a_passage_is_found_by_the_questions_of_its_section_which_it_does_not_say(bench: Bench) -> None:
    question = "好友满了咋整"
    bench.indexer().reindex()
    assert bench.retriever().retrieve(question).ranked[0].passage.headings != ("一个人能加多少客户",)
    note = bench.articles / "qiwei.md.yaml"
    note.write_text(f"questions:\n  一个人能加多少客户: [{question}]\n", encoding="utf-8")
    summary = bench.indexer().reindex()
    assert summary.switched
    first = bench.retriever().retrieve(question).ranked[0]
    assert first.passage.headings == ("一个人能加多少客户",)
    assert question not in first.passage.text
    assert len(first.sentences) == len(first.passage.sentences)
    note.unlink()
    bench.indexer().reindex()
    assert bench.retriever().retrieve(question).ranked[0].passage.headings != ("一个人能加多少客户",)
