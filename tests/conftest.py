"""What tests share: the real default model, unpacked once a session, and the bot over the starter articles.

Under `make test` several processes share the files out among themselves (pytest-xdist). What is unpacked and indexed
is so once a session, by whichever process comes first.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import Phase, settings
from xdist.scheduler import LoadFileScheduling

from embeddings.models import bundled_model
from embeddings.models.encoder import Encoder, ModelSettings, load
from tests.support.small_disk import NoSmallDisk, SmallDisk, small_disk

if TYPE_CHECKING:
    from xdist.remote import Producer

    from bot.answering.service import Service

ROOT = Path(__file__).parents[1]

# How long an example takes tells only how busy the machine is; whole tests have a limit anyway.
settings.register_profile("tests", deadline=None)
# For `make mutants`, where it is enough that an example fails.
settings.register_profile("mutants", deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
settings.load_profile("tests")


_GROUP = re.compile(r"pytest\.mark\.xdist_group\(\"(\w+)\"\)")


class FilesAndGroups(LoadFileScheduling):  # type: ignore[misc] # the library comes without types
    """One file is one piece of work, and so are files whose tests are marked with the same `xdist_group`.

    `starter` asks the bot over the starter articles, whose models take seconds and memory in each process that loads
    them; `torch` loads torch and sentence-transformers.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        group = _GROUP.search((ROOT / file).read_text(encoding="utf-8"))
        return group[1] if group else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Take the place of `--dist loadfile`."""
    return FilesAndGroups(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files of slow tests first, so that no process is left alone with one at the end: first those that take all
    of a processor for minutes, then those that mostly wait."""
    slowness = {"model": 2, "telegram": 1}
    rank: dict[Path, int] = {}
    for item in items:
        marks = (slowness.get(mark.name, 0) for mark in item.iter_markers())
        rank[item.path] = max(rank.get(item.path, 0), *marks, 0)
    items.sort(key=lambda item: -rank[item.path])


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where models are unpacked and vectors kept: SIYU_TEST_MODELS, so that later runs find them (as the product does:
    by the identity of the model and the digest of the text), else below the session's own."""
    kept = os.environ.get("SIYU_TEST_MODELS")
    directory = Path(kept) if kept else tmp_path_factory.mktemp("models")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def model_directory(models_dir: Path) -> Path:
    """The default model as a sentence-transformers directory (for tests marked `model`)."""
    return bundled_model.unpack(models_dir / bundled_model.NAME)


@pytest.fixture(scope="session")
def default_encoder(models_dir: Path, model_directory: Path) -> Encoder:
    """The default model, loaded (for tests marked `model`)."""
    assert model_directory.parent == models_dir
    return load(ModelSettings(), models_dir)


def share(data_dir: Path, models_dir: Path) -> None:
    """Let a data directory use the models in `models_dir`, and vectors kept there under the directory's own name."""
    (data_dir / "models").symlink_to(models_dir, target_is_directory=True)
    (data_dir / "vectors.db").symlink_to(models_dir / f"{data_dir.name}.vectors.db")


def take_over(known: Path, kept: Path) -> None:
    """Begin with the vectors that `make ask` has computed here, where there are any: they are found by model and text,
    so that none can be a wrong one, and computing them takes two minutes."""
    if known.exists() and not kept.exists():
        with (
            suppress(sqlite3.DatabaseError),
            closing(sqlite3.connect(known)) as source,
            closing(sqlite3.connect(kept)) as copy,
        ):
            source.backup(copy)


@pytest.fixture(scope="session")
def starter_service(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Service:
    """The bot as it is shipped over the starter articles, indexed once a session (for tests marked `model`).

    Its data directory is the session's own, and all of its processes share it; tests ask and don't change anything in
    it.
    """
    from bot.answering.service import Service
    from bot.config import load_settings

    base = tmp_path_factory.getbasetemp()
    data_dir = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "starter"
    # However busy the machine: the same texts are read, and the answers are the same.
    patience, alone = "retrieval.reader_budget_ms=60000", "embeddings.threads=1"
    service = Service(load_settings(ROOT / "config.yaml", [f"data_dir={data_dir}", patience, alone]))
    with FileLock(data_dir.with_suffix(".lock")):
        if not data_dir.exists():
            data_dir.mkdir()
            take_over(ROOT / "data" / "vectors.db", models_dir / "starter.vectors.db")
            share(data_dir, models_dir)
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
