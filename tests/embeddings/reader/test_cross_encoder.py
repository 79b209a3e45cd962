"""Reading with a small real cross-encoder made here, and what happens when there is none or no time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.models.sentence_model import quiet
from embeddings.reader.cross_encoder import CrossEncoderReader, load_cross_encoder

pytestmark = pytest.mark.xdist_group("torch")

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

    directory = tmp_path_factory.mktemp("cross-encoder")
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
    """What the library itself gives for the same pairs, all at once, before it squeezes them between 0 and 1."""
    import torch

    with quiet():
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(str(directory), device="cpu", local_files_only=True)
        pairs = [(QUESTION, passage) for passage in PASSAGES]
        raw = model.predict(pairs, show_progress_bar=False, activation_fn=torch.nn.Identity())
    scores: list[float] = np.asarray(raw).tolist()
    return scores


def test_the_numbers_are_the_cross_encoders_log_odds(model_dir: Path, tmp_path: Path) -> None:
    reader = load_cross_encoder(str(model_dir), tmp_path, device="cpu", budget_ms=60_000)
    assert reader is not None
    scores = direct_scores(model_dir)
    assert min(scores) < 0 or max(scores) > 1
    assert reader.read(QUESTION, PASSAGES) == pytest.approx(scores, abs=1e-5)
    assert reader.read(QUESTION, []) == []


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


def test_no_more_is_read_than_there_is_time_for() -> None:
    texts = [str(n) for n in range(20)]
    slow = CrossEncoderReader(model := Scoring(range(20)), budget_ms=1000, clock=Ticking(0.1))
    assert slow.read("问", texts) == [float(n) for n in range(model.read)]
    assert 0 < model.read < 20
    quick = CrossEncoderReader(Scoring(range(20)), budget_ms=1000, clock=Ticking(0.001))
    assert quick.read("问", texts) == [float(n) for n in range(20)]


def test_a_model_that_is_not_there_is_named_in_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert load_cross_encoder(str(tmp_path / "none"), tmp_path) is None
    (record,) = caplog.records
    assert "none" in record.getMessage()
    assert "retrieval.reranker" in record.getMessage()


def test_a_pickle_is_not_read(model_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for file in model_dir.iterdir():
        name = "pytorch_model.bin" if file.suffix == ".safetensors" else file.name
        (tmp_path / name).write_bytes(file.read_bytes())
    assert load_cross_encoder(str(tmp_path), tmp_path) is None
    assert "safetensors" in caplog.text
