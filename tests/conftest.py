"""What tests share: the real default model, unpacked once a session, and the bot over the starter articles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from embeddings.models import bundled_model
from embeddings.models.encoder import Encoder, ModelSettings, load
from tests.support.small_disk import NoSmallDisk, SmallDisk, small_disk

if TYPE_CHECKING:
    from bot.answering.service import Service

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where models are unpacked: SIYU_TEST_MODELS, so that later runs find them, else below the session's own."""
    kept = os.environ.get("SIYU_TEST_MODELS")
    return Path(kept) if kept else tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def model_directory(models_dir: Path) -> Path:
    """The default model as a sentence-transformers directory (for tests marked `model`)."""
    return bundled_model.unpack(models_dir / bundled_model.NAME)


@pytest.fixture(scope="session")
def default_encoder(models_dir: Path, model_directory: Path) -> Encoder:
    """The default model, loaded (for tests marked `model`)."""
    assert model_directory.parent == models_dir
    return load(ModelSettings(), models_dir)


@pytest.fixture(scope="session")
def starter_service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Service:
    """The bot as it is shipped over the starter articles, indexed once a session (for tests marked `model`).

    Its data directory is the session's own; tests ask and don't change anything in it.
    """
    from bot.answering.service import Service
    from bot.config import load_settings

    data_dir = tmp_path_factory.mktemp("starter")
    (data_dir / "models").symlink_to(models_dir, target_is_directory=True)
    service = Service(load_settings(ROOT / "config.yaml", [f"data_dir={data_dir}"]))
    service.reindex()
    return service


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of eight megabytes. Where nobody may mount one the test is skipped; those with a limit on the size of
    files, which meet the same code, run everywhere."""
    at = tmp_path / "small-disk"
    at.mkdir()
    try:
        mounted = small_disk(at, 8)
        with mounted as disk:
            yield disk
    except NoSmallDisk as why:
        pytest.skip(f"no file system can be mounted here: {why}")
