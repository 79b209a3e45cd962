"""A generation on a Milvus server is searched as in process; what befalls the server ends in time and mends itself."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pymilvus import MilvusClient

from embeddings.index.generation import Generation
from embeddings.index.in_process import InProcessIndex
from embeddings.index.indexer import Indexer, IndexingOptions
from embeddings.index.milvus_collections import names
from embeddings.index.milvus_engine import MilvusEngine
from embeddings.index.milvus_server import MilvusSettings, MilvusUnavailable
from embeddings.index.vector_index import IndexQuery, Leg, PassageRows, VectorIndex
from embeddings.models.encoder import ModelSettings
from tests.embeddings.helpers import write_articles
from tests.support.dictionaries import segmenter
from tests.support.fakes import FakeEncoder, in_process
from tests.support.milvus_lite import MilvusProcess, milvus
from tests.support.patience import patience

QUESTIONS = ("小红书私信发微信号会怎样", "企业微信能加多少客户", "复购率怎么算", "……")


class Companion(FakeEncoder):
    """Another encoder than the main one, by name."""

    identity = "fake-companion"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusProcess]:
    with milvus(tmp_path_factory.mktemp("milvus")) as process:
        yield process


@pytest.fixture
def process(lasting: MilvusProcess) -> MilvusProcess:
    """A server that runs when a test begins."""
    lasting.start()
    return lasting


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    home = tmp_path_factory.mktemp("shop")
    options = IndexingOptions((write_articles(home / "articles"),), home / "data", ModelSettings(), 150)
    indexer = Indexer(
        options,
        encoder_factory=FakeEncoder,
        identity=FakeEncoder.identity,
        companion=Companion(),
        segmenter=segmenter(),
        parser=in_process,
    )
    indexer.reindex()
    return indexer.store.load(segmenter())


def engine_for(process: MilvusProcess, data_dir: Path, **settings: Any) -> MilvusEngine:
    """An engine that waits for nothing between two tries."""
    chosen = MilvusSettings(process.uri, **{"seconds": 5, **settings})
    return MilvusEngine(chosen, data_dir, sleep=lambda seconds: None)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """That of collections which no other test has."""
    return f"t{zlib.crc32(request.node.name.encode())}"


@pytest.fixture
def engine(process: MilvusProcess, tmp_path: Path, prefix: str) -> MilvusEngine:
    return engine_for(process, tmp_path, prefix=prefix)


@pytest.fixture
def collections(generation: Generation, prefix: str) -> tuple[str, str]:
    """The names of the test's own collections: passages, windows."""
    return names(generation.manifest.id, prefix)


@pytest.fixture
def server(process: MilvusProcess) -> MilvusClient:
    """Somebody else with the same server."""
    return MilvusClient(process.uri)


def query(generation: Generation, question: str) -> IndexQuery:
    vector = FakeEncoder().encode_queries([question])[0]
    white, _ = generation.whitening.whitened(vector[None, :])
    direction, offset = generation.whitening.raw_direction(vector)
    return IndexQuery(vector, white[0], direction, offset, *generation.lexical.sparse(question), vector)


def found(index: VectorIndex, generation: Generation) -> list[int]:
    """What a question finds."""
    return [int(row) for row in index.search(query(generation, QUESTIONS[0]), 10)[Leg.PASSAGE].rows]


def found_again(engine: MilvusEngine, index: VectorIndex, generation: Generation) -> list[int]:
    """The same as soon as an engine that is looked at now and then is well."""
    end = time.monotonic() + patience(30)
    while True:
        engine.attend()
        try:
            return found(index, generation)
        except MilvusUnavailable:
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.mark.parametrize("exact_up_to", [1_000_000, 1])
def test_it_finds_and_values_what_the_index_in_process_does(
    process: MilvusProcess, generation: Generation, tmp_path: Path, prefix: str, exact_up_to: int
) -> None:
    engine = engine_for(process, tmp_path, prefix=prefix, exact_up_to=exact_up_to)
    seen: list[tuple[int, int]] = []
    engine.fill(generation, lambda done, total: seen.append((done, total)))
    there, here = engine.open(generation), generation.files
    rows = np.arange(there.count)
    for question in QUESTIONS:
        asked = query(generation, question)
        for leg, hits in there.search(asked, there.count).items():
            exact = here.search(asked, there.count)[leg]
            expected = dict(zip(exact.rows.tolist(), exact.scores.tolist(), strict=True))
            for row, score in zip(hits.rows.tolist(), hits.scores.tolist(), strict=True):
                assert score == pytest.approx(expected[row], abs=1e-4)
            if exact_up_to > 1:
                assert set(hits.rows.tolist()) >= {row for row, score in expected.items() if score > 0}
        expected_values, values = here.values(asked, rows), there.values(asked, rows[::-1])
        assert values.rows.tolist() == rows.tolist()
        for leg, scores in expected_values.legs.items():
            np.testing.assert_allclose(values.legs[leg], scores, atol=1e-4)
        np.testing.assert_allclose(values.cosines, expected_values.cosines, atol=1e-4)
    done, total = zip(*seen, strict=True)
    assert list(done) == sorted(done)
    assert max(done) < min(total)  # it may still be stopped


def test_what_is_whole_is_not_written_again(engine: MilvusEngine, generation: Generation) -> None:
    engine.fill(generation)
    seen: list[int] = []
    engine.fill(generation, lambda done, total: seen.append(done))
    assert seen == []


def test_a_fill_that_was_stopped_is_said_not_to_be_whole_and_gone_on_with(
    engine: MilvusEngine, generation: Generation, collections: tuple[str, str], server: MilvusClient
) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        engine.fill(generation, stop)
    index = engine.open(generation)
    with pytest.raises(MilvusUnavailable, match="不完整"):
        found(index, generation)
    with pytest.raises(MilvusUnavailable, match="不完整"):
        engine.examine(generation.manifest)
    engine.fill(generation)
    assert found(index, generation)
    assert engine.trouble is None
    assert f"{generation.manifest.windows} 条" in engine.examine(generation.manifest)
    engine.keep([])
    assert not set(server.list_collections()) & set(collections)


def test_rows_that_are_gone_are_noticed_after_a_trouble_and_written_again_by_itself(
    process: MilvusProcess,
    engine: MilvusEngine,
    generation: Generation,
    collections: tuple[str, str],
    server: MilvusClient,
) -> None:
    engine.fill(generation)
    index = engine.open(generation)
    before = found(index, generation)
    server.delete(collections[1], ids=[0])
    process.kill()
    with pytest.raises(MilvusUnavailable, match="会自动再试"):
        found(index, generation)
    process.start()
    assert found_again(engine, index, generation) == before
    assert f"{generation.manifest.windows} 条" in engine.examine(generation.manifest)


@pytest.mark.parametrize("which", [0, 1])
def test_a_collection_that_is_dropped_is_written_again_by_itself(
    engine: MilvusEngine, generation: Generation, collections: tuple[str, str], server: MilvusClient, which: int
) -> None:
    engine.fill(generation)
    index = engine.open(generation)
    before = found(index, generation)
    server.drop_collection(collections[which])
    with pytest.raises(MilvusUnavailable, match="自动重新写入"):
        index.search(query(generation, QUESTIONS[0]), 10)
    assert engine.trouble is not None
    assert found_again(engine, index, generation) == before


def test_released_collections_are_loaded(
    engine: MilvusEngine, generation: Generation, collections: tuple[str, str], server: MilvusClient
) -> None:
    engine.fill(generation)
    index = engine.open(generation)
    before = found(index, generation)
    for name in collections:
        server.release_collection(name)
    assert found(index, generation) == before
    assert engine.trouble is None


def test_a_frozen_server_costs_its_time_once_and_is_used_again(
    process: MilvusProcess, generation: Generation, tmp_path: Path, prefix: str
) -> None:
    engine = engine_for(process, tmp_path, prefix=prefix, seconds=2)
    engine.fill(generation)
    index = engine.open(generation)
    before = found_again(engine, index, generation)
    with process.frozen():
        began = time.monotonic()
        with pytest.raises(MilvusUnavailable, match=r"按时|DEADLINE"):
            found(index, generation)
        assert time.monotonic() - began < patience(4)
        began = time.monotonic()
        with pytest.raises(MilvusUnavailable):
            found(index, generation)
        assert time.monotonic() - began < patience(1)
        assert engine.trouble is not None
    assert found_again(engine, index, generation) == before


def test_a_server_that_is_killed_and_one_that_is_half_started_are_used_again(
    process: MilvusProcess, generation: Generation, tmp_path: Path, prefix: str
) -> None:
    engine = engine_for(process, tmp_path, prefix=prefix, seconds=2)
    engine.fill(generation)
    index = engine.open(generation)
    before = found_again(engine, index, generation)
    with process.half_started():
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(MilvusUnavailable):
                found(index, generation)
            assert time.monotonic() - began < patience(4)
            engine.attend()
        newcomer = engine_for(process, Path("unused"), seconds=1)
        began = time.monotonic()
        with pytest.raises(MilvusUnavailable):
            newcomer.examine(generation.manifest)
        assert time.monotonic() - began < patience(4)
    process.start()
    assert found_again(engine, index, generation) == before


def test_a_fill_survives_a_server_that_is_away_for_a_moment(
    process: MilvusProcess, generation: Generation, tmp_path: Path, prefix: str
) -> None:
    engine = engine_for(process, tmp_path, prefix=prefix)
    process.kill()
    with pytest.raises(MilvusUnavailable, match="会自动再试"):
        engine.fill(generation)
    engine = MilvusEngine(MilvusSettings(process.uri, prefix="moment"), tmp_path, sleep=lambda seconds: process.start())
    engine.fill(generation)
    assert found(engine.open(generation), generation)


def test_only_what_was_written_from_here_is_dropped(
    process: MilvusProcess,
    engine: MilvusEngine,
    generation: Generation,
    collections: tuple[str, str],
    tmp_path: Path,
    server: MilvusClient,
) -> None:
    engine.fill(generation)
    engine_for(process, tmp_path / "other", prefix=prefix).keep([])
    assert set(collections) <= set(server.list_collections())
    engine.keep([generation.manifest.id])
    assert found(engine.open(generation), generation)
    process.kill()
    engine.keep([])  # never raises, and is made good for later
    process.start()
    engine.keep([])
    assert not set(collections) & set(server.list_collections())


class Garbled:
    """Rows as a server might keep them that mixes passages up; all else as it is."""

    def __init__(self, files: InProcessIndex) -> None:
        self._files = files

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def passage_rows(self, block: int = 4096) -> Iterator[PassageRows]:
        for rows in self._files.passage_rows(block):
            yield replace(rows, vectors=rows.vectors[::-1])


def test_what_gives_other_scores_than_the_files_is_refused_and_written_anew(
    engine: MilvusEngine, generation: Generation, collections: tuple[str, str], server: MilvusClient
) -> None:
    mixed_up = copy(generation)
    mixed_up.files = Garbled(generation.files)  # type: ignore[assignment]
    with pytest.raises(MilvusUnavailable, match="对不上"):
        engine.fill(mixed_up)
    assert not set(collections) & set(server.list_collections())
    engine.fill(generation)
    assert found(engine.open(generation), generation)


def test_a_server_that_takes_no_rows_is_searched_all_the_same(
    engine: MilvusEngine, generation: Generation, prefix: str, server: MilvusClient
) -> None:
    engine.fill(generation)
    index = engine.open(generation)
    before = found(index, generation)
    later = copy(generation)
    later.manifest = replace(generation.manifest, id="later")
    server.create_collection(names("later", prefix)[0], dimension=8)  # so that its rows do not fit
    with pytest.raises(MilvusUnavailable, match="出错"):
        engine.fill(later)
    assert engine.trouble is None
    assert found(index, generation) == before
