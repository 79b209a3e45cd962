"""The search against a slow, obvious one that scores every passage: equal where a corpus is small, alike above that."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from embeddings.index import generation_writer, in_process, indexer
from embeddings.index.generation import Generation
from embeddings.index.indexer import Indexer, IndexingOptions
from embeddings.models.encoder import ModelSettings
from embeddings.search import retriever
from embeddings.search.fusion import Weights, best_mean, standardise
from embeddings.search.retriever import Retrieved, Retriever
from tests.embeddings.fakes import FakeEncoder as RandomEncoder
from tests.support.dictionaries import segmenter
from tests.support.fakes import FakeEncoder
from tests.support.fakes import in_process as parse_here

TOPICS = "包邮 退货 换码 尺码 赠品 发票 会员 积分 优惠 预售 补货 上新 直播 团购 拼单 客服 评价 物流 包装 定金".split()
QUESTIONS = [f"{topic}怎么算" for topic in TOPICS] + ["顾客要退货还要发票"]


class Shop:
    """Forty articles of three sections each, and two encoders."""

    def __init__(self, home: Path) -> None:
        self.encoder, self.companion = FakeEncoder(), RandomEncoder("second", 16)
        articles = home / "articles"
        articles.mkdir()
        for number in range(40):
            names = [TOPICS[(number * step) % len(TOPICS)] for step in (1, 3, 7)]
            sections = [
                f"## {name}说明\n\n{name}按第{number}条办，{names[0]}先登记。"
                f"店里写明{name}的期限是{number + 3}天，过期不办。\n"
                for name in names
            ]
            text = f"---\ntitle: {names[0]}细则{number}\n---\n\n" + "\n".join(sections)
            (articles / f"a{number:02d}.md").write_text(text, encoding="utf-8")
        made = Indexer(
            IndexingOptions((articles,), home / "data", ModelSettings(), 80),
            encoder_factory=lambda: self.encoder,
            identity=FakeEncoder.identity,
            companion=self.companion,
            segmenter=segmenter(),
            parser=parse_here,
        )
        made.reindex()
        self.generation = made.store.load(segmenter())

    def search(self, question: str) -> Retrieved:
        return Retriever(self.generation, self.encoder, companion=self.companion).retrieve(question)


def obvious(generation: Generation, shop: Shop, question: str) -> dict[str, np.ndarray]:
    """Each leg's scores of every passage, and their sum, from the vectors themselves."""
    passages = list(generation.files.passage_rows())
    blocks = list(generation.files.window_rows())
    white, lengths, owners = (np.concatenate([getattr(b, n) for b in blocks]) for n in ("white", "lengths", "passages"))
    query, second = shop.encoder.encode_queries([question])[0], shop.companion.encode_queries([question])[0]
    whitened_query = generation.whitening.whitened(query[None])[0][0]

    def best(scores: np.ndarray) -> np.ndarray:
        return np.array([scores[owners == row].max() for row in range(len(generation.passages))], dtype=np.float32)

    companion = np.concatenate([b.companion for b in blocks if b.companion is not None])
    legs = {
        "passage": np.concatenate([b.vectors for b in passages]) @ query,
        "window": best(white @ whitened_query),
        "lexical": generation.lexical.scores(question),
        "companion_passage": np.concatenate([b.companion for b in passages if b.companion is not None]) @ second,
        "companion_window": best(companion @ second),
    }
    weights = {field.name: getattr(Weights(), field.name) for field in fields(Weights)}
    total = sum(weights[name] * standardise(scores) for name, scores in legs.items())
    numbers = generation.articles.numbers(np.arange(len(total))).astype(np.int32)
    raw = generation.whitening.raw(white, lengths) @ query
    return {**legs, "sum": total + weights["article"] * best_mean(total, numbers), "cosines": best(raw)}


def test_a_small_corpus_is_scored_whole(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    generation = shop.generation
    assert len(generation.passages) > 100
    ids = [passage.id for passage in generation.passages]
    for question in QUESTIONS:
        found, expected = shop.search(question), obvious(generation, shop, question)
        order = np.argsort(-expected["sum"], kind="stable")[:10]
        assert [hit.score for hit in found.ranked] == pytest.approx(expected["sum"][order].tolist(), abs=1e-4)
        for hit in found.ranked:
            row = ids.index(hit.passage.id)
            assert hit.score == pytest.approx(expected["sum"][row], abs=1e-4)
            for leg in ("passage", "window", "lexical", "companion_passage", "companion_window"):
                assert getattr(hit.legs, leg) == pytest.approx(expected[leg][row], abs=1e-4)
        noise, white_noise = generation.manifest.noise, generation.manifest.white_noise
        signals = found.signals
        assert signals.excess == pytest.approx(noise.excess(float(expected["cosines"].max())), abs=1e-2)
        assert signals.white_excess == pytest.approx(white_noise.excess(float(expected["window"].max())), abs=1e-2)
        assert signals.passage_excess == pytest.approx(noise.excess(float(expected["passage"].max())), abs=1e-2)
        agree = expected["window"].argmax() == expected["companion_window"].argmax()
        assert signals.agreement == float(agree)


def test_of_a_large_one_candidates_are_scored_and_come_out_nearly_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the corpus as sample, ten candidates of each leg: half precision, other spreads, the same passages."""
    for module in (indexer, generation_writer, in_process, retriever):
        monkeypatch.setattr(module, "SAMPLE", 60)
    monkeypatch.setattr(retriever, "_CANDIDATES", 10)
    shop = Shop(tmp_path)
    ids = [passage.id for passage in shop.generation.passages]
    first = 0
    for question in QUESTIONS:
        found, expected = shop.search(question), obvious(shop.generation, shop, question)
        for hit in found.ranked:
            row = ids.index(hit.passage.id)
            for leg in ("passage", "window", "lexical", "companion_passage", "companion_window"):
                assert getattr(hit.legs, leg) == pytest.approx(expected[leg][row], abs=5e-3)
        first += ids[int(expected["sum"].argmax())] == found.ranked[0].passage.id
    assert first >= 0.9 * len(QUESTIONS)
