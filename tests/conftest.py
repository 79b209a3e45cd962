"""What tests share: the real default model, unpacked once a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from embeddings import bundled
from embeddings.encoder import Encoder, ModelSettings, load


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where models are unpacked: SIYU_TEST_MODELS, so that later runs find them, else below the session's own."""
    kept = os.environ.get("SIYU_TEST_MODELS")
    return Path(kept) if kept else tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def model_directory(models_dir: Path) -> Path:
    """The default model as a sentence-transformers directory (for tests marked `model`)."""
    return bundled.unpack(models_dir / bundled.NAME)


@pytest.fixture(scope="session")
def default_encoder(models_dir: Path, model_directory: Path) -> Encoder:
    """The default model, loaded (for tests marked `model`)."""
    assert model_directory.parent == models_dir
    return load(ModelSettings(), models_dir)
