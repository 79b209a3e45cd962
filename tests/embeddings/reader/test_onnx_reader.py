"""The trained reader over the default model without torch: the shipped weights on ONNX Runtime."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.models import bundled_model
from embeddings.models.encoder import Encoder
from embeddings.models.light_encoder import LightEncoder
from embeddings.reader import onnx_models, weights_file
from embeddings.reader.onnx_reader import OnnxReader, load_onnx_reader
from embeddings.reader.reader import Reader, in_context
from embeddings.reader.torch_reader import load_torch_reader
from embeddings.reader.trained_reader import WEIGHTS, load_reader

pytestmark = pytest.mark.xdist_group("torch")

QUESTIONS = Path(__file__).parents[2] / "evaluation" / "development.jsonl"
PATIENCE = 10_000_000  # ms, however busy the machine
QUESTION = "企业微信群发每天几条"
TEXTS = [
    "企业微信\n群发\n每位客户每天最多收到一条群发消息。",
    "小红书\n标题\n标题写在前二十个字里。",
    "费用\n" + "每年认证费三百元，需在到期前续费。" * 30,
    "",
]


def q4() -> Path:
    weights = bundled_model.weights_file()
    assert weights is not None
    return weights


def opened(directory: Path, budget_ms: int = PATIENCE) -> OnnxReader:
    return load_onnx_reader(q4(), WEIGHTS, directory, budget_ms=budget_ms)


@pytest.fixture(scope="module")
def models_of_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def reader(models_of_reader: Path) -> OnnxReader:
    return opened(models_of_reader)


def test_a_number_for_each_text_whatever_is_read_beside_it(reader: OnnxReader) -> None:
    alone = [reader.read(QUESTION, [text])[0] for text in TEXTS]
    assert reader.read(QUESTION, TEXTS * 3) == alone * 3
    assert max(alone) == alone[0]
    assert reader.read(QUESTION, []) == []
    assert reader.read("认证费多少钱", TEXTS) != alone


def test_without_time_less_is_read(models_of_reader: Path) -> None:
    assert len(opened(models_of_reader, budget_ms=1).read(QUESTION, TEXTS * 20)) < 20


def kept(directory: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in directory.glob("reader-*/*")}


def test_the_graphs_are_made_once(reader: OnnxReader, models_of_reader: Path) -> None:
    before = kept(models_of_reader)
    assert opened(models_of_reader).read(QUESTION, TEXTS) == reader.read(QUESTION, TEXTS)
    assert kept(models_of_reader) == before


@pytest.mark.parametrize("name", ["lower.onnx", "upper.onnx", "record.json"])
def test_graphs_that_are_not_what_was_written_are_made_anew(
    reader: OnnxReader, models_of_reader: Path, name: str
) -> None:
    (file,) = models_of_reader.glob(f"reader-*/{name}")
    file.write_bytes(b"x" + file.read_bytes()[1:])
    assert opened(models_of_reader).read(QUESTION, TEXTS) == reader.read(QUESTION, TEXTS)
    assert kept(models_of_reader).keys() == {"lower.onnx", "upper.onnx", "record.json"}


def test_where_nothing_can_be_kept_they_are_made_for_this_start(
    reader: OnnxReader, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "models").write_text("a file where a directory should be", "utf-8")
    assert opened(tmp_path / "models").read(QUESTION, TEXTS) == reader.read(QUESTION, TEXTS)
    assert "every start" in caplog.text


def test_what_was_made_of_other_weights_goes(models_of_reader: Path, reader: OnnxReader, tmp_path: Path) -> None:
    stale = tmp_path / "reader-0"
    stale.mkdir()
    opened(tmp_path)
    assert not stale.exists()


def test_eight_bits_read_as_single_precision_does(
    reader: OnnxReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_models, "instructions", lambda: frozenset({"avx2"}))
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    exact = opened(tmp_path)
    assert np.abs(np.subtract(exact.read(QUESTION, TEXTS), reader.read(QUESTION, TEXTS))).max() < 0.6


def test_a_graph_that_is_ready_keeps_no_copy_of_its_file(reader: OnnxReader, models_of_reader: Path) -> None:
    (file,) = models_of_reader.glob("reader-*/lower.onnx")
    content = file.read_bytes()
    before = sys.getrefcount(content)
    ready = onnx_models.session(content)
    assert ready.get_inputs()
    assert sys.getrefcount(content) == before


def test_reading_loads_no_torch(models_of_reader: Path, reader: OnnxReader) -> None:
    script = (
        "import sys; from pathlib import Path; from embeddings.models.encoder import *\n"
        "from embeddings.reader.trained_reader import *\n"
        "directory = Path(sys.argv[1])\n"
        "reader = load_reader(load(ModelSettings(), directory), WEIGHTS, directory, budget_ms=60_000)\n"
        "print(len(reader.read('加v会不会封号', ['会', '不会'])), end=' ')\n"
        "print({'torch', 'transformers', 'sentence_transformers', 'tokenizers', 'onnx'} & set(sys.modules))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(models_of_reader)], check=True, capture_output=True, encoding="utf-8"
    )
    assert (told.stdout, told.stderr) == ("2 set()\n", "")


@pytest.mark.model
def test_it_reads_as_torch_does(reader: OnnxReader, default_encoder: Encoder, models_of_reader: Path) -> None:
    """On real questions with the sentences that answer theirs and others: the odds, and which text comes first."""
    assert isinstance(default_encoder, LightEncoder)
    assert isinstance(load_reader(default_encoder, WEIGHTS, models_of_reader, budget_ms=PATIENCE), OnnxReader)
    torch: Reader = load_torch_reader(default_encoder.transformer(), WEIGHTS, budget_ms=PATIENCE, threads=1)
    records = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()][:20]
    texts = [in_context(record["gold_phrase"][0], "", ()) for record in records]
    one, other = [], []
    for at, record in enumerate(records):
        beside = texts[at : at + 4]
        one.append(reader.read(record["question"], beside))
        other.append(torch.read(record["question"], beside))
    difference = np.abs(np.concatenate(one) - np.concatenate(other))
    assert difference.mean() < 0.2
    assert difference.max() < 1
    assert np.mean([np.argmax(a) == np.argmax(b) for a, b in zip(one, other, strict=True)]) >= 0.95


def test_the_file_of_weights_is_all_that_is_needed(reader: OnnxReader) -> None:
    stored = weights_file.load(WEIGHTS)
    made = onnx_models.make(q4(), stored, in_8_bits=True)
    assert max(len(model) for model in made) < 12_000_000
