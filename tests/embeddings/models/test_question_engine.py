"""Questions without torch: what the small engine makes of texts, when it is used, and how it compares."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.models import bundled_model, reference_vectors
from embeddings.models.encoder import Encoder, ModelSettings, identify, load, load_whole
from embeddings.models.light_encoder import LightEncoder
from embeddings.models.q4_file import Q4File
from embeddings.models.question_engine import LONGEST, QuestionEngine, clean, open_engine
from embeddings.models.sentence_encoder import SentenceEncoder

pytestmark = pytest.mark.xdist_group("torch")

QUESTIONS = Path(__file__).parents[2] / "evaluation" / "development.jsonl"


@pytest.fixture(scope="module")
def engine() -> QuestionEngine:
    opened = open_engine(bundled_model.source_digest() or "")
    if opened is None:
        pytest.skip("the engine does not run on this processor")
    return opened


@pytest.mark.parametrize("text", ["", " ", "\0", "a\0b", "\ud83d", "ﷺ" * 500, "🈻" * 3000, "加v会不会封号" * 300])
def test_a_question_is_a_unit_row_whatever_it_holds(engine: QuestionEngine, text: str) -> None:
    vectors = engine.queries([text, "怎么引流"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(vectors[1], engine.queries(["怎么引流"])[0])


@given(st.text(max_size=80))
@settings(max_examples=50, deadline=None)
def test_no_text_brings_it_out_of_order(engine: QuestionEngine, text: str) -> None:
    assert np.linalg.norm(engine.queries([text])[0]) == pytest.approx(1, abs=1e-5)


def test_nothing_outgrows_the_memory_that_the_engine_reserves() -> None:
    """Four characters for each byte of a text: more would be written behind its end."""
    weights = bundled_model.weights_file()
    assert weights is not None
    becomes = Q4File(weights).vocabulary.replacements
    for character in becomes:
        given = clean(character)
        assert sum(len(becomes.get(one, one)) for one in given) <= 4 * len(given.encode()), hex(ord(character))


def test_what_is_longer_than_the_model_reads_is_cut(engine: QuestionEngine) -> None:
    long = "怎么把老客户加到企业微信里来，" * (LONGEST // 4)
    one, other = engine.queries([long, long + "今天天气怎么样？" * 500])
    assert one @ other > 0.9999


def test_no_texts_are_no_rows(engine: QuestionEngine) -> None:
    assert engine.queries([]).shape == (0, 384)


def test_other_libraries_keep_their_processors(engine: QuestionEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    open_engine(bundled_model.source_digest() or "")
    assert os.environ["OMP_NUM_THREADS"] == "7"
    monkeypatch.delenv("OMP_NUM_THREADS")
    open_engine(bundled_model.source_digest() or "")
    assert "OMP_NUM_THREADS" not in os.environ


def test_there_is_none_for_other_weights_or_another_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_engine("0" * 64) is None
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert open_engine(bundled_model.source_digest() or "") is None


class Wrong:
    """An engine that gives every text the same vector."""

    def passage(self, _text: str) -> NDArray[np.float32]:
        vector = np.zeros(384, np.float32)
        vector[0] = 1
        return vector


def test_one_that_gives_other_vectors_than_it_should_is_not_sound(engine: QuestionEngine) -> None:
    assert engine.sound()
    assert not QuestionEngine(Wrong()).sound()


def test_a_question_loads_neither_torch_nor_the_unpacked_model(engine: QuestionEngine, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from embeddings.models.encoder import *\n"
        "encoder = load(ModelSettings(), Path(sys.argv[1])); encoder.encode_queries(['加v会不会封号'])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'tokenizers'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, encoding="utf-8"
    )
    assert (told.stdout, told.stderr, list(tmp_path.iterdir())) == ("[]\n", "", [])


@pytest.mark.model
@pytest.mark.parametrize(
    "other",
    [
        ModelSettings(query_prompt="Q: "),
        ModelSettings(max_length=128),
        ModelSettings(precision="float32"),
    ],
)
def test_what_the_engine_would_do_otherwise_is_left_to_torch(model_directory: Path, other: ModelSettings) -> None:
    assert isinstance(load(other, model_directory.parent), SentenceEncoder)


@pytest.mark.model
def test_questions_of_both_engines_find_the_same(
    engine: QuestionEngine, default_encoder: Encoder, models_dir: Path
) -> None:
    """On real questions, against the sentences that answer them: engines of one model are mixed only where equal."""
    assert isinstance(default_encoder, LightEncoder)
    records = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()][:60]
    questions = [record["question"] for record in records]
    whole = load_whole(ModelSettings(), models_dir)
    assert whole.identity == default_encoder.identity == identify(ModelSettings(), models_dir)
    large, small = whole.encode_queries(questions), default_encoder.encode_queries(questions)
    assert np.sum(large * small, axis=1).min() > 0.9998
    answers = default_encoder.encode_passages([record["gold_phrase"][0] for record in records])
    np.testing.assert_allclose(answers, whole.encode_passages([record["gold_phrase"][0] for record in records]))

    def found(vectors: NDArray[np.float32], best: int) -> float:
        first = np.argsort(-(vectors @ answers.T), axis=1)[:, :best]
        return float(np.mean([row in first[row] for row in range(len(first))]))

    for best in (1, 5):
        assert found(small, best) == pytest.approx(found(large, best), abs=1 / 60 + 1e-9)


@pytest.mark.model
def test_passages_and_layers_are_those_of_the_whole_model(
    engine: QuestionEngine, default_encoder: Encoder, models_dir: Path
) -> None:
    loads: list[SentenceEncoder] = []

    def whole() -> SentenceEncoder:
        loads.append(load_whole(ModelSettings(), models_dir))
        return loads[-1]

    encoder = LightEncoder("identity", engine, whole, lambda texts, _: default_encoder.encode_passages(texts))
    encoder.encode_queries(["怎么引流"])
    vectors = encoder.encode_passages(reference_vectors.TEXTS)
    assert np.sum(vectors * reference_vectors.stored().vectors, axis=1).min() >= 0.99
    assert not loads
    assert encoder.transformer().parameters
    assert encoder.transformer().tokenizer
    assert len(loads) == 1
