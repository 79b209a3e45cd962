"""A large generation and the next one beside its base: what is read, written and found, and what a fault leaves."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import pytest

from corpus.model import Article, Skipped
from corpus.parsing.articles import parse_or_skip
from corpus.parsing.files import FoundFile
from embeddings.errors import EmptyCorpus, IndexDamaged
from embeddings.index import (
    arrays,
    background_similarity,
    dense,
    documents,
    generation,
    generation_writer,
    in_process,
    indexer,
    inverted_lists,
    list_building,
    segment,
)
from embeddings.index.changes import ArticleParser, ChangeCounts
from embeddings.index.generation import Generation
from embeddings.index.indexer import Indexer, IndexingOptions
from embeddings.index.segment import SegmentWriter
from embeddings.models.encoder import ModelSettings
from embeddings.search import retriever
from embeddings.search.retriever import Retriever
from tests.support.dictionaries import segmenter
from tests.support.fakes import FakeEncoder

ANIMALS = (
    "海豚狐狸犀牛刺猬仓鼠骆驼羚羊河马狮子孔雀企鹅鹦鹉蜥蜴蝙蝠松鼠袋鼠树懒水獭猞猁獾猪蟾蜍蜈蚣蚂蚁蜻蜓蝴蝶螳螂蜘蛛蜗牛"
)
NAMES = [ANIMALS[at : at + 2] for at in range(0, len(ANIMALS), 2)]


def article(name: str, more: str = "") -> str:
    """Two sections, each of them a passage; `more` ends the first."""
    food = f"{name}每天早晚各喂一次，喂之前先把食盆洗干净，剩下的不要留到第二天。{more}"
    home = f"给{name}搭一间朝南的屋子，地面铺干草，每周换两次，下雨天要检查有没有漏水。"
    return f"---\ntitle: {name}饲养\n---\n\n## {name}吃什么\n\n{food}\n\n## {name}住在哪里\n\n{home}\n"


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than eight passages count as large, forty vectors as very many; every file is mapped, and a quarter may
    change till a merge."""
    monkeypatch.setattr(list_building, "LISTS_FROM", 40)
    monkeypatch.setattr(generation_writer, "MERGED_FROM", 0.25)
    for module in (indexer, generation_writer, in_process, retriever):
        monkeypatch.setattr(module, "SAMPLE", 8)
    for mapped in (arrays, dense, documents, inverted_lists):
        monkeypatch.setattr(mapped, "MAPPED_FROM", 1)


class Zoo:
    """A corpus of some fifty passages; `parsed` has the files that the last reindex has parsed."""

    def __init__(self, home: Path) -> None:
        self.articles = home / "articles"
        self.articles.mkdir()
        self.data_dir = home / "data"
        self.encoder = FakeEncoder()
        self.parsed: list[str] = []
        for name in NAMES:
            self.write(name)

    def write(self, name: str, more: str = "") -> None:
        (self.articles / f"{name}.md").write_text(article(name, more), encoding="utf-8")

    def _parser(self) -> AbstractContextManager[ArticleParser]:
        self.parsed = []

        def parse(file: FoundFile) -> Article | Skipped:
            self.parsed.append(file.path)
            return parse_or_skip(file)

        return nullcontext(parse)

    def indexer(self) -> Indexer:
        return Indexer(
            IndexingOptions((self.articles,), self.data_dir, ModelSettings(), 80),
            encoder_factory=lambda: self.encoder,
            identity=FakeEncoder.identity,
            segmenter=segmenter(),
            parser=self._parser,
        )

    def generation(self) -> Generation:
        return self.indexer().store.load(segmenter())

    def first(self, question: str) -> str:
        return Retriever(self.generation(), self.encoder).retrieve(question).ranked[0].passage.text


@pytest.fixture
def zoo(tmp_path: Path) -> Zoo:
    made = Zoo(tmp_path)
    made.indexer().reindex()
    assert made.generation().manifest.passages == 2 * len(NAMES)
    return made


def test_of_a_large_corpus_every_article_is_found(zoo: Zoo) -> None:
    for name in NAMES:
        assert name in zoo.first(f"{name}住在哪里")


def test_one_changed_article_is_all_that_is_parsed_and_written(zoo: Zoo) -> None:
    store = zoo.indexer().store
    before = store.directory()
    zoo.write("刺猬", "它最爱吃面包虫。")
    summary = zoo.indexer().reindex()
    assert zoo.parsed == ["刺猬.md"]
    assert summary.articles == ChangeCounts(added=0, changed=1, removed=0, unchanged=len(NAMES) - 1)
    assert summary.passages == ChangeCounts(added=1, changed=0, removed=1, unchanged=2 * len(NAMES) - 1)
    assert (summary.total_articles, summary.total_passages) == (len(NAMES), 2 * len(NAMES))
    for file in (before / "base").rglob("*.*"):
        assert file.samefile(store.directory() / file.relative_to(before))
    assert "面包虫" in zoo.first("刺猬最爱吃什么")
    assert store.roll_back()[1] == before.name
    assert "面包虫" not in zoo.first("刺猬最爱吃什么")


def test_an_article_that_is_gone_is_not_found_and_one_that_comes_is(zoo: Zoo) -> None:
    (zoo.articles / "河马.md").unlink()
    zoo.write("麋鹿")
    summary = zoo.indexer().reindex()
    assert summary.articles == ChangeCounts(added=1, changed=0, removed=1, unchanged=len(NAMES) - 1)
    generation = zoo.generation()
    assert ("河马.md" in generation.articles, "麋鹿.md" in generation.articles) == (False, True)
    assert sorted(generation.articles) == sorted(f"{name}.md" for name in {*NAMES, "麋鹿"} - {"河马"})
    assert len(list(generation.passages)) == len(generation.passages) == 2 * len(NAMES)
    assert all("河马" not in passage.text for passage in generation.passages)
    assert "河马" not in zoo.first("河马吃什么")
    assert "麋鹿" in zoo.first("麋鹿吃什么")
    (known,) = {passage.id for passage in generation.articles.passages_of("麋鹿.md")[:1]}
    assert generation.passage(known) == generation.articles.passages_of("麋鹿.md")[0]


def test_many_small_changes_come_to_what_building_anew_comes_to(zoo: Zoo) -> None:
    store = zoo.indexer().store
    merged = 0
    for number, name in enumerate(NAMES[:6]):
        zoo.write(name, f"第{number}次改写，多喂一点南瓜和胡萝卜。")
        (zoo.articles / f"{NAMES[-1 - number]}.md").unlink()
        zoo.indexer().reindex()
        merged += not (store.directory() / "delta").exists()
        generation = zoo.generation()
        assert len(list(generation.passages)) == generation.manifest.passages == generation.index.count
        windows = sum(len(block.rows) for block in generation.files.window_rows())
        assert windows == generation.manifest.windows
    assert merged
    names = [name for name in NAMES if f"{name}.md" in zoo.generation().articles][::5]
    ids, found = {passage.id for passage in zoo.generation().passages}, [zoo.first(f"{name}吃什么") for name in names]
    zoo.indexer().reindex(full=True)
    assert {passage.id for passage in zoo.generation().passages} == ids
    assert [zoo.first(f"{name}吃什么") for name in names] == found


def test_lists_are_measured_with_questions_that_are_no_text_of_the_corpus(zoo: Zoo) -> None:
    directory = zoo.indexer().store.directory()
    assert (directory / "base" / "window-vectors.lists").exists()
    kept = segment.Questions.load(directory / generation.QUESTIONS)
    np.testing.assert_array_equal(kept.dense, zoo.encoder.encode_queries(background_similarity.QUESTIONS))


def test_a_corpus_that_grows_by_and_by_gets_lists(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    store = zoo.indexer().store
    monkeypatch.setattr(list_building, "LISTS_FROM", 4 * len(NAMES))
    zoo.indexer().reindex(full=True)
    assert not list((store.directory() / "base").glob("*.lists"))
    for number in range(2 * len(NAMES)):
        zoo.write(f"麋鹿{number}")
    zoo.indexer().reindex()
    assert not (store.directory() / "delta").exists()
    assert (store.directory() / "base" / "window-vectors.lists").exists()
    assert "麋鹿7" in zoo.first("麋鹿7住在哪里")


def test_what_another_engine_is_filled_with_scores_as_the_index_does(zoo: Zoo) -> None:
    zoo.write("刺猬", "它最爱吃面包虫。")
    zoo.indexer().reindex()
    generation = zoo.generation()
    terms, weights = generation.lexical.sparse("刺猬爱吃面包虫吗")
    expected = dict(enumerate(generation.lexical.all_scores(terms, weights)))
    seen = 0
    for block in generation.files.passage_rows(7):
        for at, row in enumerate(block.rows):
            own = slice(*block.sparse.starts[at : at + 2])
            shared = np.isin(block.sparse.terms[own], terms)
            places = np.searchsorted(terms, block.sparse.terms[own][shared])
            assert block.sparse.weights[own][shared] @ weights[places] == pytest.approx(expected[int(row)], abs=1e-5)
            seen += 1
    assert seen == generation.index.count


def test_a_copy_of_an_article_that_is_there_gives_none_until_that_one_goes(zoo: Zoo) -> None:
    (zoo.articles / "aaa.md").write_text(article("狐狸"), encoding="utf-8")
    (skipped,) = zoo.indexer().reindex().skipped
    assert (skipped.path, "狐狸.md" in skipped.reason) == ("aaa.md", True)
    (zoo.articles / "狐狸.md").unlink()
    summary = zoo.indexer().reindex()
    assert (summary.skipped, "aaa.md" in zoo.generation().articles) == ((), True)


def test_an_emptied_corpus_is_refused_and_the_old_index_stays(zoo: Zoo) -> None:
    served = zoo.indexer().store.current_id()
    for file in zoo.articles.iterdir():
        file.unlink()
    with pytest.raises(EmptyCorpus):
        zoo.indexer().reindex()
    assert zoo.indexer().store.current_id() == served


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (generation_writer, "_link_file"),
        (SegmentWriter, "append"),
        (SegmentWriter, "finish"),
        (segment, "write_joined"),
        (list_building, "write_in_lists"),
        (list_building, "write_about"),
        (generation_writer, "_write_sample"),
        (generation_writer, "write_manifest"),
        (generation, "load"),
    ],
)
def test_a_fault_anywhere_in_a_merge_loses_nothing(
    zoo: Zoo, monkeypatch: pytest.MonkeyPatch, where: object, what: str
) -> None:
    store = zoo.indexer().store
    zoo.write("刺猬", "它最爱吃面包虫。")
    served = zoo.indexer().reindex().generation
    for name in NAMES[5:12]:
        zoo.write(name, "多喂一点南瓜和胡萝卜。")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(where, what, fail)
        with pytest.raises(OSError, match="No space"):
            zoo.indexer().reindex()
    assert store.current_id() == served
    assert store.damage() is None
    assert "面包虫" in zoo.first("刺猬最爱吃什么")
    zoo.indexer().reindex()
    assert [entry.name for entry in sorted(store.directory().parent.iterdir())] == list(store.ids())
    assert not (store.directory() / "delta").exists()
    assert "南瓜" in zoo.first(f"{NAMES[6]}多喂一点什么")
    assert "面包虫" in zoo.first("刺猬最爱吃什么")
    assert store.damage() is None


@pytest.mark.parametrize("name", ["base/window-vectors.faiss", "delta/passages.jsonl", "gone.npy", "sample/rows.npy"])
def test_damage_in_any_part_is_noticed_and_built_anew(zoo: Zoo, name: str) -> None:
    zoo.write("刺猬", "它最爱吃面包虫。")
    zoo.indexer().reindex()
    store = zoo.indexer().store
    file = store.directory() / name
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(IndexDamaged, match=name):
        store.load(segmenter())
    assert zoo.indexer().reindex().switched
    assert store.damage() is None
    assert "面包虫" in zoo.first("刺猬最爱吃什么")
