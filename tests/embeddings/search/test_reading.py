"""What a reader changes of a search, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from embeddings.reader.reader import Reader
from embeddings.search.retriever import WINDOWS_READ, Retrieved, Retriever
from tests.embeddings.helpers import Bench

QUESTION = "企业微信群发每天几条"


class Preferring:
    """A Reader that finds an answer wherever a word stands, and keeps what it was shown."""

    def __init__(self, word: str, *, time_for: int = 100, neutral: float | None = None) -> None:
        self._word, self._time_for = word, time_for
        self.neutral = neutral
        self.seen: list[str] = []

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        self.seen = list(texts)
        return [4.0 if self._word in text else -4.0 for text in texts[: self._time_for]]


class Broken:
    """A Reader that gives no numbers."""

    neutral = -1.0

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float("nan")] * len(texts)


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.indexer().reindex()
    return bench


def retrieved(bench: Bench, reader: Reader | None) -> Retrieved:
    return Retriever(bench.retriever().generation, bench.encoder, reader=reader).retrieve(QUESTION)


def places(found: Retrieved) -> list[tuple[str, float]]:
    return [(hit.passage.id, hit.score) for hit in found.ranked]


def test_the_passage_that_the_reader_finds_an_answer_in_rises_and_places_keep_their_scores(bench: Bench) -> None:
    plain, read = retrieved(bench, None), retrieved(bench, Preferring("账号可能被禁言"))
    assert "账号可能被禁言" in plain.ranked[3].passage.text
    assert "账号可能被禁言" in read.ranked[2].passage.text
    assert [score for _, score in places(read)] == [score for _, score in places(plain)]


def test_sentences_that_the_reader_finds_an_answer_in_rise(bench: Bench) -> None:
    hit = next(hit for hit in retrieved(bench, Preferring("免得误删")).ranked if "免得误删" in hit.passage.text)
    best = hit.passage.sentences[max(range(len(hit.sentences)), key=hit.sentences.__getitem__)]
    assert hit.passage.text[best.start : best.end].startswith(("客户太多时", "清理之前"))


def test_texts_are_read_below_their_title_and_heading_and_not_too_many(bench: Bench) -> None:
    retrieved(bench, reader := Preferring("群发"))
    assert any(text.startswith("企业微信客户上限\n群发次数\n企业微信每个客户") for text in reader.seen)
    assert len(reader.seen) <= WINDOWS_READ


@pytest.mark.parametrize("reader", [Preferring("复购", time_for=0), Preferring("复购", time_for=2), Broken()])
def test_without_time_or_numbers_the_order_of_the_legs_stands(bench: Bench, reader: Reader) -> None:
    plain, read = retrieved(bench, None), retrieved(bench, reader)
    assert places(read) == places(plain)
    assert [hit.sentences for hit in read.ranked] == [hit.sentences for hit in plain.ranked]


def test_how_far_the_likeliest_text_is_above_the_neutral_point_is_a_signal(bench: Bench) -> None:
    plain = retrieved(bench, None).signals
    assert plain.read == 0
    assert retrieved(bench, Preferring("复购", neutral=-1.0)).signals == replace(plain, read=5.0)
    assert retrieved(bench, Preferring("没有这个词", neutral=-1.0)).signals == replace(plain, read=-3.0)


@pytest.mark.parametrize("reader", [Preferring("复购"), Preferring("复购", time_for=2, neutral=-1.0), Broken()])
def test_a_reader_without_neutral_point_time_or_numbers_tells_nothing_of_refusal(bench: Bench, reader: Reader) -> None:
    assert retrieved(bench, reader).signals == retrieved(bench, None).signals
