"""Reindex: what is encoded, what is reported, what is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import ArticlesMissing
from embeddings.errors import EmptyCorpus, VectorCacheError
from embeddings.index.background_similarity import QUESTIONS
from embeddings.index.changes import ChangeCounts
from embeddings.index.indexer import Indexer, IndexingOptions, ReindexStage
from embeddings.index.vector_cache import VectorCache
from embeddings.models.encoder import ModelSettings
from tests.corpus.samples import chinese_pdf
from tests.embeddings.helpers import ARTICLES, Bench
from tests.support import dictionaries


def test_a_first_build_encodes_every_distinct_text_once(bench: Bench) -> None:
    summary = bench.indexer().reindex()
    assert summary.articles == ChangeCounts(added=3, changed=0, removed=0, unchanged=0)
    assert summary.switched
    assert bench.loads == 1
    assert summary.encoded == bench.encoder.calls - len(QUESTIONS) <= summary.total_passages + summary.total_windows
    generation = bench.indexer().store.load(dictionaries.segmenter())
    assert {p.article for p in generation.passages} == set(ARTICLES)
    assert generation.articles["daoliu.md"].url == "https://example.com/daoliu"


def test_nothing_changed_means_no_model_and_no_new_generation(bench: Bench) -> None:
    first = bench.indexer().reindex()
    again = bench.indexer().reindex()
    assert (again.generation, again.switched, again.encoded) == (first.generation, False, 0)
    assert again.articles == ChangeCounts(0, 0, 0, 3)
    assert bench.loads == 1


def test_a_full_reindex_takes_vectors_from_the_cache(bench: Bench) -> None:
    first = bench.indexer().reindex()
    full = bench.indexer().reindex(full=True)
    assert full.generation != first.generation
    assert full.encoded == 0
    assert bench.loads == 1


def test_one_edited_paragraph_encodes_only_its_texts(bench: Bench) -> None:
    bench.indexer().reindex()
    before = bench.encoder.calls
    text = ARTICLES["qiwei.md"].replace("先清理无效客户", "先清理一年没说过话的客户")
    (bench.articles / "qiwei.md").write_text(text, encoding="utf-8")
    summary = bench.indexer().reindex()
    assert summary.articles == ChangeCounts(added=0, changed=1, removed=0, unchanged=2)
    assert 0 < summary.encoded <= 3
    assert bench.encoder.calls == before + summary.encoded


def test_removed_and_added_articles_are_counted(bench: Bench) -> None:
    bench.indexer().reindex()
    (bench.articles / "fugou.md").unlink()
    text = (
        "快闪群怎么做\n\n快闪群只开三天，活动结束就解散，群里只讲一件商品。进群的人都要提前说好规则，免得被当成打扰。\n"
    )
    (bench.articles / "new.txt").write_text(text, encoding="utf-8")
    summary = bench.indexer().reindex()
    assert summary.articles == ChangeCounts(added=1, changed=0, removed=1, unchanged=2)


def test_stages_are_reported_in_order(bench: Bench) -> None:
    seen: list[ReindexStage] = []
    bench.indexer().reindex(progress=lambda stage, done, total: seen.append(stage))
    assert list(dict.fromkeys(seen)) == [
        ReindexStage.READING,
        ReindexStage.CUTTING,
        ReindexStage.ENCODING,
        ReindexStage.WRITING,
    ]


@pytest.mark.parametrize(("change", "words"), [({"identity": "another"}, "模型"), ({"passage_length": 200}, "切段")])
def test_an_index_of_another_recipe_is_named_and_rebuilt(bench: Bench, change: dict[str, object], words: str) -> None:
    bench.indexer().reindex()
    other = bench.indexer(**change)  # type: ignore[arg-type]
    assert words in (other.why_stale() or "")
    if "identity" in change:
        bench.encoder.identity = "another"
    assert other.reindex().switched
    assert other.why_stale() is None


def test_an_index_of_an_earlier_format_is_named_and_rebuilt_without_encoding(bench: Bench) -> None:
    bench.indexer().reindex()
    file = bench.indexer().store.directory() / "manifest.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    for key in ("window_similarity", "stamps", "seal"):
        document.pop(key, None)
    document["recipe"]["format"] = 3
    file.write_text(json.dumps(document), encoding="utf-8")
    assert "另一个版本的程序" in (bench.indexer().why_stale() or "")
    rebuilt = bench.indexer().reindex()
    assert (rebuilt.switched, rebuilt.encoded) == (True, 0)
    assert bench.indexer().why_stale() is None


def test_skipped_files_are_named_with_a_reason(bench: Bench) -> None:
    (bench.articles / "123.md").write_text("123", encoding="utf-8")
    (bench.articles / "zcopy.md").write_text(ARTICLES["fugou.md"], encoding="utf-8")
    (bench.articles / "broken.docx").write_bytes(b"not a zip")
    skipped = {s.path: s.reason for s in bench.indexer().reindex().skipped}
    assert set(skipped) == {"123.md", "zcopy.md", "broken.docx"}
    assert "fugou.md" in skipped["zcopy.md"]


def test_what_could_not_be_read_of_a_file_is_named_by_every_reindex(bench: Bench) -> None:
    said = [
        (70.0, 700.0 - 20 * row, f"第{row}款：代理商每季度报一次销量，晚报三天以上停发当季返点。") for row in range(3)
    ]
    (bench.articles / "contract.pdf").write_bytes(chinese_pdf(said, [(100.0, 300.0, "")]))
    (warning,) = bench.indexer().reindex().warnings
    assert (warning.path, "2 页里有 1 页没有文字" in warning.text) == ("contract.pdf", True)
    again = bench.indexer().reindex()
    assert not again.switched
    assert again.warnings == bench.indexer().store.manifest().warnings == (warning,)


def test_files_are_parsed_anew_where_the_program_has_learnt_to_parse_better(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bench.indexer().reindex()
    assert not bench.indexer().changed_files()
    monkeypatch.setattr("embeddings.index.indexer.PARSING", "parsing-next")
    assert bench.indexer().changed_files()
    assert bench.indexer().unseen_files()
    again = bench.indexer().reindex()
    assert again.switched
    assert (again.generation == first.generation, again.encoded) == (False, 0)
    assert not bench.indexer().reindex().switched


def test_a_manifest_of_an_earlier_program_has_no_warnings(bench: Bench) -> None:
    store, generation = bench.indexer().store, bench.indexer().reindex().generation
    file = store.directory() / "manifest.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    for key in ("warnings", "seal"):
        document.pop(key, None)
    file.write_text(json.dumps(document), encoding="utf-8")
    assert store.manifest().id == generation
    assert store.manifest().warnings == ()


def test_an_empty_corpus_is_refused_and_the_old_index_stays(bench: Bench) -> None:
    served = bench.indexer().reindex().generation
    for file in bench.articles.iterdir():
        file.unlink()
    with pytest.raises(EmptyCorpus, match=r"corpus\.articles"):
        bench.indexer().reindex()
    assert bench.indexer().store.current_id() == served


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticlesMissing):
        Indexer(IndexingOptions((tmp_path / "none",), tmp_path / "data", ModelSettings()), identity="x").reindex()


def test_changed_files_are_noticed(bench: Bench) -> None:
    indexer = bench.indexer()
    assert indexer.changed_files()
    indexer.reindex()
    assert not indexer.changed_files()
    (bench.articles / "more.md").write_text("更多", encoding="utf-8")
    assert indexer.changed_files()


def _cached(bench: Bench) -> int:
    with closing(sqlite3.connect(bench.data_dir / "vectors.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    return int(count)


def test_the_cache_keeps_what_kept_generations_were_built_from_and_no_more(bench: Bench) -> None:
    built = []
    counts = []
    for number in range(4):
        text = f"第{number}次改动：这里补充一句足够长的说明，好让段落和原来不一样。"
        (bench.articles / "fugou.md").write_text(ARTICLES["fugou.md"] + f"\n{text}\n", encoding="utf-8")
        built.append(bench.indexer(keep=1).reindex().generation)
        counts.append(_cached(bench))
    assert counts[0] < counts[1]
    assert counts[1:] == [counts[1]] * 3
    before = bench.encoder.calls
    assert bench.indexer(keep=1).store.roll_back() == (built[-1], built[-2])
    fugou = ARTICLES["fugou.md"] + "\n第2次改动：这里补充一句足够长的说明，好让段落和原来不一样。\n"
    (bench.articles / "fugou.md").write_text(fugou, encoding="utf-8")
    assert bench.indexer(keep=1).reindex(full=True).encoded == 0
    assert bench.encoder.calls == before


def test_nothing_is_forgotten_while_a_generation_does_not_tell_what_it_needs(bench: Bench) -> None:
    first = bench.indexer(keep=1).reindex().generation
    manifest = bench.data_dir / "generations" / first / "manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8"))
    del document["checksums"]["texts.npy"], document["seal"]
    manifest.write_text(json.dumps(document), encoding="utf-8")
    (manifest.parent / "texts.npy").unlink()
    before = _cached(bench)
    (bench.articles / "fugou.md").unlink()
    second = bench.indexer(keep=1).reindex()
    assert second.switched
    assert _cached(bench) == before
    bench.indexer(keep=0).reindex(full=True)
    assert _cached(bench) < before


def test_a_vector_cache_that_cannot_be_pruned_costs_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise VectorCacheError("the disk is full")

    monkeypatch.setattr(VectorCache, "prune", fail)
    assert bench.indexer().reindex().switched
    assert "the disk is full" in caplog.text
