"""Reranking with a small real cross-encoder made here, and what happens when there is none or no time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.models.sentence_model import quiet
from embeddings.search.reranker import CrossEncoderReranker, Reranker, load_reranker
from embeddings.search.retriever import Retriever
from tests.embeddings.helpers import Bench

PASSAGES = [
    "企业微信群发每个客户每天一条。",
    "复购率怎么算。",
    "小红书私信不能发微信号。",
    "群发之前先选标签。",
    "开通专业号以后可以用留资卡。",
    "清理无效客户。",
]
QUESTION = "企业微信群发每天几条"


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with random weights that gives a pair of texts one score, one token a character."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    directory = tmp_path_factory.mktemp("reranker")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = special + sorted(set("".join([*PASSAGES, QUESTION])))
    tokenizer = Tokenizer(models.WordLevel({letter: n for n, letter in enumerate(letters)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    with quiet():
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=len(letters),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=512,
            initializer_range=0.5,
        )
        config.num_labels = 1
        BertForSequenceClassification(config).save_pretrained(directory)
        PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=tokenizer,
            pad_token="[PAD]",
            unk_token="[UNK]",
            cls_token="[CLS]",
            sep_token="[SEP]",
            model_max_length=512,
        ).save_pretrained(directory)
    return directory


def direct_scores(directory: Path) -> list[float]:
    """What the library itself gives for the same pairs, all at once."""
    with quiet():
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(str(directory), device="cpu", local_files_only=True)
        raw = model.predict([(QUESTION, passage) for passage in PASSAGES], show_progress_bar=False)
    scores: list[float] = np.asarray(raw).tolist()
    return scores


def test_the_order_is_that_of_the_cross_encoders_scores(model_dir: Path, tmp_path: Path) -> None:
    reranker = load_reranker(str(model_dir), tmp_path, device="cpu", budget_ms=60_000)
    assert reranker is not None
    scores = direct_scores(model_dir)
    assert len({round(score, 4) for score in scores}) > 1
    order = reranker.order(QUESTION, PASSAGES)
    assert order == tuple(sorted(range(len(PASSAGES)), key=lambda n: -scores[n]))
    assert reranker.order(QUESTION, []) == ()


class Ticking:
    """A clock that advances by so many seconds whenever it is read."""

    def __init__(self, step: float) -> None:
        self.step, self.now = step, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Scoring:
    """In place of a CrossEncoder: scores from a list, and how many pairs were read."""

    def __init__(self, scores: Sequence[float]) -> None:
        self._scores, self.read = list(scores), 0

    def predict(self, inputs: Sequence[tuple[str, str]], **_: object) -> list[float]:
        first, self.read = self.read, self.read + len(inputs)
        return self._scores[first : self.read]


def test_what_cannot_be_done_in_time_is_given_up_after_the_first_few() -> None:
    model = Scoring(range(20))
    slow = CrossEncoderReranker(model, budget_ms=1000, clock=Ticking(0.3))
    assert slow.order("问", [str(n) for n in range(20)]) is None
    assert model.read < 20
    quick = CrossEncoderReranker(Scoring(range(20)), budget_ms=1000, clock=Ticking(0.01))
    assert quick.order("问", [str(n) for n in range(20)]) == tuple(range(19, -1, -1))


def test_scores_that_are_no_numbers_are_not_used() -> None:
    broken = CrossEncoderReranker(Scoring([1.0, float("nan")]), budget_ms=1000)
    assert broken.order("问", ["甲", "乙"]) is None


def test_a_model_that_is_not_there_is_named_in_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert load_reranker(str(tmp_path / "none"), tmp_path) is None
    (record,) = caplog.records
    assert "none" in record.getMessage()
    assert "retrieval.reranker" in record.getMessage()


def test_a_pickle_is_not_read(model_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for file in model_dir.iterdir():
        name = "pytorch_model.bin" if file.suffix == ".safetensors" else file.name
        (tmp_path / name).write_bytes(file.read_bytes())
    assert load_reranker(str(tmp_path), tmp_path) is None
    assert "safetensors" in caplog.text


class Reversing:
    """A Reranker that turns the order round, or has no time."""

    def __init__(self, *, in_time: bool = True) -> None:
        self._in_time = in_time
        self.seen: list[str] = []

    def order(self, question: str, passages: Sequence[str]) -> tuple[int, ...] | None:
        self.seen = list(passages)
        return tuple(reversed(range(len(passages)))) if self._in_time else None


def retrieved(bench: Bench, reranker: Reranker | None) -> list[tuple[str, float]]:
    plain = bench.retriever()
    found = Retriever(plain.generation, bench.encoder, reranker=reranker).retrieve(QUESTION)
    return [(hit.passage.id, hit.score) for hit in found.ranked]


def test_retrieval_takes_the_rerankers_order_and_places_keep_their_scores(bench: Bench) -> None:
    bench.indexer().reindex()
    plain, reranker = retrieved(bench, None), Reversing()
    turned = retrieved(bench, reranker)
    assert [passage for passage, _ in turned] == [passage for passage, _ in reversed(plain)]
    assert [score for _, score in turned] == [score for _, score in plain]
    assert any("企业微信客户上限" in text and "群发次数" in text for text in reranker.seen)


def test_without_time_the_order_of_the_legs_stands(bench: Bench) -> None:
    bench.indexer().reindex()
    assert retrieved(bench, Reversing(in_time=False)) == retrieved(bench, None)


def test_refusal_is_decided_from_the_legs_whatever_the_reranker_says(bench: Bench) -> None:
    bench.indexer().reindex()
    plain = bench.retriever()
    turned = Retriever(plain.generation, bench.encoder, reranker=Reversing())
    assert plain.retrieve(QUESTION).signals == turned.retrieve(QUESTION).signals
