"""The vector cache: nothing is encoded twice, nothing is lost but the last batch, damage costs only time."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import ModelMismatch, VectorCacheError
from embeddings.index.vector_cache import VectorCache, encode_cached, text_digest
from embeddings.models.encoder import Encoder
from tests.embeddings.fakes import FakeEncoder

TEXTS = ["加微信", "薯店怎么开", "企业微信", "私信限流"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.db"


@pytest.fixture
def cache(file: Path) -> VectorCache:
    return VectorCache(file)


def never() -> Encoder:
    raise AssertionError("the model must not be loaded")


def fill(cache: VectorCache, texts: list[str], identity: str = "fake") -> None:
    cache.put_many(identity, texts, FakeEncoder(identity).encode_queries(texts))


# --- get and put -------------------------------------------------------------------------------------------------


def test_nothing_is_known_at_first(cache: VectorCache) -> None:
    known = cache.get_many("fake", TEXTS)
    assert known.missing == [0, 1, 2, 3]
    assert known.vectors.shape == (4, 0)


def test_what_was_put_comes_back_in_the_order_asked_for(cache: VectorCache) -> None:
    fill(cache, TEXTS)
    known = VectorCache(cache._file).get_many("fake", [TEXTS[2], "新的", TEXTS[0], TEXTS[2]])
    assert known.missing == [1]
    expected = FakeEncoder().encode_queries([TEXTS[2], "新的", TEXTS[0], TEXTS[2]])
    expected[1] = 0
    np.testing.assert_array_equal(known.vectors, expected)
    assert known.vectors.dtype == np.float32


def test_identity_and_kind_keep_vectors_apart(cache: VectorCache) -> None:
    fill(cache, TEXTS, "one")
    assert cache.get_many("two", TEXTS).missing == [0, 1, 2, 3]
    assert cache.get_many("one", TEXTS, kind="query").missing == [0, 1, 2, 3]
    assert cache.get_many("one", TEXTS).missing == []


def test_more_texts_than_fit_into_one_query(cache: VectorCache) -> None:
    texts = [f"第{i}段" for i in range(2500)]
    fill(cache, texts)
    known = cache.get_many("fake", texts)
    assert known.missing == []
    np.testing.assert_array_equal(known.vectors, FakeEncoder().encode_queries(texts))


def test_no_texts_touch_no_file(cache: VectorCache, file: Path) -> None:
    assert cache.get_many("fake", []).missing == []
    cache.put_many("fake", [], np.zeros((0, 8), np.float32))
    assert not file.exists()


def test_shapes_that_do_not_fit_are_a_bug(cache: VectorCache) -> None:
    with pytest.raises(ValueError, match="4 texts"):
        cache.put_many("fake", TEXTS, np.zeros((3, 8), np.float32))


def test_another_dimension_under_the_same_identity_replaces(cache: VectorCache) -> None:
    fill(cache, TEXTS)
    cache.put_many("fake", TEXTS[:1], FakeEncoder(dimension=4).encode_queries(TEXTS[:1]))
    known = cache.get_many("fake", TEXTS)
    assert known.missing == [1, 2, 3]
    assert known.vectors.shape == (4, 4)


def test_half_a_surrogate_pair_is_a_text_like_any_other(cache: VectorCache) -> None:
    cache.put_many("fake", ["\ud83d"], np.eye(1, 8, dtype=np.float32))
    assert cache.get_many("fake", ["\ud83d", "?"]).missing == [1]


def test_threads_share_it(cache: VectorCache) -> None:
    threads = [threading.Thread(target=fill, args=(cache, [f"{n}-{i}" for i in range(20)])) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get_many("fake", [f"{n}-{i}" for n in range(8) for i in range(20)]).missing == []


# --- prune -------------------------------------------------------------------------------------------------------


def test_prune_forgets_all_but_what_is_kept(cache: VectorCache) -> None:
    fill(cache, TEXTS)
    fill(cache, TEXTS, "old")
    fill(cache, TEXTS, "second")
    assert cache.prune(["fake", "second"], [text_digest(text) for text in TEXTS[:3]]) == 6
    assert cache.get_many("fake", TEXTS).missing == [3]
    assert cache.get_many("second", TEXTS).missing == [3]
    assert cache.get_many("old", TEXTS).missing == [0, 1, 2, 3]


def test_prune_gives_the_room_back(cache: VectorCache, file: Path) -> None:
    fill(cache, [str(i) for i in range(5000)])
    before = file.stat().st_size
    cache.prune(["fake"], [text_digest("1")])
    assert file.stat().st_size < before / 4


# --- damage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"this is no database, " * 400, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_file_is_set_aside_and_rebuilt(
    cache: VectorCache, file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert cache.get_many("fake", TEXTS).missing == [0, 1, 2, 3]
    assert "已损坏" in caplog.text
    fill(cache, TEXTS)
    assert cache.get_many("fake", TEXTS).missing == []
    assert [path.read_bytes() for path in file.parent.glob("*.damaged-*")] == [content]
    file.write_bytes(content[::-1])
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    assert cache.get_many("fake", TEXTS).missing == [0, 1, 2, 3]
    assert [path.read_bytes() for path in file.parent.glob("*.damaged-*")] == [content[::-1]]  # the last one only


def test_pages_overwritten_in_the_middle_never_crash(cache: VectorCache, file: Path) -> None:
    texts = [f"第{i}段" for i in range(2000)]
    fill(cache, texts)
    content = bytearray(file.read_bytes())
    content[8192 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 8192)
    file.write_bytes(content)
    result = encode_cached(cache, FakeEncoder, "fake", texts)
    np.testing.assert_array_equal(result.vectors, FakeEncoder().encode_queries(texts))
    assert cache.get_many("fake", texts).missing == []


def test_a_vector_that_rotted_is_missing(cache: VectorCache, file: Path) -> None:
    fill(cache, TEXTS)
    with closing(sqlite3.connect(file)) as connection, connection:
        rotten = np.full(8, np.nan, "<f4").tobytes()
        connection.execute("UPDATE vectors SET vector = ? WHERE text = ?", (rotten, text_digest(TEXTS[0])))
        connection.execute("UPDATE vectors SET vector = x'00' WHERE text = ?", (text_digest(TEXTS[1]),))
        doubled = (2 * FakeEncoder().encode_queries([TEXTS[2]])).tobytes()
        connection.execute("UPDATE vectors SET vector = ? WHERE text = ?", (doubled, text_digest(TEXTS[2])))
    known = cache.get_many("fake", TEXTS)
    assert known.missing == [0, 1, 2]
    assert not known.vectors[:3].any()


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "PRAGMA user_version = 1"])
def test_another_programs_database_is_set_aside(cache: VectorCache, file: Path, statement: str) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.execute(statement)
    fill(cache, TEXTS)
    assert cache.get_many("fake", TEXTS).missing == []


def test_what_is_wrong_outside_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "vectors.db").mkdir()
    with pytest.raises(VectorCacheError, match="写权限"):
        VectorCache(tmp_path / "vectors.db").get_many("fake", TEXTS)
    assert (tmp_path / "vectors.db").is_dir()


# --- encode_cached -----------------------------------------------------------------------------------------------


def test_each_distinct_text_is_encoded_once(cache: VectorCache) -> None:
    encoder = FakeEncoder()
    texts = [*TEXTS, TEXTS[1], TEXTS[1]]
    result = encode_cached(cache, lambda: encoder, "fake", texts)
    assert result.encoded == 4
    assert sorted(encoder.calls[0]) == sorted(TEXTS)
    np.testing.assert_array_equal(result.vectors, encoder.encode_queries(texts))


def test_an_unchanged_corpus_never_loads_the_model(cache: VectorCache) -> None:
    first = encode_cached(cache, FakeEncoder, "fake", TEXTS)
    again = encode_cached(cache, never, "fake", TEXTS[::-1])
    assert again.encoded == 0
    np.testing.assert_array_equal(again.vectors, first.vectors[::-1])


def test_only_what_is_new_is_encoded(cache: VectorCache) -> None:
    encode_cached(cache, FakeEncoder, "fake", TEXTS)
    encoder = FakeEncoder()
    result = encode_cached(cache, lambda: encoder, "fake", ["新的一段", *TEXTS])
    assert encoder.calls == [["新的一段"]]
    assert result.encoded == 1
    np.testing.assert_array_equal(result.vectors, encoder.encode_queries(["新的一段", *TEXTS]))


def test_being_killed_loses_no_finished_batch(cache: VectorCache) -> None:
    texts = [f"第{i}段" for i in range(25)]
    with pytest.raises(RuntimeError, match="killed"):
        encode_cached(cache, lambda: FakeEncoder(fails_at=2), "fake", texts, batch=10)
    assert len(cache.get_many("fake", texts).missing) == 5
    assert encode_cached(cache, FakeEncoder, "fake", texts).encoded == 5


def test_progress_counts_the_texts_to_encode(cache: VectorCache) -> None:
    fill(cache, TEXTS[:1])
    seen: list[tuple[int, int]] = []
    encode_cached(cache, FakeEncoder, "fake", TEXTS, batch=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_nothing_to_encode_is_nothing(cache: VectorCache) -> None:
    result = encode_cached(cache, never, "fake", [])
    assert len(result.vectors) == 0
    assert result.encoded == 0


def test_another_model_than_expected_is_refused(cache: VectorCache) -> None:
    with pytest.raises(ModelMismatch, match="other"):
        encode_cached(cache, lambda: FakeEncoder("other"), "fake", TEXTS)
    assert cache.get_many("fake", TEXTS).missing == [0, 1, 2, 3]
