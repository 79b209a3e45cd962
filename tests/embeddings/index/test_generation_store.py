"""Generations: built aside, switched at once, rolled back, pruned."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from embeddings.errors import IndexBusy, IndexDamaged, IndexMissing, NothingToRollBack
from embeddings.index.generation_store import GenerationStore
from tests.embeddings.helpers import ARTICLES, Bench
from tests.support import dictionaries

segmenter = dictionaries.segmenter()


def edit(bench: Bench, text: str) -> None:
    (bench.articles / "fugou.md").write_text(ARTICLES["fugou.md"] + f"\n{text}\n", encoding="utf-8")


def test_nothing_is_served_before_the_first_build(tmp_path: Path) -> None:
    store = GenerationStore(tmp_path)
    assert store.current_id() is None
    assert store.ids() == ()
    with pytest.raises(IndexMissing, match="reindex"):
        store.load(segmenter)
    with pytest.raises(NothingToRollBack):
        store.roll_back()


@pytest.mark.parametrize("name", ["..", ".", "../generations", "/etc", "a/b", "", "\0"])
def test_a_name_that_leads_elsewhere_serves_nothing(bench: Bench, name: str) -> None:
    store = bench.indexer().store
    assert bench.indexer().reindex().generation == store.current_id()
    (bench.data_dir / "current").write_text(f"{name}\n", encoding="utf-8")
    assert store.current_id() is None


def test_rollback_serves_the_generation_before(bench: Bench) -> None:
    first = bench.indexer().reindex().generation
    edit(bench, "会员日是每月八号，记得提前三天提醒老客户回来看看。")
    second = bench.indexer().reindex().generation
    store = bench.indexer().store
    assert store.current_id() == second
    assert store.roll_back() == (second, first)
    assert store.load(segmenter).manifest.id == first
    assert second in store.ids()
    with pytest.raises(NothingToRollBack):
        store.roll_back()


def test_only_the_kept_number_of_earlier_generations_stays(bench: Bench) -> None:
    built = []
    for number in range(5):
        edit(bench, f"第{number}次改动：这里补充一句足够长的说明，好让段落和原来不一样。")
        built.append(bench.indexer(keep=2).reindex().generation)
    assert bench.indexer().store.ids() == tuple(built[-3:])


@pytest.mark.parametrize(
    "name",
    [
        "base/passages.jsonl",
        "base/window-vectors.npy",
        "base/window-starts.npy",
        "base/articles.jsonl",
        "base/lexical/words.json",
    ],
)
def test_a_changed_or_missing_file_is_noticed_at_load(bench: Bench, name: str) -> None:
    generation = bench.indexer().reindex().generation
    store = bench.indexer().store
    file = bench.data_dir / "generations" / generation / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(IndexDamaged, match=name):
        store.load(segmenter)
    file.unlink()
    with pytest.raises(IndexDamaged, match="缺失"):
        store.load(segmenter)


def test_what_changed_behind_size_and_time_is_found_by_reading_every_byte(bench: Bench) -> None:
    """As of a failing disk: a start trusts size and time of change, `status` does not."""
    generation = bench.indexer().reindex().generation
    store = bench.indexer().store
    file = store.directory() / "base" / "window-vectors.npy"
    written, content = file.stat(), bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert store.load(segmenter).manifest.id == generation
    assert store.damage(every_byte=False) is None
    assert "window-vectors.npy" in str(store.damage())


def test_a_copy_serves_though_its_files_have_other_times(bench: Bench) -> None:
    bench.indexer().reindex()
    store = bench.indexer().store
    for file in store.directory().rglob("*.npy"):
        os.utime(file)
    assert store.load(segmenter).passages
    assert bench.indexer().why_unservable() is None


def test_a_broken_manifest_is_damage_not_a_crash(bench: Bench) -> None:
    generation = bench.indexer().reindex().generation
    (bench.data_dir / "generations" / generation / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamaged):
        bench.indexer().store.manifest()
    assert "损坏" in (bench.indexer().why_stale() or "")


def test_what_has_lost_its_manifest_goes_with_the_next_build(bench: Bench) -> None:
    first = bench.indexer().reindex().generation
    edit(bench, "会员日是每月八号，记得提前三天提醒老客户回来看看。")
    second = bench.indexer().reindex().generation
    (bench.data_dir / "generations" / first / "manifest.json").unlink()
    third = bench.indexer().reindex(full=True).generation
    assert sorted(entry.name for entry in (bench.data_dir / "generations").iterdir()) == [second, third]


def test_a_failed_build_leaves_no_trace(bench: Bench) -> None:
    served = bench.indexer().reindex().generation
    store = bench.indexer().store

    def fail() -> None:
        with store.building() as (_, directory):
            directory.mkdir()
            (directory / "half").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.current_id() == served
    assert [p.name for p in (bench.data_dir / "generations").iterdir()] == [served]


def test_two_builds_at_once_are_refused(bench: Bench) -> None:
    store = bench.indexer().store
    with store.building(), pytest.raises(IndexBusy, match="另一个进程"), GenerationStore(bench.data_dir).building():
        pass


def test_a_clock_that_goes_back_gives_ids_that_go_on(bench: Bench) -> None:
    """Years ahead when the first generation was built, right again afterwards."""
    first = bench.indexer().reindex().generation
    store = bench.indexer().store
    ahead = f"{int(first[:4]) + 10}{first[4:]}"
    directory = store.directory(first)
    document = (directory / "manifest.json").read_text(encoding="utf-8").replace(first, ahead)
    (directory / "manifest.json").write_text(re.sub(r',"seal":"\w+"', "", document), encoding="utf-8")
    directory.rename(directory.with_name(ahead))
    (bench.data_dir / "current").write_text(ahead, encoding="utf-8")
    second, third = (bench.indexer().reindex(full=True).generation for _ in range(2))
    assert ahead < second < third
    assert store.ids() == (ahead, second, third)
    assert store.roll_back() == (third, second)
    assert store.roll_back() == (second, ahead)


def test_what_a_kill_after_the_switch_left_goes_even_where_nothing_has_changed(bench: Bench) -> None:
    served = bench.indexer().reindex().generation
    left = bench.data_dir / "generations" / ".building-old"
    left.mkdir()
    with bench.indexer().store.building() as (_, building):
        building.mkdir()
        bench.indexer().store.tidy()
        assert building.exists()
    left.mkdir(exist_ok=True)
    assert not bench.indexer().reindex().switched
    assert [entry.name for entry in left.parent.iterdir()] == [served]
